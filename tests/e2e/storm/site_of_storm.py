"""What the simulated machines boot: a fleet with fixed addresses behind a router, and the daemon that serves it."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "dhcp"), os.path.join(HERE, "..")]
import fleet as fleets  # noqa: E402
from lan import Lan, stop, wait_until  # noqa: E402,F401

BINARY = os.environ.get("SLIPWAY_BINARY", "")
SERVER, ROUTER, RELAY = "10.78.0.2", "10.78.0.1", "10.79.255.254"
PROGRAM, KERNEL, INITRAMFS = 256 << 10, 1 << 20, 4 << 20  # bytes

SUBNET = """  subnets:
    - {cidr: 10.79.0.0/16, gateway: %s, nameservers: [%s]}
""" % (RELAY, RELAY)

NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: storm-%05d}
spec:
  cluster: lab
  role: worker
  identity: {macs: ["%s"]}
  network: {addresses: [%s/16]}
"""


def mac(number):
    return "02:5c:00:00:%02x:%02x" % (number >> 8, number & 255)


def address(number):
    return "10.79.%d.%d" % (number // 250, number % 250 + 1)


class Site:
    """In a Lan: the server's host, and the router's with every machine behind it."""

    def __init__(self, lan, count, *, node=NODE, base=None):
        self.lan, self.files = lan, {}
        self.server, self.machines = lan.host("server"), lan.host("machines")
        lan.plug(self.server, "boot0", SERVER + "/24")
        lan.plug(self.machines, "up0", ROUTER + "/24")
        self.server.run("ip", "route", "add", "10.79.0.0/16", "via", ROUTER)
        # Every address of the machines' network is one of the router's host: it is all of them.
        self.machines.run("ip", "route", "add", "local", "10.79.0.0/16", "dev", "lo")
        # An address that answers pings before its machine has it would be taken for another's.
        self.machines.run("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1")
        for name, size in (("vmlinuz", KERNEL), ("initramfs", INITRAMFS), ("programs/snponly.efi", PROGRAM)):
            path = os.path.join(lan.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(os.urandom(size))
            self.files[os.path.basename(name)] = path
        self.fleet = fleets.Fleet(lan.folder, self.files["vmlinuz"], self.files["initramfs"], SERVER)
        self.fleet.write("site.yaml", fleets.SITE % (SERVER, "ignore") + SUBNET)
        for role in ("controlplane", "worker") if base else ():
            self.fleet.write("base/%s.yaml" % role, base % role)
        for number in range(count):
            self.fleet.write("nodes/%d/%05d.yaml" % (number // 100, number), node % (number, mac(number), address(number)))
        self.fleet.push("Name the machines")

    def start(self, *flags):
        self.state, self.log = os.path.join(self.lan.folder, "state"), os.path.join(self.lan.folder, "slipway.log")
        self.process = self.server.spawn(
            BINARY, "serve", "--source-url", "file://" + self.fleet.bare, "--state-dir", self.state, "--source-interval",
            "1h", "--assets-file-roots", self.lan.folder, "--boot-interfaces", "boot0", "--boot-ipxe-dir",
            os.path.dirname(self.files["snponly.efi"]), "--boot-dhcp", "server", *flags, log="slipway.log")
        wait_until(self.is_ready, "the daemon's readiness", 120, self.tail)

    def ask(self, *words):
        return self.server.run(BINARY, *words, "--state-dir", self.state, check=False)

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the daemon ended with code %d\n%s" % (self.process.returncode, self.tail()))
        return os.path.lexists(self.current()) and self.ask("get", "conditions").returncode == 0

    def boot(self, numbers, power_seconds=0):
        """Lets machines boot at once; what storm.py tells of them."""
        done = self.machines.run(
            sys.executable, os.path.join(HERE, "storm.py"), self.current(), self.files["snponly.efi"], RELAY, SERVER,
            str(power_seconds), input="".join("%s %s\n" % (mac(i), address(i)) for i in numbers), timeout=1200)
        return json.loads(done.stdout)

    def published(self, path):
        with open(os.path.join(self.current(), path)) as file:
            return file.read()

    def script_of(self, number):
        return self.published("nodes/%s.ipxe" % mac(number).replace(":", "-"))

    def config_of(self, number):
        return self.published("talos/configs/%s.yaml" % mac(number).replace(":", "-"))

    def current(self):
        return os.path.join(self.state, "current")

    def tail(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-4000:]
