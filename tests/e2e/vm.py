"""A QEMU machine of the lab, under software emulation."""
import os
import re
import shutil
import struct
import subprocess
import time
import zlib

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][0-9A-B]|[\x00\x08\x0e\x0f\r]")


OVMF = "/usr/share/OVMF/"
AAVMF = "/usr/share/AAVMF/"
NO_PXE = ["-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n",
          "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"]
BOARD = ["-machine", "virt", "-cpu", "cortex-a57"]
PXE_GET = {"bootdelay": "0", "stdin": "pl011@9000000", "stdout": "pl011@9000000", "stderr": "pl011@9000000",
           "pxefile_addr_r": "0x40300000", "kernel_addr_r": "0x40400000", "ramdisk_addr_r": "0x44000000",
           "fdt_addr": "0x40000000", "fdt_high": "0xffffffff", "initrd_high": "0xffffffff"}


def is_arm(firmware):
    return firmware.startswith(("arm64", "u-boot"))


def u_boot_flash(network):
    """The board's flash of 64 MiB after an operator's `saveenv`: a checksum and the variables, at its begin."""
    ours = network.address_server == "slipway"
    variables = dict(PXE_GET, bootcmd="pci enum; setenv autoload no; dhcp && %spxe get && pxe boot" %
                     ("" if ours else "setenv serverip %s && " % network.SLIPWAY))
    data = b"".join(("%s=%s" % pair).encode() + b"\0" for pair in variables.items()).ljust(0x40000 - 4, b"\0")
    return (struct.pack("<I", zlib.crc32(data)) + data).ljust(64 << 20, b"\xff")


class Machine:
    """`firmware`: "bios" boots SeaBIOS with QEMU's iPXE option ROM, "uefi" OVMF with edk2's own PXE client, "uefi-http" the
    same with HTTP boot alone, "uefi-ipxe" OVMF with iPXE's EFI option ROM, "uefi-secure" edk2's PXE client with Secure
    Boot and Microsoft's keys; "arm64" and "arm64-secure" are AAVMF's PXE client, likewise; "u-boot" is U-Boot for arm64 with
    its own boot command, "u-boot-pxe" with one of an operator, by pxelinux.cfg."""

    def __init__(self, network, name, mac, firmware, bridge="br0"):
        self.network, self.name, self.mac, self.firmware, self.bridge = network, name, mac, firmware, bridge
        self.tap = "t-" + name[:12]
        self.log = os.path.join(network.folder, name + ".serial")

    def command(self):
        arm = is_arm(self.firmware)
        program = "qemu-system-aarch64" if arm else "qemu-system-x86_64"
        words = [program, "-accel", "tcg", "-m", "512", "-nographic", "-monitor", "none", "-no-reboot",
                 "-serial", "file:" + self.log, "-uuid", "0e7a1b2c-3d4e-5f60-7182-93a4b5c6d7e8",
                 "-smbios", "type=1,serial=LAB-0001,manufacturer=Example,product=Lab",
                 "-netdev", "tap,id=n0,ifname=%s,script=no,downscript=no" % self.tap]
        card = "virtio-net-pci,netdev=n0,mac=%s,bootindex=1" % self.mac
        if self.firmware == "bios":
            return words + ["-machine", "pc", "-boot", "n", "-device", card]
        if self.firmware.startswith("u-boot"):
            # U-Boot 2023.01 reads the MAC of a card that is a legacy card too as its first byte, six times.
            return words + BOARD + ["-device", card + ",romfile=,disable-legacy=on"] + self.u_boot()
        if arm:
            return words + BOARD + ["-device", card + ",romfile="] + self.aavmf()
        secure = self.firmware == "uefi-secure"
        variables = os.path.join(self.network.folder, self.name + ".vars")
        shutil.copy(OVMF + ("OVMF_VARS_4M.ms.fd" if secure else "OVMF_VARS_4M.fd"), variables)
        code = "if=pflash,format=raw,unit=0,readonly=on,file=" + OVMF
        code += "OVMF_CODE_4M.secboot.fd" if secure else "OVMF_CODE_4M.fd"
        words += ["-machine", "q35,smm=on" if secure else "q35", "-drive", code,
                  "-drive", "if=pflash,format=raw,unit=1,file=" + variables]
        if secure:
            words += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
        if self.firmware == "uefi-http":
            words += NO_PXE
        return words + ["-device", card if self.firmware == "uefi-ipxe" else card + ",romfile="]

    def aavmf(self):
        keys = ".ms.fd" if self.firmware == "arm64-secure" else ".fd"
        variables = os.path.join(self.network.folder, self.name + ".vars")
        shutil.copy(AAVMF + "AAVMF_VARS" + keys, variables)
        return ["-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + AAVMF + "AAVMF_CODE" + keys,
                "-drive", "if=pflash,format=raw,unit=1,file=" + variables]

    def u_boot(self):
        words = ["-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin"]
        if self.firmware == "u-boot":
            return words
        saved = os.path.join(self.network.folder, self.name + ".env")
        with open(saved, "wb") as file:
            file.write(u_boot_flash(self.network))
        return words + ["-drive", "if=pflash,format=raw,unit=1,file=" + saved]

    def __enter__(self):
        open(self.log, "w").close()
        self.network.tap(self.tap, self.bridge)
        self.process = self.network.spawn(self.network.lan, *self.command(), stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.network.untap(self.tap)

    def serial(self):
        with open(self.log, errors="replace") as file:
            return ANSI.sub("", file.read())

    def wait_for(self, pattern, seconds):
        """The match of a regular expression on the serial console; fails with the console's end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.serial())
            if found:
                return found
            if self.process.poll() is not None:
                found = re.search(pattern, self.serial())
                if found:
                    return found
                break
            time.sleep(0.5)
        raise AssertionError("%s: no /%s/ within %d s; the console ended with:\n%s" %
                             (self.name, pattern, seconds, self.serial()[-3000:]))
