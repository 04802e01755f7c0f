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
import vm

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
TABLE = os.path.join(REPOSITORY, "contrib/FIRMWARE.md")
EVERYTHING = os.environ.get("SLIPWAY_TEST_ALL") == "yes"
BOOT_SECONDS = 300  # software emulation on a busy machine
NETWORKS = {"flat": net.Network, "relayed": net.RelayedNetwork}
CLIENTS = {"bios": "SeaBIOS, iPXE option ROM", "uefi": "OVMF, edk2's PXE client", "uefi-http": "OVMF, UEFI HTTP boot",
           "uefi-ipxe": "OVMF, iPXE's EFI option ROM", "uefi-secure": "OVMF, PXE client, Secure Boot with Microsoft's keys"}


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
    rows = [Row("bios", "ipxe", "flat", "dnsmasq", script, "every run"),
            Row("uefi", "ipxe", "flat", "dnsmasq", "tftp RRQ snponly.efi", "every run"),
            Row("uefi-http", "ipxe", "flat", "dnsmasq", "http GET /ipxe/snponly.efi", "every run"),
            Row("uefi-ipxe", "ipxe", "flat", "dnsmasq", script),
            Row("uefi", "grub", "flat", "slipway", "tftp RRQ shimx64.efi"),
            Row("uefi-secure", "grub", "flat", "slipway", "tftp RRQ shimx64.efi")]
    for network in ("flat", "relayed"):
        rows.append(Row("bios", "ipxe", network, "slipway", script))
        rows.append(Row("uefi", "ipxe", network, "slipway", "tftp RRQ snponly.efi"))
        rows.append(Row("uefi-http", "ipxe", network, "slipway", "http GET /ipxe/snponly.efi"))
    return rows


CANNOT = [
    ("OVMF, PXE client, Secure Boot", "iPXE", "Debian's iPXE is not signed: firmware refuses it, and the machine goes on to its next boot device"),
    ("OVMF, UEFI HTTP boot", "shim and GRUB", "Debian 12's signed network GRUB holds no HTTP module: it cannot fetch its configuration where it came from"),
    ("OVMF, PXE client", "shim and GRUB, beside another DHCP server", "GRUB 2.06 takes its server from the ACK of whoever gave the address, and knows no proxy: "
     "it stops at its prompt. With `boot.dhcp: server` it boots"),
    ("SeaBIOS", "PXELINUX", "QEMU's only BIOS network boot program is iPXE, which gets the iPXE script; PXELINUX is served to other ROMs"),
    ("Raspberry Pi", "any", "its ROM wants the Pi's own firmware files; it is told apart by its MAC and never offered an x86 program"),
]
NOT_TRIED = [
    ("AAVMF (arm64), PXE client", "GRUB", "grub-efi-arm64-signed is a package for arm64 hosts; the file is served where it is put into boot.loader_dirs"),
    ("U-Boot (arm64)", "GRUB", "Debian's U-Boot ignores offers without an address, so only `boot.dhcp: server` could boot it"),
    ("any", "any, Slipway on a VLAN sub-interface", "the kernel at hand has no VLAN devices; DHCP over one is tested where there are (`e2e.dhcp`)"),
    ("any", "any, addresses from Kea or ISC", "the proxy is tested beside dnsmasq alone; no machine was booted with an address from Kea or ISC"),
]


def table():
    text = ["# Firmware that was booted", "",
            "Each row is a test of `tests/e2e/test_firmware.py`: QEMU without KVM, network namespaces, real packets. It has booted when the machine prints the digest of",
            "its own config, fetched over HTTP. Rows marked *every run* are part of `tests/run.sh`; the rest of `tests/run.sh --all`. The suite compares",
            "this page with itself; `SLIPWAY_FIRMWARE_WRITE=yes` writes it.", "",
            "| client | loader | network | addresses from | fetches first | when |", "|---|---|---|---|---|---|"]
    for row in rows():
        text.append("| %s | %s | %s | %s | `%s` | %s |" % (CLIENTS[row.firmware], row.loader, row.network, row.addresses, row.program, row.run))
    text += ["", "## What cannot boot, and why", "", "| client | loader | reason |", "|---|---|---|"]
    text += ["| %s | %s | %s |" % line for line in CANNOT]
    text += ["", "## What was not tried", "", "| client | loader | |", "|---|---|---|"]
    text += ["| %s | %s | %s |" % line for line in NOT_TRIED]
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
        cls.kernel, cls.initramfs = guest.build(os.path.abspath(cache))

    def lab(self, network="flat", addresses="dnsmasq"):
        folder = tempfile.mkdtemp(prefix="slipway-lab-")
        self.addCleanup(shutil.rmtree, folder)
        lan = NETWORKS[network](folder, addresses)
        self.addCleanup(lan.__exit__)
        lan.__enter__()
        flags, site = (), ""
        if addresses == "slipway":
            flags, site = ("--boot-dhcp", "server"), "  subnets: [%s]\n" % lan.SUBNET
        fleet = fleets.Fleet(folder, self.kernel, self.initramfs, lan.SLIPWAY, "ignore", site)
        daemon = fleets.Daemon(lan, os.environ["SLIPWAY_BINARY"], fleet, os.path.dirname(self.kernel), *flags)
        return lan, fleet, daemon

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
        lan, fleet, daemon = self.lab(row.network, row.addresses)
        self.approve(fleet, daemon, mac, "" if row.loader == "ipxe" else "  boot: {loader: %s}\n" % row.loader)
        with vm.Machine(lan, "machine", mac, row.firmware) as machine:
            try:
                digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", BOOT_SECONDS).group(1)
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
