"""Real firmware against our own servers. contrib/FIRMWARE.md is the table of it, and is compared with what stands here.

SLIPWAY_TEST_ALL=yes boots every row; otherwise those marked "every run". One row alone: -k and its name.
SLIPWAY_FIRMWARE_WRITE=yes writes the table.
"""
import dataclasses
import os
import shutil
import tempfile
import unittest

import fleet as fleets
import guest
import net
import packages
import vlan
import vm

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
TABLE = os.path.join(REPOSITORY, "contrib/FIRMWARE.md")
EVERYTHING = os.environ.get("SLIPWAY_TEST_ALL") == "yes"
BOOT_SECONDS = 600  # software emulation on a busy machine
NETWORKS = {"flat": net.Network, "relayed": net.RelayedNetwork, "VLAN": vlan.VlanNetwork}
CLIENTS = {"bios": "SeaBIOS, iPXE option ROM", "uefi": "OVMF, edk2's PXE client", "uefi-http": "OVMF, UEFI HTTP boot",
           "uefi-ipxe": "OVMF, iPXE's EFI option ROM", "uefi-secure": "OVMF, PXE client, Secure Boot with Microsoft's keys",
           "arm64": "AAVMF (arm64), edk2's PXE client", "arm64-secure": "AAVMF (arm64), PXE client, Secure Boot with Microsoft's keys",
           "u-boot": "U-Boot (arm64), as Debian has it", "u-boot-pxe": "U-Boot (arm64), `dhcp && pxe get && pxe boot`"}

ADDRESSES = {"dnsmasq": "dnsmasq", "kea": "Kea", "isc": "ISC dhcpd", "slipway": "Slipway"}


@dataclasses.dataclass
class Row:
    firmware: str
    loader: str    # of the Node
    network: str
    addresses: str
    program: str   # (door, name) of what firmware fetches first, as the journal has it
    run: str = "--all"

    def name(self):
        return "_".join([self.firmware, self.loader, self.network, self.addresses]).replace("-", "_").lower()


def rows():
    script = "http GET /boot.ipxe"
    every = [("bios", script), ("uefi", "tftp RRQ snponly.efi"), ("uefi-http", "http GET /ipxe/snponly.efi")]
    rows = [Row(firmware, "ipxe", network, server, program, "every run" if (network, server) == ("flat", "dnsmasq") else "--all")
            for network in NETWORKS for server in ADDRESSES for firmware, program in every]
    rows.append(Row("uefi-ipxe", "ipxe", "flat", "dnsmasq", script))
    for network in NETWORKS:
        rows += [Row(firmware, "grub", network, "slipway", "tftp RRQ shimx64.efi") for firmware in ("uefi", "uefi-secure")]
        rows += [Row(firmware, "grub", network, "slipway", "tftp RRQ shimaa64.efi") for firmware in ("arm64", "arm64-secure")]
        rows.append(Row("u-boot", "grub", network, "slipway", "tftp RRQ grubaa64.efi"))
        rows.append(Row("u-boot-pxe", "pxelinux", network, "slipway", "tftp RRQ pxelinux.cfg/01-"))
    rows.append(Row("u-boot-pxe", "pxelinux", "flat", "dnsmasq", "tftp RRQ pxelinux.cfg/01-"))
    return rows


CANNOT = [
    ("OVMF, PXE client, Secure Boot", "iPXE", "Debian's iPXE is not signed: firmware refuses it, and the machine goes on to its next boot device"),
    ("OVMF, UEFI HTTP boot", "shim and GRUB", "Debian 12's signed network GRUB holds no HTTP module: it cannot fetch its configuration where it came from"),
    ("OVMF, PXE client", "shim and GRUB, beside another DHCP server", "GRUB 2.06 takes its server from the ACK of whoever gave the address, and knows no proxy: "
     "it stops at its prompt. With `boot.dhcp: server` it boots"),
    ("AAVMF (arm64)", "iPXE", "Debian 12 has no iPXE for arm64. Where boot.ipxe_dir holds an `ipxe-arm64.efi` it is used; otherwise GRUB, which every arm64 Node has a file for"),
    ("U-Boot (arm64), as Debian has it", "GRUB, beside another DHCP server", "U-Boot 2023.01 takes no offer without an address, and its server from whoever gave "
     "the address. It boots by `pxe get` where its boot command sets `serverip`, as the row above does, or with `boot.dhcp: server`"),
    ("U-Boot (arm64)", "shim and GRUB", "U-Boot lends programs no PXE protocol, so shim does not find GRUB: U-Boot is told apart by its option 94 and gets GRUB itself"),
    ("SeaBIOS", "PXELINUX", "QEMU's only BIOS network boot program is iPXE, which gets the iPXE script. Its files are those that U-Boot boots by"),
    ("Raspberry Pi", "any", "its ROM wants the Pi's own firmware files; it is told apart by its MAC and never offered an x86 program"),
]

def table():
    text = ["# Firmware that was booted", "",
            "Each row is a test of `tests/e2e/test_firmware.py`: QEMU without KVM, network namespaces, real packets. It has booted when the machine prints the digest of",
            "its own config, fetched over HTTP. Rows marked *every run* are part of `tests/run.sh`; the rest of `tests/run.sh --all`. The suite compares",
            "this page with itself; `SLIPWAY_FIRMWARE_WRITE=yes` writes it.", "",
            "*Relayed*: machines are behind a router with a DHCP relay. *VLAN*: Slipway serves on an 802.1Q sub-interface, its cable is a trunk to a switch; machines",
            "and the address server are on untagged ports of that VLAN. Those rows do not need VLANs in the kernel at hand: Slipway's host is a guest of Debian's.", "",
            "| client | loader | network | addresses from | fetches first | when |", "|---|---|---|---|---|---|"]
    for row in rows():
        text.append("| %s | %s | %s | %s | `%s` | %s |" % (CLIENTS[row.firmware], row.loader, row.network, ADDRESSES[row.addresses], row.program, row.run))
    text += ["", "## What cannot boot, and why", "", "| client | loader | reason |", "|---|---|---|"]
    text += ["| %s | %s | %s |" % line for line in CANNOT]
    return "\n".join(text) + "\n"


class TableTest(unittest.TestCase):
    def test_the_published_table_is_this_suites(self):
        if os.environ.get("SLIPWAY_FIRMWARE_WRITE") == "yes":
            with open(TABLE, "w") as file:
                file.write(table())
        with open(TABLE) as file:
            self.assertEqual(file.read(), table(), "run this test with SLIPWAY_FIRMWARE_WRITE=yes")


class FirmwareTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cache = os.environ.get("SLIPWAY_LAB_CACHE", os.path.join(REPOSITORY, "build/lab"))
        cls.cache = os.path.abspath(cache)
        cls.kernel, cls.initramfs = guest.build(cls.cache)

    def lab(self, network="flat", addresses="dnsmasq", arm=False):
        folder = tempfile.mkdtemp(prefix="slipway-lab-")
        self.addCleanup(shutil.rmtree, folder)
        lan = NETWORKS[network](folder, addresses, self.cache)
        self.addCleanup(lan.__exit__)
        lan.__enter__()
        flags, site, arch, boots = (), "", "amd64", (self.kernel, self.initramfs)
        if addresses == "slipway":
            flags, site = ("--boot-dhcp", "server"), "  subnets: [%s]\n" % lan.SUBNET
        if arm:
            arch, boots = "arm64", guest.build(self.cache, "arm64")
            flags += self.arm_loaders()
        fleet = fleets.Fleet(folder, *boots, lan.SLIPWAY, "ignore", site, arch)
        daemon = fleets.Daemon(lan, os.environ["SLIPWAY_BINARY"], fleet, os.path.dirname(self.kernel), *flags)
        return lan, fleet, daemon

    def arm_loaders(self):
        """shim and GRUB as their packages have them on arm64 hosts."""
        folder = packages.unpack(self.cache, "shim-signed", "grub-efi-arm64-signed", architecture="arm64")
        folders = [os.path.join(folder, part) for part in ("usr/lib/shim", "usr/lib/grub/arm64-efi-signed")]
        return tuple(word for part in folders for word in ("--boot-loader-dirs", part))

    def approve(self, fleet, daemon, mac, more=""):
        fleet.add_node("worker-1", mac, more)
        fleet.push("Approve worker-1")
        code, text = daemon.sync()
        self.assertEqual(code, 0, text)

    def boot(self, row):
        if row.run != "every run" and not EVERYTHING:
            self.skipTest("tests/run.sh --all boots this one")
        if row.firmware in ("bios", "uefi") and not EVERYTHING:
            self.skipTest("test_boot.py boots this one in every run")
        mac = "52:54:00:78:00:01"
        arm = vm.is_arm(row.firmware)
        try:
            lan, fleet, daemon = self.lab(row.network, row.addresses, arm)
        except packages.Missing as missing:
            self.skipTest(str(missing))
        self.approve(fleet, daemon, mac, "" if row.loader == "ipxe" else "  boot: {loader: %s}\n" % row.loader)
        with vm.Machine(lan, "machine", mac, row.firmware) as machine:
            try:
                digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", BOOT_SECONDS).group(1)
                if row.firmware == "arm64-secure":
                    machine.wait_for("EFI stub: UEFI Secure Boot is enabled", 1)
            except AssertionError:
                with open(daemon.log, errors="replace") as log:
                    print(log.read()[-4000:])
                raise
        self.assertEqual(digest, daemon.published("talos/configs/%s.yaml" % mac.replace(":", "-")))
        with open(daemon.log, errors="replace") as log:
            door, request = row.program.split(" ", 1)
            self.assertIn('"door":"%s","outcome":"answered"' % door, log.read())
            log.seek(0)
            self.assertIn('"request":"%s' % request, log.read())

    def test_firmware_with_secure_boot_refuses_what_nobody_signed(self):
        if not EVERYTHING:
            self.skipTest("tests/run.sh --all boots this one")
        mac = "52:54:00:78:00:02"
        lan, fleet, daemon = self.lab()
        self.approve(fleet, daemon, mac)
        with vm.Machine(lan, "refused", mac, "uefi-secure") as machine:
            machine.wait_for(r"Access Denied|Security Violation|denied", BOOT_SECONDS)
        requests = [event.get("request", "") for event in daemon.events(mac)]
        self.assertTrue([r for r in requests if "snponly.efi" in r], "it was fetched, and refused")
        self.assertFalse([r for r in requests if "boot.ipxe" in r], "it never ran")


def _add(row):
    def test(self):
        self.boot(row)
    setattr(FirmwareTest, "test_boots_" + row.name(), test)


for _row in rows():
    _add(_row)

if __name__ == "__main__":
    unittest.main()
