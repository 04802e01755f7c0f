"""A QEMU machine of the lab, under software emulation."""
import os
import re
import shutil
import subprocess
import time

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][0-9A-B]|[\x00\x08\x0e\x0f\r]")


OVMF = "/usr/share/OVMF/"
AAVMF = "/usr/share/AAVMF/"
NO_PXE = ["-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=n",
          "-fw_cfg", "name=opt/org.tianocore/IPv6PXESupport,string=n"]


class Machine:
    """`firmware`: "bios" boots SeaBIOS with QEMU's iPXE option ROM, "uefi" OVMF with edk2's own PXE client, "uefi-http" the
    same with HTTP boot alone, "uefi-ipxe" OVMF with iPXE's EFI option ROM, "uefi-secure" edk2's PXE client with Secure
    Boot and Microsoft's keys; "arm64" and "arm64-secure" are AAVMF's PXE client, likewise."""

    def __init__(self, network, name, mac, firmware):
        self.network, self.name, self.mac, self.firmware = network, name, mac, firmware
        self.tap = "t-" + name[:12]
        self.log = os.path.join(network.folder, name + ".serial")

    def command(self):
        arm = self.firmware.startswith("arm64")
        program = "qemu-system-aarch64" if arm else "qemu-system-x86_64"
        words = [program, "-accel", "tcg", "-m", "512", "-nographic", "-monitor", "none", "-no-reboot",
                 "-serial", "file:" + self.log, "-uuid", "0e7a1b2c-3d4e-5f60-7182-93a4b5c6d7e8",
                 "-smbios", "type=1,serial=LAB-0001,manufacturer=Example,product=Lab",
                 "-netdev", "tap,id=n0,ifname=%s,script=no,downscript=no" % self.tap]
        card = "virtio-net-pci,netdev=n0,mac=%s,bootindex=1" % self.mac
        if self.firmware == "bios":
            return words + ["-machine", "pc", "-boot", "n", "-device", card]
        if arm:
            return words + self.arm(card + ",romfile=")
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

    def arm(self, card):
        """AAVMF under QEMU's board "virt"."""
        keys = ".ms.fd" if self.firmware == "arm64-secure" else ".fd"
        variables = os.path.join(self.network.folder, self.name + ".vars")
        shutil.copy(AAVMF + "AAVMF_VARS" + keys, variables)
        return ["-machine", "virt", "-cpu", "cortex-a57", "-device", card,
                "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + AAVMF + "AAVMF_CODE" + keys,
                "-drive", "if=pflash,format=raw,unit=1,file=" + variables]

    def __enter__(self):
        open(self.log, "w").close()
        self.network.tap(self.tap)
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
