"""kill -9 in the middle of a rush: whatever was acknowledged is still its machine's, and nobody else's."""
import os
import subprocess
import sys
import time
import unittest

import lan as lans
import relay_client
import site_of_lan as sites
from lan import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
RELAY = "10.79.0.2"
SUBNETS = """  subnets:
    - cidr: 10.79.0.0/16
      ranges: [10.79.1.0-10.79.99.255]
"""


class CrashTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()
        server, self.far = self.lan.host("srv"), self.lan.host("far")
        self.lan.plug(server, "boot0", sites.SERVER + "/24")
        self.lan.plug(self.far, "eth0", "10.78.0.3/24")
        self.far.run("ip", "addr", "add", RELAY + "/16", "dev", "lo")
        server.run("ip", "route", "add", "10.79.0.0/16", "via", "10.78.0.3")
        self.site = sites.Site(self.lan, server, "--boot-dhcp", "server", "--boot-dhcp-probe", "off", subnets=SUBNETS)

    def client(self, what, *words, **options):
        return subprocess.Popen(["ip", "netns", "exec", self.far.name, sys.executable,
                                 os.path.join(HERE, "relay_client.py"), what, RELAY, sites.SERVER, *words], text=True,
                                stdout=subprocess.PIPE, **options)

    def rush_until_killed(self, first, wait):
        """The leases that were acknowledged before the daemon died."""
        with self.client("load", str(first), str(first + 9000), "6") as rush:
            time.sleep(wait)
            self.site.kill()
            return [line.split() for line in rush.communicate()[0].splitlines()]

    def test_no_acknowledged_lease_is_lost_or_given_twice(self):
        held = {}
        for round_number, wait in enumerate((0.4, 0.9, 1.5)):
            acknowledged = self.rush_until_killed(1000 + 10_000 * round_number, wait)
            self.assertGreater(len(acknowledged), 20, self.site.tail())
            for number, address in acknowledged:
                self.assertNotIn(address, held, "given twice")
                held[address] = number
            self.site.start()
        asked = "".join("%s %s\n" % (number, address) for address, number in held.items())
        check = self.client("reboot", stdin=subprocess.PIPE)
        answers = {}
        for line in check.communicate(asked, timeout=120)[0].splitlines():
            number, kind, address = line.split()
            answers[number] = (int(kind), address)
        for address, number in held.items():
            self.assertEqual(answers.get(number), (relay_client.ACK, address), "machine %s" % number)
        stranger = self.client("reboot", stdin=subprocess.PIPE)
        asked = "".join("%d %s\n" % (900_000 + i, address) for i, address in enumerate(list(held)[:50]))
        for line in stranger.communicate(asked, timeout=120)[0].splitlines():
            self.assertEqual(int(line.split()[1]), relay_client.NAK, line)

    def test_a_full_disk_stops_acknowledgements_and_says_so(self):
        if os.environ.get("SLIPWAY_DHCP_MOUNTS") != "yes":
            self.skipTest("needs a mount namespace of its own: `unshare -m` did not work here")
        self.site.stop()
        leases = os.path.join(self.site.state, "leases.sqlite")
        small = os.path.join(self.lan.folder, "small")
        os.makedirs(small)
        lans.run("mount", "-t", "tmpfs", "-o", "size=128k", "none", small)
        self.addCleanup(lans.run, "umount", "-l", small, check=False)
        for suffix in ("", "-wal"):
            if os.path.exists(leases + suffix):
                os.remove(leases + suffix)
        os.symlink(os.path.join(small, "leases.sqlite"), leases)
        self.site.start()
        rush = self.client("load", "1000", "6000", "6")
        got = rush.communicate()[0].splitlines()
        self.assertTrue(got, "what fits was acknowledged")
        failed = wait_until(lambda: self.site.events(reason="LeaseNotKept"), "the disk to be full", explain=self.site.tail)
        self.assertEqual(failed[0]["outcome"], "failed")
        wait_until(lambda: "leases" in self.site.dhcp().get("leaseProblem", ""), "the page to say so")


if __name__ == "__main__":
    unittest.main()
