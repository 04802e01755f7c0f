"""Network namespaces of the lab: a bridge, an address server, Slipway's host, and the machines' cables."""
import os
import subprocess

import address_servers


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options)


class Network:
    """One provisioning LAN, 10.77.0.0/24, in namespaces of this process. Nothing of the host's network is touched."""

    SLIPWAY = "10.77.0.2"
    SUBNET = "{cidr: 10.77.0.0/24, ranges: [10.77.0.100-10.77.0.200]}"
    MACHINES, ROUTER = "10.77.0", ""
    INTERFACE = "boot0"  # Slipway's

    def __init__(self, folder, address_server="dnsmasq", cache=""):
        """`address_server`: one of address_servers.COMMANDS, or "slipway" where nobody else gives addresses. `cache` is
        where packages are unpacked."""
        self.folder, self.address_server, self.cache = folder, address_server, cache
        tag = "slw%d" % os.getpid()
        self.lan, self.dhcp, self.slipway, self.router = (tag + end for end in ("-lan", "-dhcp", "-srv", "-rtr"))
        self.processes = []

    def __enter__(self):
        for name in (self.lan, self.dhcp, self.slipway, self.router):
            run("ip", "netns", "add", name)
            # Boot networks have no say in IPv6, and its noise at a cable's begin stops U-Boot's virtio driver.
            self.inside(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
            self.inside(name, "ip", "link", "set", "lo", "up")
        self.inside(self.lan, "ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        self.inside(self.lan, "ip", "link", "set", "br0", "up")
        self._connect()
        if self.address_server != "slipway":
            command = address_servers.COMMANDS[self.address_server](self.folder, self.cache, self.MACHINES, self.ROUTER)
            self._start(self.dhcp, "addresses.log", *command)
        return self

    def _connect(self):
        self._plug(self.dhcp, "dhcp0", "10.77.0.1")
        self._plug(self.slipway, "boot0", self.SLIPWAY)

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for name in (self.lan, self.dhcp, self.slipway, self.router):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def inside(self, name, *words):
        return run("ip", "netns", "exec", name, *words)

    def local(self, *words):
        """A program that has ended, beside Slipway: it sees the same files, and not the network."""
        return subprocess.run(words, capture_output=True, text=True)

    def spawn(self, name, *words, **options):
        process = subprocess.Popen(["ip", "netns", "exec", name, *words], **options)
        self.processes.append(process)
        return process

    def _start(self, name, log, *words):
        with open(os.path.join(self.folder, log), "w") as out:
            self.spawn(name, *words, stdout=out, stderr=out)

    def _cable(self, name, interface, address, other, peer):
        run("ip", "link", "add", interface, "netns", name, "type", "veth", "peer", "name", peer, "netns", other)
        self.inside(name, "ip", "addr", "add", address + "/24", "dev", interface)
        self.inside(name, "ip", "link", "set", interface, "up")

    def _plug(self, name, interface, address):
        """Into the machines' bridge."""
        self._cable(name, interface, address, self.lan, "p-" + interface)
        self.inside(self.lan, "ip", "link", "set", "p-" + interface, "master", "br0")
        self.inside(self.lan, "ip", "link", "set", "p-" + interface, "up")

    def tap(self, name, bridge="br0"):
        """A cable for a machine; it is plugged into the bridge."""
        self.inside(self.lan, "ip", "tuntap", "add", name, "mode", "tap")
        self.inside(self.lan, "ip", "link", "set", name, "master", bridge)
        self.inside(self.lan, "ip", "link", "set", name, "up")

    def untap(self, name):
        self.inside(self.lan, "ip", "link", "del", name)


class RelayedNetwork(Network):
    """The machines' LAN is 10.78.0.0/24, behind a router with a DHCP relay. Slipway and the address server are each in a
    network of their own."""

    SUBNET = "{cidr: 10.78.0.0/24, gateway: 10.78.0.1, ranges: [10.78.0.100-10.78.0.200]}"
    MACHINES, ROUTER = "10.78.0", "10.78.0.1"
    ADDRESSES = "10.79.0.1"

    def _connect(self):
        self._plug(self.router, "near0", self.ROUTER)
        servers = [(self.slipway, "boot0", self.SLIPWAY, "10.77.0.3")]
        if self.address_server != "slipway":
            servers.append((self.dhcp, "dhcp0", self.ADDRESSES, "10.79.0.3"))
        for name, interface, address, gateway in servers:
            self._cable(name, interface, address, self.router, "up-" + interface)
            self.inside(self.router, "ip", "addr", "add", gateway + "/24", "dev", "up-" + interface)
            self.inside(self.router, "ip", "link", "set", "up-" + interface, "up")
            self.inside(name, "ip", "route", "add", "default", "via", gateway)
        self.inside(self.router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        self._start(self.router, "relay.log", "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                    *("--dhcp-relay=%s,%s" % (self.ROUTER, server[2]) for server in servers))


class Capture:
    """Every packet at Slipway's cable, or at another namespace's interface, while the block runs."""

    def __init__(self, network, name, space=None, interface="boot0"):
        self.network, self.space, self.interface = network, space or network.slipway, interface
        self.path = os.path.join(network.folder, name + ".pcap")

    def __enter__(self):
        self.process = self.network.spawn(self.space, "tcpdump", "-i", self.interface, "-U", "-w", self.path,
                                          stderr=subprocess.PIPE, text=True)
        self.process.stderr.readline()  # "listening on …": from here on nothing is missed
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def lines(self, expression):
        """What tcpdump says of the packets that the filter expression takes."""
        out = subprocess.run(["tcpdump", "-nn", "-v", "-r", self.path, expression], check=True, capture_output=True,
                             text=True).stdout
        return [line for line in out.splitlines() if line.strip()]
