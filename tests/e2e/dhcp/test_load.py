"""perfdhcp, Kea's load generator, as a relay with many machines behind it: everything it asks is answered."""
import re
import unittest

import lan as lans
import site_of_lan as sites
from lan import wait_until

EXCHANGES, MACHINES = 600, 800  # more machines than exchanges: each comes once
SUBNETS = """  subnets:
    - cidr: 10.78.0.0/20
      gateway: 10.78.0.1
      ranges: [10.78.4.0-10.78.7.255]
"""


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()
        self.server, self.load = self.lan.host("srv"), self.lan.host("load")
        self.lan.plug(self.server, "boot0", sites.SERVER + "/20")
        self.lan.plug(self.load, "eth0", "10.78.0.7/20")
        self.site = sites.Site(self.lan, self.server, "--boot-dhcp", "server", subnets=SUBNETS)

    def perfdhcp(self, code, *words):
        """Its counts, one dictionary for each exchange it knows: {"DISCOVER-OFFER": {"sent packets": 600, …}, …}."""
        # -d: a packet counts as lost after ten seconds, so that a machine with other things to do makes no difference.
        done = self.load.run("perfdhcp", "-4", "-l", "eth0", "-d", "10", "-W", "2000000", "-u", "-g", "single", *words,
                             sites.SERVER, check=False, timeout=120)
        counts = {}
        for part in re.split(r"\*\*\*Statistics for: ", done.stdout)[1:]:
            counts[part.split("***")[0]] = {name: int(number) for name, number in
                                            re.findall(r"^([a-z ]+): (\d+)$", part, re.MULTILINE)}
        self.assertEqual(done.returncode, code, done.stdout + done.stderr + self.site.tail())
        return counts

    def assert_all_answered(self, counts, least):
        self.assertGreaterEqual(counts["sent packets"], least, counts)
        self.assertEqual(counts["received packets"], counts["sent packets"], counts)
        self.assertEqual((counts["drops"], counts["rejected leases"], counts["non unique addresses"]), (0, 0, 0), counts)

    def test_no_exchange_is_lost_and_no_address_is_given_twice(self):
        counts = self.perfdhcp(0, "-r", "150", "-R", str(MACHINES), "-n", str(EXCHANGES))
        for exchange in ("DISCOVER-OFFER", "REQUEST-ACK"):
            self.assert_all_answered(counts[exchange], EXCHANGES)
        bound = counts["REQUEST-ACK"]["received packets"]
        wait_until(lambda: self.site.dhcp()["pools"][0]["bound"] == bound, "the page to say so", explain=self.site.tail)

    def test_renewals_between_them_are_answered_and_releases_taken(self):
        # 3: some messages had no answer. A release has none.
        counts = self.perfdhcp(3, "-r", "100", "-f", "30", "-F", "30", "-R", str(MACHINES), "-n", str(EXCHANGES // 2))
        for exchange, least in (("DISCOVER-OFFER", EXCHANGES // 2), ("REQUEST-ACK", EXCHANGES // 2), ("REQUEST-ACK (renewal)", 1)):
            self.assert_all_answered(counts[exchange], least)
        left = counts["REQUEST-ACK"]["received packets"] - counts["RELEASE"]["sent packets"]
        self.assertGreater(counts["RELEASE"]["sent packets"], 0, counts)
        wait_until(lambda: self.site.dhcp()["pools"][0]["bound"] == left, "the releases", explain=self.site.tail)


if __name__ == "__main__":
    unittest.main()
