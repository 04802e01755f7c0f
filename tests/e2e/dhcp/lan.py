"""A LAN of network namespaces: a switch that knows VLANs, Slipway's host, and whoever is plugged in."""
import itertools
import os
import shutil
import subprocess
import tempfile
import time

PATIENCE = 30 * int(os.environ.get("SLIPWAY_TEST_SLOWNESS", "1"))  # seconds; more on an emulated processor
_numbers = itertools.count(1)


def run(*words, check=True, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError("%s: code %d\n%s%s" % (" ".join(words), done.returncode, done.stdout, done.stderr))
    return done


def wait_until(question, what, seconds=PATIENCE, explain=lambda: ""):
    """The first true answer. Fails, in words, when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("%s did not happen within %d s\n%s" % (what, seconds, explain()))
        time.sleep(0.1)


class Host:
    """One network namespace with its cables."""

    def __init__(self, lan, name):
        self.lan, self.name = lan, "%s-%s" % (lan.tag, name)
        run("ip", "netns", "add", self.name)
        lan.hosts.append(self)
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words, check=True, **options):
        return run("ip", "netns", "exec", self.name, *words, check=check, **options)

    def spawn(self, *words, log=None):
        with open(os.path.join(self.lan.folder, log) if log else os.devnull, "a") as out:
            process = subprocess.Popen(["ip", "netns", "exec", self.name, *words], stdout=out, stderr=out,
                                       stdin=subprocess.DEVNULL)
        self.lan.processes.append(process)
        return process

    def addresses(self, interface):
        lines = self.run("ip", "-4", "-o", "addr", "show", "dev", interface).stdout.split("\n")
        return [line.split()[3].split("/")[0] for line in lines if line]


class Lan:
    """Everything of it is gone after the block, whatever happened inside."""

    def __init__(self):
        self.tag = "slwd%d" % os.getpid()
        self.folder = tempfile.mkdtemp(prefix="slipway-dhcp-")
        self.processes, self.hosts = [], []

    def __enter__(self):
        self.switch = self.host("sw")
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            stop(process)
        for host in self.hosts:
            for pid in run("ip", "netns", "pids", host.name, check=False).stdout.split():
                run("kill", "-9", pid, check=False)
            run("ip", "netns", "del", host.name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def host(self, name):
        return Host(self, name)

    def bridge(self, vlan):
        """The switch's own bridge for a VLAN: kernels without VLAN filtering have to do as well."""
        name = "br%d" % vlan
        if self.switch.run("ip", "link", "show", name, check=False).returncode != 0:
            self.switch.run("ip", "link", "add", name, "type", "bridge", "forward_delay", "0")
            self.switch.run("ip", "link", "set", name, "up")
        return name

    def plug(self, host, interface, address=None, mac=None, vlan=1, tagged=()):
        """A cable from the switch to a host; the port belongs to one VLAN, and carries others tagged."""
        port = "p%d" % next(_numbers)
        run("ip", "link", "add", interface, "netns", host.name, "type", "veth", "peer", "name", port, "netns",
            self.switch.name)
        if mac:
            host.run("ip", "link", "set", interface, "address", mac)
        self.switch.run("ip", "link", "set", port, "master", self.bridge(vlan), "up")
        for tag in tagged:
            self.switch.run("ip", "link", "add", "link", port, "name", "%s.%d" % (port, tag), "type", "vlan", "id",
                            str(tag))
            self.switch.run("ip", "link", "set", "%s.%d" % (port, tag), "master", self.bridge(tag), "up")
        if address:
            host.run("ip", "addr", "add", address, "dev", interface)
        host.run("ip", "link", "set", interface, "up")
        # A veth leaves checksums to be filled in by a card that is not there; a reader of captures wants them.
        host.run("ethtool", "-K", interface, "tx", "off")

    def capture(self, host, interface, expression="udp port 67 or udp port 68 or udp port 4011"):
        return Capture(self, host, interface, expression)


class Capture:
    """What passes an interface while the block runs."""

    def __init__(self, lan, host, interface, expression):
        self.lan, self.host, self.interface, self.expression = lan, host, interface, expression
        self.path = os.path.join(lan.folder, "capture-%d.pcap" % next(_numbers))

    def __enter__(self):
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.host.name, "tcpdump", "--immediate-mode", "-i", self.interface, "-U", "-w",
             self.path, self.expression], stderr=subprocess.PIPE, text=True)
        self.lan.processes.append(self.process)
        self.process.stderr.readline()  # "listening on …": from here on nothing is missed
        return self

    def __exit__(self, *_):
        time.sleep(0.2)  # what is on its way
        stop(self.process)

    def lines(self, expression):
        """One line for each packet that the filter expression takes, as tcpdump tells it."""
        return run("tcpdump", "-nn", "-r", self.path, expression).stdout.splitlines()

    def packets(self):
        """As scapy reads them."""
        import scapy.all as scapy
        return scapy.rdpcap(self.path)


def stop(process):
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
