"""Two daemons in `auto` on one wire: one of them gives addresses, whatever happens, and never both."""
import threading
import time
import unittest

import clients
import lan as lans
import site_of_lan as sites
from lan import wait_until

QUIET = 6
LOWER, HIGHER = sites.SERVER, "10.78.0.3"


class Both(threading.Thread):
    """Looks at what both are, again and again, and keeps the moments at which both were servers."""

    def __init__(self, *two):
        super().__init__(daemon=True)
        self.two, self.moments, self.looks, self.ended = two, [], 0, False

    def run(self):
        while not self.ended:
            roles = [site.role() if site.process.poll() is None else "" for site in self.two]
            self.looks += 1
            if roles == ["server", "server"]:
                self.moments.append(time.monotonic())
            time.sleep(0.05)


class TwoTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()

    def start(self, subnets_of_low=sites.SUBNETS):
        flags = ("--boot-dhcp", "auto", "--boot-dhcp-quiet", "%ds" % QUIET)
        started = []
        for name, address, subnets in (("low", LOWER, subnets_of_low), ("high", HIGHER, sites.SUBNETS)):
            host = self.lan.host(name)
            self.lan.plug(host, "boot0", address + "/24")
            started.append(sites.Site(self.lan, host, *flags, subnets=subnets, name=name))
        self.low, self.high = started

    def tails(self):
        return self.low.tail() + "\n---- the higher address:\n" + self.high.tail()

    def wait_roles(self, low, high, seconds=60):
        wait_until(lambda: (self.low.role(), self.high.role()) == (low, high), "%s and %s" % (low, high), seconds, self.tails)

    def assert_gives_addresses(self, name, giver):
        """A new machine is offered an address by that one alone."""
        machine = self.lan.host(name)
        self.lan.plug(machine, "eth0")
        with self.lan.capture(machine, "eth0") as capture:
            client = clients.Udhcpc(self.lan, machine, "eth0")
            wait_until(lambda: client.bind() and client.address(), "an address", explain=self.tails)
        givers = {line.split()[2].rsplit(".", 1)[0] for line in capture.lines("udp src port 67")}
        self.assertEqual(givers, {giver}, self.tails())

    def test_one_gives_addresses_and_the_other_takes_over_and_keeps_it(self):
        self.start()
        both = Both(self.low, self.high)
        both.start()
        # Both have listened for as long: the lower address goes first.
        self.wait_roles("server", "proxy")
        self.assert_gives_addresses("first", LOWER)
        time.sleep(2 * QUIET)  # longer than the other would wait for silence
        self.assertEqual((self.low.role(), self.high.role()), ("server", "proxy"), self.tails())
        self.low.kill()
        wait_until(lambda: self.high.role() == "server", "taking over", explain=self.tails)
        self.assert_gives_addresses("second", HIGHER)
        time.sleep(QUIET)  # longer than the first one's memory counts
        self.low.start()
        # Who gives addresses goes on, though the lower address is back.
        time.sleep(2 * QUIET)
        self.assertEqual((self.low.role(), self.high.role()), ("proxy", "server"), self.tails())
        self.assert_gives_addresses("third", HIGHER)
        both.ended = True
        both.join()
        self.assertGreater(both.looks, 20)
        self.assertEqual(both.moments, [], self.tails())

    def test_after_a_cut_wire_is_whole_again_one_of_them_gives_way(self):
        self.start()
        self.wait_roles("server", "proxy")
        port = self.port_of(self.high)
        self.lan.switch.run("ip", "link", "set", port, "nomaster")
        self.wait_roles("server", "server")
        self.lan.switch.run("ip", "link", "set", port, "master", self.lan.bridge(1))
        self.wait_roles("server", "proxy")
        self.assert_gives_addresses("after", LOWER)

    def test_one_without_a_range_stands_in_nobodys_way(self):
        self.start("  subnets: [{cidr: 10.78.0.0/24}]\n")
        wait_until(lambda: self.high.role() == "server", "giving addresses", explain=self.tails)
        self.assert_gives_addresses("served", HIGHER)

    def port_of(self, site):
        """The switch's end of its cable."""
        number = site.host.run("cat", "/sys/class/net/boot0/iflink").stdout.strip()
        lines = self.lan.switch.run("ip", "-o", "link").stdout.splitlines()
        return [line.split()[1].split("@")[0] for line in lines if line.startswith(number + ":")][0]


if __name__ == "__main__":
    unittest.main()
