"""A port that is taken, an interface that is late: the rest serves, the page names the setting, and it heals."""
import json
import os
import random
import socket
import struct
import subprocess
import unittest

import harness
import tftp

ROOT = os.geteuid() == 0


def take(kind, port=0):
    """A socket that occupies a port of loopback: never one that the kernel gives to clients, whose connections would
    keep it taken for a minute after it was let go."""
    taken = socket.socket(socket.AF_INET, kind)
    while True:
        try:
            taken.bind((harness.HOST, port or random.randint(15_000, 32_000)))
            break
        except OSError:
            if port:
                raise
    if kind == socket.SOCK_STREAM:
        taken.listen()
    return taken, str(taken.getsockname()[1])


class TakenPortTest(harness.FaultCase):
    def assert_named(self, daemon, server, setting):
        problem = harness.wait_until(lambda: daemon.servers()[server]["problem"], "naming the problem",
                                     explain=daemon.explain)
        self.assertIn("in use", problem)
        self.assertIn(setting, problem)
        self.assertIn(setting, daemon.page())

    def test_taken_http_port_is_named_while_tftp_serves_and_is_taken_over_when_free(self):
        taken, port = take(socket.SOCK_STREAM)
        with taken:
            daemon = self.start_served(flags={"--boot-http-port": port})
            self.assert_named(daemon, "HTTP", "boot.http_port")
            self.assertIn(b"#!ipxe", tftp.fetch(daemon.tftp(), "boot.ipxe"))
        harness.wait_until(lambda: not daemon.servers()["HTTP"]["problem"], "opening the port", explain=daemon.explain)
        self.assertEqual(harness.get(int(port), "boot.ipxe")[0], 200)

    def test_taken_tftp_port_is_named_while_http_serves_and_is_taken_over_when_free(self):
        taken, port = take(socket.SOCK_DGRAM)
        with taken:
            daemon = self.start_served(flags={"--boot-tftp-port": port})
            self.assert_named(daemon, "TFTP", "boot.tftp_port")
            daemon.everything()
        harness.wait_until(lambda: not daemon.servers()["TFTP"]["problem"], "opening the port", explain=daemon.explain)
        self.assertIn(b"#!ipxe", tftp.fetch(int(port), "boot.ipxe"))

    def test_taken_control_port_is_told_to_operators_while_machines_boot_and_is_taken_over_when_free(self):
        taken, port = take(socket.SOCK_STREAM)
        with taken:
            daemon = self.start(flags={"--control-listen": "%s:%s" % (harness.HOST, port)})
            harness.wait_until(lambda: daemon.sync()[0] == 0, "serving", explain=daemon.tail)
            daemon.everything()
            rows = {row["name"]: row for row in json.loads(daemon.ask("get", "status")[1])["servers"]}
            self.assertIn("control.listen", rows["Control"]["problem"])
            self.assertIn("control.listen", daemon.text())
        daemon.control = int(port)

        def answers():
            try:
                return harness.get(daemon.control, "/livez")[0] == 200
            except OSError:
                return False
        harness.wait_until(answers, "opening the page", explain=daemon.tail)
        self.assertEqual(daemon.served(), self.first)


@unittest.skipUnless(ROOT and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0,
                     "needs root and network namespaces")
class InterfaceTest(harness.FaultCase):
    """The daemon in a network namespace of its own, where cables are put in and pulled out."""

    def start_inside(self, **flags):
        # unshare becomes the daemon, so the process id names the namespace. The page is asked from inside.
        self.daemon = InsideDaemon(self.folder, self.url(), prefix=("unshare", "-n"), flags={
            "--boot-address": "", "--boot-interfaces": "late0", "--boot-http-port": "8080", "--boot-tftp-port": "69",
            **flags})
        self.addCleanup(self.daemon.stop)
        return self.daemon

    def test_interface_that_appears_later_is_waited_for_served_on_and_waited_for_again(self):
        daemon = self.start_inside()
        harness.wait_until(lambda: "late0 is not there" in daemon.page(), "naming the interface", explain=daemon.tail)
        daemon.wait_served(self.first)  # what is served does not wait for the cable
        for address in ("10.99.0.1", "10.99.0.2"):  # the second time it comes back as another one
            daemon.plug("late0", address)
            harness.wait_until(lambda: self.fetches(address), "serving on the interface", explain=daemon.tail)
            harness.wait_until(lambda: not self.problems(), "no problem left", explain=daemon.tail)
            daemon.inside("ip", "link", "del", "late0")
            harness.wait_until(lambda: "late0 is not there" in self.problems(), "missing it", explain=daemon.tail)
        self.assertTrue(daemon.is_alive())

    def problems(self):
        return "".join(server["problem"] for server in self.daemon.status()["servers"])

    def fetches(self, address):
        done = self.daemon.inside("curl", "-sf", "-m", "2", "http://%s:8080/boot.ipxe" % address, check=False)
        return "#!ipxe" in done.stdout

    def test_hostile_dhcp_packets_change_nothing(self):
        daemon = self.start_inside(**{"--boot-dhcp": "proxy"})
        daemon.plug("late0", "10.99.0.1")
        harness.wait_until(lambda: self.fetches("10.99.0.1"), "serving on the interface", explain=daemon.tail)
        good, packets = dhcp_packets()
        frames = [frame(packet, port) for packet in [*packets, good] for port in (67, 4011)]
        # From the far end of the cable, so that they come in as a machine's own broadcasts would.
        script = ("import socket,sys\ns=socket.socket(socket.AF_PACKET,socket.SOCK_RAW)\ns.bind(('far-late0',0x800))\n"
                  "for line in sys.stdin: s.send(bytes.fromhex(line))\n")
        daemon.inside("python3", "-c", script, input="\n".join(one.hex() for one in frames))

        def heard():
            events = daemon.status()["events"]
            return [e for e in events if e["door"] in ("dhcp", "pxe") and e.get("mac") == harness.mac(1)]
        harness.wait_until(heard, "hearing the good packet after the bad ones", explain=daemon.tail)
        self.assertTrue(daemon.is_alive(), daemon.tail())
        self.assertTrue(self.fetches("10.99.0.1"))
        self.assertEqual(self.problems(), "")
        self.assertIn("DHCP", daemon.servers())


def frame(payload, port):
    """An Ethernet broadcast from 0.0.0.0:68, as firmware without an address sends it."""
    udp = struct.pack("!HHHH", 68, port, 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xffff) + (total >> 16)
    checksum = ~((total & 0xffff) + (total >> 16)) & 0xffff
    return b"\xff" * 6 + bytes.fromhex(harness.mac(1).replace(":", "")) + b"\x08\x00" + ip[:10] + \
        struct.pack("!H", checksum) + ip[12:] + udp


def dhcp_packets():
    """A good DISCOVER, and hostile ones: cut at every length, with broken options, and noise. The same each time."""
    chance = random.Random(4011)
    head = (b"\x01\x01\x06\x00" + b"\x12\x34\x56\x78" + bytes(20) + b"\x52\x54\x00\xfa\x00\x01" + bytes(202)
            + b"\x63\x82\x53\x63")
    options = (b"\x35\x01\x01" + b"\x3c\x20PXEClient:Arch:00007:UNDI:003016" + b"\x5d\x02\x00\x07"
               + b"\x5e\x03\x01\x03\x10" + b"\x61\x11\x00" + bytes(range(16)) + b"\xff")
    good = head + options
    packets = [good[:length] for length in range(0, len(good), 3)]
    packets += [head + bytes([code, 255]) + b"x" * 10 for code in range(0, 256, 5)]  # lengths beyond the end
    packets += [head + b"\x00" * 1000, head + b"\x34\x01\x03" + options, good + b"\xff" * 1200]
    packets += [head + b"\x3c\x00" * 400]
    packets += [bytes(chance.randrange(256) for _ in range(chance.randrange(1, 1400))) for _ in range(200)]
    for _ in range(200):
        bent = bytearray(good)
        for _ in range(chance.randrange(1, 8)):
            bent[chance.randrange(len(bent))] = chance.randrange(256)
        packets.append(bytes(bent))
    return good, [packet[:1400] for packet in packets]


class InsideDaemon(harness.Daemon):
    """A daemon in its own network namespace: loopback is brought up, and its page is read by curl in there.

    Interfaces are ends of cables whose other end, far-…, lies in the same namespace.
    """

    def inside(self, *words, check=True, **options):
        return subprocess.run(["nsenter", "-t", str(self.pid), "-n", *words], check=check, capture_output=True,
                              text=True, timeout=30, **options)

    def started(self):
        self.inside("ip", "link", "set", "lo", "up", check=False)
        return super().started()

    def plug(self, name, address):
        self.inside("ip", "link", "add", name, "type", "veth", "peer", "name", "far-" + name)
        self.inside("ip", "address", "add", address + "/24", "broadcast", "+", "dev", name)
        for end in (name, "far-" + name):
            self.inside("ip", "link", "set", end, "up")

    def curl(self, path):
        return self.inside("curl", "-s", "-m", "10", "http://%s:%d%s" % (harness.HOST, self.control, path)).stdout

    def page(self):
        return self.curl("/")

    def status(self):
        return json.loads(self.curl("/api/v1/status"))


if __name__ == "__main__":
    unittest.main()
