"""Slipway on 802.1Q sub-interfaces, beside their parent and beside VLANs of the same cable that are not its own.

The host's kernel may have no VLANs; ../test_vlan.py runs this in a guest whose kernel has."""
import unittest

import clients
import lan as lans
import site_of_lan as sites
from lan import wait_until


class VlanTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()
        self.server = self.lan.host("srv")
        self.server.run("ip", "link", "add", "probe", "type", "veth", "peer", "name", "eborp")
        if self.server.run("ip", "link", "add", "link", "probe", "name", "probe.9", "type", "vlan", "id", "9",
                           check=False).returncode != 0:
            self.skipTest("this kernel has no 802.1Q (CONFIG_VLAN_8021Q)")

    def machine(self, name, vlan):
        host = self.lan.host(name)
        self.lan.plug(host, "eth0", vlan=vlan)
        return clients.Udhcpc(self.lan, host, "eth0")

    def address_server(self, name, vlan, net):
        """Somebody else's, at net.1; it gives net.210 to net.220, and says everything to all."""
        host = self.lan.host(name)
        self.lan.plug(host, "eth0", net + ".1/24", vlan=vlan)
        return host.spawn("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--bind-interfaces",
                          "--dhcp-range=%s.210,%s.220,255.255.255.0,2m" % (net, net), "--no-ping", "--dhcp-broadcast",
                          "--dhcp-leasefile=%s/%s.leases" % (self.lan.folder, name), log=name + ".log")

    def test_a_sub_interface_beside_its_parent(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24", tagged=(80,))
        self.server.run("ip", "link", "add", "link", "boot0", "name", "boot0.80", "type", "vlan", "id", "80")
        self.server.run("ip", "addr", "add", "10.80.0.2/24", "dev", "boot0.80")
        self.server.run("ip", "link", "set", "boot0.80", "up")
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server", interfaces=("boot0", "boot0.80"))
        wait_until(lambda: len(site.dhcp()["links"]) == 2, "both links", explain=site.tail)
        plain, tagged = self.machine("plain", 1), self.machine("tagged", 80)
        plain.bind()
        tagged.bind()
        self.assertRegex(str(plain.address()), r"^10\.78\.0\.1", site.tail())
        self.assertRegex(str(tagged.address()), r"^10\.80\.0\.1", site.tail())
        self.assertFalse(site.events(reason="ForeignServer"), "it is no stranger to itself")

    def test_what_others_say_on_a_vlan_that_is_not_ours_is_not_heard(self):
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24", tagged=(90,))
        site = sites.Site(self.lan, self.server, "--boot-dhcp", "server")
        self.address_server("theirs", 90, "10.90.0")
        with self.lan.capture(self.server, "boot0", "") as capture:
            other = self.machine("other", 90)
            other.bind()
            self.assertRegex(str(other.address()), r"^10\.90\.0\.2", "the server of its own VLAN serves it")
        there = capture.lines("vlan 90 and udp src port 67 and udp dst port 68")
        self.assertTrue(there, "the foreign server's answers came by our cable")
        self.assertEqual(capture.lines("src host %s and not arp" % sites.SERVER), [], "no word of ours")
        self.address_server("rogue", 1, "10.91.0")
        self.machine("victim", 1).bind()
        heard = wait_until(lambda: site.dhcp()["links"][0]["otherServers"], "hearing the one on our own network",
                           explain=site.tail)
        self.assertEqual([server["id"] for server in heard], ["10.91.0.1"])
        self.assertFalse([event for event in site.events(reason="ForeignServer") if "10.90.0.1" in event["message"]])
        wait_until(lambda: [event for event in site.events(reason="ForeignServer") if "10.91.0.1" in event["message"]],
                   "the word of it in the log", explain=site.tail)
