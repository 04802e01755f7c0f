"""Real clients get, keep, give back and get again their addresses; what the wire carried is read by others."""
import signal
import time
import unittest

import clients
import lan as lans
import site_of_lan as sites
from lan import wait_until


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.lan = lans.Lan()
        self.addCleanup(self.lan.__exit__)
        self.lan.__enter__()
        self.server = self.lan.host("srv")
        self.lan.plug(self.server, "boot0", sites.SERVER + "/24")

    def serve(self, *flags, **options):
        self.site = sites.Site(self.lan, self.server, *(flags or ("--boot-dhcp", "server")), **options)
        return self.site

    def machine(self, kind, name, mac=None):
        host = self.lan.host(name)
        self.lan.plug(host, "eth0", mac=mac)
        return kind(self.lan, host, "eth0")

    def assert_dynamic(self, address):
        self.assertRegex(str(address), r"^10\.78\.0\.1[0-9][0-9]$", self.site.tail())

    def test_udhcpc_binds_renews_releases_and_comes_back(self):
        self.serve()
        client = self.machine(clients.Udhcpc, "udhcpc")
        process = client.stay("-O", "mtu", "-O", "ntpsrv", "-O", "staticroutes")
        first = wait_until(client.address, "a lease", explain=self.site.tail)
        self.assert_dynamic(first)
        bound = [line for line in client.words() if line.startswith("bound")][0]
        for part in ("mask=255.255.255.0", "router=10.78.0.1", "dns=10.78.0.1 10.78.0.9", "domain=lab.example",
                     "mtu=1400", "ntp=10.78.0.8", "lease=120"):
            self.assertIn(part, bound)
        process.send_signal(signal.SIGINT)  # ip netns exec becomes the client: no shell between
        process.wait(5)
        process = client.stay()
        wait_until(lambda: len([w for w in client.words() if w.startswith("bound")]) == 2, "a second lease")
        self.assertEqual(client.address(), first, "the same machine gets the same address")
        process.send_signal(signal.SIGUSR1)
        wait_until(lambda: [w for w in client.words() if w.startswith("renew")], "a renewal", explain=self.site.tail)
        process.send_signal(signal.SIGUSR2)
        wait_until(lambda: self.site.events(reason="Released"), "the release", explain=self.site.tail)
        wait_until(lambda: [p for p in self.site.dhcp()["pools"][:1] if p["bound"] == 0], "the page to say so")

    def test_dhclient_binds_reboots_and_releases(self):
        self.serve()
        client = self.machine(clients.Dhclient, "dhclient")
        done = client.bind()
        first = client.address()
        self.assert_dynamic(first)
        self.assertIn("BOUND", client.words()[-1], done.stderr)
        client.kill()
        done = client.bind()  # INIT-REBOOT, since its lease file is still good
        self.assertIn("REBOOT", client.words()[-1], done.stderr)
        self.assertEqual(client.address(), first)
        self.assertIn("DHCPREQUEST for %s" % first, done.stderr)
        self.assertNotIn("DHCPDISCOVER", done.stderr)
        client.release()
        wait_until(lambda: self.site.events(reason="Released"), "the release", explain=self.site.tail)

    def test_dhclient_that_comes_from_another_network_is_told_so(self):
        self.serve()
        client = self.machine(clients.Dhclient, "roamer")
        with open(client.file("dhclient.leases"), "w") as file:
            file.write('lease {\n  interface "eth0";\n  fixed-address 192.168.7.7;\n  option subnet-mask 255.255.255.0;\n'
                       "  option dhcp-server-identifier 192.168.7.1;\n  option dhcp-lease-time 99999999;\n"
                       "  renew 5 2037/01/01 00:00:00;\n  rebind 5 2037/01/01 00:00:00;\n  expire 5 2037/01/01 00:00:00;\n}\n")
        done = client.bind()
        self.assertIn("DHCPNAK", done.stderr)
        self.assert_dynamic(client.address())
        self.assertTrue(self.site.events(reason="WrongNetwork", outcome="refused"))

    def test_dhcpcd_binds_with_a_duid_and_a_check_of_its_own(self):
        self.serve()
        client = self.machine(clients.Dhcpcd, "dhcpcd")
        done = client.once()
        first = client.address()
        self.assert_dynamic(first)
        self.assertIn("leased %s" % first, done.stderr, done.stderr)
        again = client.once()
        self.assertEqual(client.address(), first, again.stderr)

    def test_a_node_gets_its_own_address_and_its_name(self):
        self.serve()
        client = self.machine(clients.Udhcpc, "node", sites.NODE_MAC)
        client.bind()
        self.assertEqual(client.address(), sites.NODE_ADDRESS, self.site.tail())
        self.assertTrue(self.site.events(reason="Leased", node="fixed"), self.site.tail())

    def test_one_machine_keeps_one_address_through_three_clients(self):
        """Firmware, iPXE and the operating system identify themselves in three ways."""
        self.serve()
        host = self.lan.host("same")
        self.lan.plug(host, "eth0")
        seen = set()
        for kind in (clients.Udhcpc, clients.Dhclient):
            client = kind(self.lan, host, "eth0")
            client.bind()
            seen.add(client.address())
            if kind is clients.Dhclient:
                client.kill()
            host.run("ip", "addr", "flush", "dev", "eth0")
        client = clients.Dhcpcd(self.lan, host, "eth0")
        client.once()
        seen.add(client.address())
        self.assertEqual(len(seen), 1, seen)

    def test_an_address_in_use_is_found_before_it_is_offered(self):
        squatter = self.lan.host("squat")
        self.lan.plug(squatter, "eth0", "10.78.0.100/24")
        self.serve()
        wait_until(lambda: self.site.events(reason="AddressInUse"), "finding the squatter", explain=self.site.tail)
        client = self.machine(clients.Udhcpc, "late")
        client.bind()
        self.assert_dynamic(client.address())
        self.assertNotEqual(client.address(), "10.78.0.100")
        self.assertEqual(self.site.dhcp()["pools"][0]["conflicts"], 1)

    def test_an_address_that_is_taken_after_the_probe_is_declined_and_not_offered_again(self):
        self.serve()
        arp = 'arp and arp[6:2] == 1'
        with self.lan.capture(self.server, "boot0", arp) as capture:
            wait_until(lambda: capture.lines("arp host 10.78.0.107"), "probing ahead", explain=self.site.tail)
            time.sleep(1)  # until its answer would have come
        squatter = self.lan.host("squat")
        self.lan.plug(squatter, "eth0", "10.78.0.100/24")
        client = self.machine(clients.Udhcpc, "careful")
        client.spawn("busybox", "udhcpc", "-f", "-a", "-i", "eth0", "-s", client.script)
        wait_until(lambda: self.site.events(reason="Declined"), "the DECLINE", explain=self.site.tail)
        address = wait_until(client.address, "another address", explain=self.site.tail)
        self.assertNotEqual(address, "10.78.0.100")
        self.assertEqual(self.site.events(reason="Declined")[0]["address"], "10.78.0.100")

    def test_packets_are_sound_in_the_eyes_of_others(self):
        self.serve()
        with self.lan.capture(self.server, "boot0") as capture:
            client = self.machine(clients.Dhclient, "watched")
            client.bind()
            client.release()
            node = self.machine(clients.Udhcpc, "node", sites.NODE_MAC)
            node.bind("-O", "staticroutes", "-O", "mtu", "-x", "hostname:me")
        text = lans.run("tcpdump", "-nn", "-vv", "-r", capture.path, "src host " + sites.SERVER).stdout
        for word in ("bad udp cksum", "malformed", "[|", "invalid"):
            self.assertNotIn(word, text)
        self.assertIn("DHCP-Message (53), length 1: ACK", text)
        import scapy.all as scapy
        ours = [p for p in capture.packets() if scapy.IP in p and p[scapy.IP].src == sites.SERVER]
        self.assertGreaterEqual(len(ours), 4)
        for packet in ours:
            self.assertTrue(packet.haslayer(scapy.DHCP), packet.summary())
            options = {o[0]: o[1:] for o in packet[scapy.DHCP].options if isinstance(o, tuple)}
            self.assertEqual(options["server_id"], (sites.SERVER,))
            self.assertEqual(options["subnet_mask"], ("255.255.255.0",))
            self.assertGreaterEqual(len(packet[scapy.UDP].payload), 300)
            kept, packet[scapy.UDP].chksum = packet[scapy.UDP].chksum, None
            self.assertEqual(scapy.Ether(bytes(packet))[scapy.UDP].chksum, kept, "UDP checksum")

    def test_no_packet_goes_to_an_operating_system_in_proxy_mode(self):
        self.serve("--boot-dhcp", "proxy")
        with self.lan.capture(self.server, "boot0") as capture:
            client = self.machine(clients.Udhcpc, "a")
            client.bind()
            self.assertIsNone(client.address())
            self.machine(clients.Dhclient, "b").run("timeout", "6", "dhclient", "-1", "-4", "-sf", "/bin/true", "eth0")
        self.assertTrue(capture.lines("udp dst port 67"), "the clients did ask")
        self.assertEqual(capture.lines("src host " + sites.SERVER), [])
        self.assertTrue(self.site.events(reason="NotPxe"))


if __name__ == "__main__":
    unittest.main()
