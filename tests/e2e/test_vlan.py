"""What a VLAN keeps apart, with real firmware; test_firmware.py boots machines over one.

Needs no VLANs of the host's kernel: Slipway's host is a guest of Debian's. SLIPWAY_TEST_ALL=yes runs it.
"""
import os
import shutil
import tempfile
import unittest

import fleet as fleets
import guest
import linux
import linux_image
import net
import packages
import vlan
import vm

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.abspath(os.environ.get("SLIPWAY_LAB_CACHE", os.path.join(HERE, "../../build/lab")))
MAC = "52:54:00:79:00:01"
BOOT_SECONDS = 600  # software emulation on a busy machine


@unittest.skipUnless(os.environ.get("SLIPWAY_TEST_ALL") == "yes", "tests/run.sh --all runs this one")
class VlanTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-lab-")
        self.addCleanup(shutil.rmtree, self.folder)
        try:
            self.boots, _ = guest.build(CACHE), linux_image.build(CACHE)
        except packages.Missing as missing:
            self.skipTest(str(missing))

    def assert_no_answer(self, lan, number, name):
        """On an access port of another VLAN: the request reaches Slipway's card with that VLAN's tag, and Slipway's host
        sends nothing into that VLAN."""
        heard = os.path.join(self.folder, "card-%d" % number)
        watch = lan.guest.spawn("tcpdump", "-i", "trunk0", "-e", "-nn", "-l", "udp port 67 or (vlan and udp port 67)", output=heard)
        lan.guest.run("sh", "-c", "until grep -q listening %s; do sleep 0.2; done" % heard)
        bridge = lan.OTHERS[number]
        with net.Capture(lan, name, lan.lan, bridge) as capture, vm.Machine(lan, name, MAC, "bios", bridge) as machine:
            machine.wait_for(r"Nothing to boot|No more network devices|No bootable device", BOOT_SECONDS)
        asked = capture.lines("ether src %s and udp dst port 67" % MAC)
        self.assertTrue([line for line in asked if "Request from " + MAC in line], "the machine asked")
        self.assertEqual(capture.lines("ether src " + lan.CARD), [], "packets of Slipway's host")
        watch.terminate()
        with open(heard) as file:
            lines = [line for line in file if line.split()[1:2] == [MAC]]
        self.assertTrue(lines, "what the machine asked came to Slipway's card")
        for line in lines:
            self.assertEqual("vlan %d," % number in line, number != 0, line)

    def test_a_machine_of_another_vlan_gets_no_answer_and_boots_when_it_is_plugged_into_ours(self):
        lan = vlan.VlanNetwork(self.folder, "slipway", CACHE)
        self.addCleanup(lan.__exit__)
        lan.__enter__()
        fleet = fleets.Fleet(self.folder, *self.boots, lan.SLIPWAY, "ignore", "  subnets: [%s]\n" % lan.SUBNET)
        daemon = fleets.Daemon(lan, os.environ["SLIPWAY_BINARY"], fleet, CACHE, "--boot-dhcp", "server")
        fleet.add_node("worker-1", MAC)
        fleet.push("Approve worker-1")
        code, text = daemon.sync()
        self.assertEqual(code, 0, text)
        self.assert_no_answer(lan, 90, "other")
        self.assert_no_answer(lan, 0, "plain")
        self.assertEqual(daemon.events(MAC), [])
        with vm.Machine(lan, "ours", MAC, "bios") as machine:
            digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", BOOT_SECONDS).group(1)
        self.assertEqual(digest, daemon.published("talos/configs/%s.yaml" % MAC.replace(":", "-")))
        self.assertTrue(daemon.events(MAC))

    def test_the_dhcp_tests_that_need_vlans(self):
        with linux.Linux(CACHE, self.folder, cores=2) as there:
            done = there.run("env", "SLIPWAY_TEST_SLOWNESS=5", os.path.join(HERE, "dhcp/run.sh"), os.environ["SLIPWAY_BINARY"],
                             "test_vlans", seconds=900, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"Ran [1-9]\d* tests")
        self.assertNotIn("skipped", done.stdout)


if __name__ == "__main__":
    unittest.main()
