"""A git push boots a machine, and nothing else does: with real firmware, on real packets."""
import json
import os
import shutil
import tempfile
import time
import unittest

import fleet as fleets
import guest
import net
import vm

REPOSITORY = os.path.join(os.path.dirname(__file__), "../..")
BIOS_MAC, UEFI_MAC = "52:54:00:77:00:01", "52:54:00:77:00:02"
BOOT_SECONDS = 300  # software emulation on a busy machine


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cache = os.environ.get("SLIPWAY_LAB_CACHE", os.path.join(REPOSITORY, "build/lab"))
        cls.kernel, cls.initramfs = guest.build(os.path.abspath(cache))

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-lab-")
        self.addCleanup(shutil.rmtree, self.folder)
        network = net.Network(self.folder)
        self.network = network.__enter__()
        self.addCleanup(network.__exit__)

    def start(self, unknown):
        self.fleet = fleets.Fleet(self.folder, self.kernel, self.initramfs, net.Network.SLIPWAY, unknown)
        self.daemon = fleets.Daemon(self.network, os.environ["SLIPWAY_BINARY"], self.fleet,
                                    os.path.dirname(self.kernel))

    def sync(self):
        code, text = self.daemon.sync()
        self.assertEqual(code, 0, text)

    def assert_gets_nothing_silently(self, name, mac):
        """Not one packet of ours, though the machine asked and the journal says why."""
        with net.Capture(self.network, name) as capture, vm.Machine(self.network, name, mac, "bios") as machine:
            machine.wait_for(r"Nothing to boot|No more network devices|No bootable device", BOOT_SECONDS)
        asked = [line for line in capture.lines("udp dst port 67") if "Discover" in line or "BOOTP/DHCP, Request from " + mac in line]
        self.assertTrue(asked, "the capture shows no DISCOVER of the machine")
        # The end of a connection that a boot before left open is no answer to this one.
        ends = "tcp[tcpflags] & (tcp-fin|tcp-rst) != 0"
        ours = capture.lines("src host %s and not arp and not (%s)" % (net.Network.SLIPWAY, ends))
        self.assertEqual(ours, [], "packets of ours")
        events = self.daemon.events(mac)
        self.assertTrue([e for e in events if e["reason"] == "UnknownMachine" and e["outcome"] == "ignored"], events)

    def assert_boots(self, name, mac, firmware):
        """To the end: the machine prints the digest of the config that is published for it."""
        with vm.Machine(self.network, name, mac, firmware) as machine:
            digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", BOOT_SECONDS).group(1)
        self.assertEqual(digest, self.daemon.published("talos/configs/%s.yaml" % mac.replace(":", "-")))
        fetched = [e for e in self.daemon.events(mac) if e.get("request", "").startswith("GET /talos/configs/")]
        self.assertTrue([e for e in fetched if e["outcome"] == "answered"], fetched)
        self.assert_story(mac)

    def assert_story(self, mac):
        """The log joins the commit that approved the machine and what it fetched; it runs what is served."""
        details = set()
        for _ in range(100):  # the journal gathers what it writes for a moment
            story = json.loads(self.daemon.ask("log", mac, "-o", "json")[1])
            details = {line["detail"] for line in story if line["kind"] == "fetched"}
            if "config" in details:
                break
            time.sleep(0.1)
        approved = [line for line in story if line["kind"] == "approved"][0]
        self.assertEqual(details, {"script, which installs", "config"})
        self.assertTrue(approved["subject"].startswith("Approve "), approved)
        node = [row for row in self.daemon.status()["nodes"] if row["mac"] == mac][0]
        self.assertTrue(node["runsServedConfig"], node)
        self.assertEqual(node["revisions"]["booted"], node["revisions"]["served"])

    def test_ignored_until_pushed_and_again_after_the_revert(self):
        self.start("ignore")
        # A machine that stays: a repository without any is held.
        self.fleet.add_node("worker-9", "52:54:00:77:00:09")
        self.fleet.push("Approve worker-9")
        self.sync()
        self.assert_gets_nothing_silently("before", BIOS_MAC)
        self.fleet.add_node("worker-1", BIOS_MAC)
        self.fleet.push("Approve worker-1")
        self.sync()
        self.assert_boots("approved", BIOS_MAC, "bios")
        self.fleet.revert()
        self.sync()
        seen = len(self.daemon.events(BIOS_MAC))
        self.assert_gets_nothing_silently("reverted", BIOS_MAC)
        after = self.daemon.events(BIOS_MAC)[seen:]
        self.assertFalse([e for e in after if e["outcome"] == "answered"], after)

    def test_uefi_reaches_its_config_by_edk2s_own_client(self):
        self.start("ignore")
        self.fleet.add_node("worker-2", UEFI_MAC)
        self.fleet.push("Approve worker-2")
        self.sync()
        self.assert_boots("uefi", UEFI_MAC, "uefi")
        program = [e for e in self.daemon.events(UEFI_MAC) if e["door"] == "tftp" and "snponly.efi" in e["request"]]
        self.assertTrue(program, "iPXE was not chain-loaded over TFTP")

    def test_report_says_why_and_leaves_the_machine_alone(self):
        self.start("report")
        with vm.Machine(self.network, "report", BIOS_MAC, "bios") as machine:
            machine.wait_for(r"this machine is not approved; nothing is installed", BOOT_SECONDS)
            machine.wait_for(r"No more network devices|No bootable device|Booting from (?!ROM)", BOOT_SECONDS)
            self.assertIn(BIOS_MAC, machine.serial())
        events = self.daemon.events(BIOS_MAC)
        wanted = ("assets/", "talos/configs/")
        leaked = [e for e in events if e["outcome"] == "answered" and any(w in e.get("request", "") for w in wanted)]
        self.assertEqual(leaked, [])
        self.assertTrue([e for e in events if e["reason"] == "UnknownMachine"], events)
        unknown = [m for m in self.daemon.status()["unknownMachines"] if m["mac"] == BIOS_MAC]
        self.assertEqual(len(unknown), 1)
        self.assertEqual(unknown[0]["serial"], "LAB-0001")

    def test_a_push_with_an_error_changes_no_served_byte(self):
        self.start("ignore")
        self.fleet.add_node("worker-1", BIOS_MAC)
        self.fleet.push("Approve worker-1")
        self.sync()
        path = "talos/configs/%s.yaml" % BIOS_MAC.replace(":", "-")
        before = self.daemon.published(path)
        self.fleet.write("nodes/worker-1.yaml", fleets.NODE.replace("role:", "rolle:") % ("worker-1", BIOS_MAC))
        self.fleet.push("Break worker-1")
        code, text = self.daemon.sync()
        self.assertEqual(code, 1, text)
        self.assertEqual(self.daemon.published(path), before)
        page = self.daemon.page()
        self.assertIn("nodes/worker-1.yaml:6:3", page)
        self.assertRegex(page, r"rolle")
        self.assertRegex(page, r"did you mean|write|add it")


if __name__ == "__main__":
    unittest.main()
