"""Relays, VLANs, two networks at once, a bridge; other servers, and finding out which to be."""
import os
import unittest

import clients
import lan as lans
import site_of_lan as sites
from lan import wait_until


class NetworkTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()
        self.server = self.lan.host("srv")

    def machine(self, name, vlan=1, kind=clients.Udhcpc, mac=None):
        host = self.lan.host(name)
        self.lan.plug(host, "eth0", vlan=vlan, mac=mac)
        return kind(self.lan, host, "eth0")

    def test_a_machine_behind_a_relay_gets_an_address_of_its_own_network(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        router = self.lan.host("router")
        self.lan.plug(router, "near", "10.78.0.1/24")
        self.lan.plug(router, "far", "10.79.0.1/24", vlan=2)
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.server.run("ip", "route", "add", "default", "via", "10.78.0.1")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server")
        router.spawn("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                     "--dhcp-relay=10.79.0.1,%s" % sites.SERVER, log="relay.log")
        client = self.machine("behind", vlan=2, kind=clients.Dhclient)
        client.bind()
        self.assertRegex(str(client.address()), r"^10\.79\.0\.1", site.tail())
        client.host.run("ip", "route", "replace", "default", "via", "10.79.0.1")
        client.release()  # by unicast, past the relay
        wait_until(lambda: site.events(reason="Released"), "the release past the relay", explain=site.tail)

    def test_an_address_behind_the_relay_that_answers_a_ping_is_not_offered(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        router, squatter = self.lan.host("router"), self.lan.host("squat")
        self.lan.plug(router, "near", "10.78.0.1/24")
        self.lan.plug(router, "far", "10.79.0.1/24", vlan=2)
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.lan.plug(squatter, "eth0", "10.79.0.100/24", vlan=2)
        squatter.run("ip", "route", "add", "default", "via", "10.79.0.1")
        self.server.run("ip", "route", "add", "default", "via", "10.78.0.1")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server")
        router.spawn("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                     "--dhcp-relay=10.79.0.1,%s" % sites.SERVER, log="relay.log")
        client = self.machine("behind", vlan=2)
        client.bind()
        self.assertEqual(client.address(), "10.79.0.101", site.tail())

    def test_two_networks_at_once_and_one_of_them_a_bridge(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        self.server.run("ip", "link", "add", "lanbr", "type", "bridge", "forward_delay", "0")
        self.lan.plug(self.server, "port0", vlan=2)
        self.server.run("ip", "link", "set", "port0", "master", "lanbr")
        self.server.run("ip", "addr", "add", "10.79.0.2/24", "dev", "lanbr")
        self.server.run("ip", "link", "set", "lanbr", "up")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server", interfaces=("boot0", "lanbr"))
        wait_until(lambda: len(site.dhcp()["links"]) == 2, "both links", explain=site.tail)
        with self.lan.capture(self.server, "boot0") as first, self.lan.capture(self.server, "lanbr") as second:
            one, two = self.machine("one"), self.machine("two", vlan=2)
            one.bind()
            two.bind()
        self.assertRegex(str(one.address()), r"^10\.78\.0\.1", site.tail())
        self.assertRegex(str(two.address()), r"^10\.79\.0\.1", site.tail())
        self.assertEqual(first.lines("src host 10.79.0.2"), [])
        self.assertTrue(second.lines("src host 10.79.0.2"))
        self.assertEqual(second.lines("src host " + sites.SERVER), [])

    def dnsmasq(self, host, *words):
        return host.spawn("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0",
                          "--bind-interfaces", "--dhcp-range=10.78.0.210,10.78.0.220,255.255.255.0,2m", "--no-ping",
                          "--dhcp-leasefile=" + os.path.join(self.lan.folder, host.name + ".leases"), *words,
                          log="dnsmasq.log")

    def test_auto_gives_addresses_only_while_nobody_else_does(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "auto", "--boot-dhcp-quiet", "8s")
        self.assertEqual(site.role(), "proxy", "it has not listened for long yet")
        early = self.machine("early")
        early.bind("-t", "1", "-T", "1")
        self.assertIsNone(early.address())
        wait_until(lambda: site.role() == "server", "becoming the server", explain=site.tail)
        served = self.machine("served")
        served.bind()
        self.assertRegex(str(served.address()), r"^10\.78\.0\.1", site.tail())
        site.kill()
        site.start()  # a restart is no reason to leave the network without addresses
        wait_until(lambda: site.role() == "server", "being the server again", 7, site.tail)  # less than the quiet time

        other = self.lan.host("other")
        self.lan.plug(other, "eth0", "10.78.0.1/24")
        process = self.dnsmasq(other, "--dhcp-option-force=60,PXEClient")
        with self.lan.capture(self.server, "boot0") as capture:
            late = self.machine("late")
            wait_until(lambda: late.bind() and late.address(), "an address", explain=site.tail)
            wait_until(lambda: site.role() == "proxy", "giving way", explain=site.tail)
            seen = capture.lines("src host " + sites.SERVER)
            later = self.machine("later")
            wait_until(lambda: later.bind() and later.address(), "an address", explain=site.tail)
            self.assertRegex(later.address(), r"^10\.78\.0\.2[12]")
            self.assertEqual(capture.lines("src host " + sites.SERVER), seen, "not one packet more of ours")
        expected = [("10.78.0.1", True, True)]
        wait_until(lambda: [(s["id"], s["givesAddresses"], s["breaksUefi"])
                            for s in site.dhcp()["links"][0]["otherServers"]] == expected,
                   "the page to say that it breaks UEFI", explain=lambda: str(site.dhcp()))
        self.assertTrue(site.events(reason="BecameProxy"))
        lans.stop(process)
        wait_until(lambda: site.role() == "server", "being the server again", 40, site.tail)

    def test_a_rogue_second_server_is_told_of(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server")
        rogue = self.lan.host("rogue")
        self.lan.plug(rogue, "eth0", "10.78.0.66/24")
        self.dnsmasq(rogue, "--dhcp-boot=evil.efi")
        self.machine("victim").bind()
        event = wait_until(lambda: site.events(reason="ForeignServer"), "hearing the rogue", explain=site.tail)[0]
        self.assertIn("10.78.0.66", event["message"])
        wait_until(lambda: [s for s in site.dhcp()["links"][0]["otherServers"] if s["bootFile"] == "evil.efi"],
                   "the page to say so", explain=lambda: str(site.dhcp()))
        self.assertEqual(site.role(), "server")

    def test_observe_sends_nothing_and_says_what_it_would_have(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "observe")
        with self.lan.capture(self.server, "boot0") as capture:
            client = self.machine("pxe", mac=sites.NODE_MAC)
            # x93: an x64 UEFI machine, as far as options go.
            client.bind("-V", "PXEClient:Arch:00007:UNDI:003000", "-x", "0x5d:0007", "-t", "1", "-T", "1")
        self.assertEqual(capture.lines("src host " + sites.SERVER), [])
        event = wait_until(lambda: site.events(request="DISCOVER", node="fixed"), "the record", explain=site.tail)[0]
        self.assertEqual(event["outcome"], "ignored")
        self.assertEqual(event["answer"], "OFFER snponly.efi")


if __name__ == "__main__":
    unittest.main()
