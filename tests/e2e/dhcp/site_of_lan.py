"""A Slipway with subnets of its own in the LAN."""
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import fleet as fleets  # noqa: E402  (the lab's repository: one cluster, nodes by commit)
from lan import PATIENCE, wait_until, stop  # noqa: E402

BINARY = os.environ.get("SLIPWAY_BINARY", "")
SERVER = "10.78.0.2"
NODE_MAC, NODE_ADDRESS = "52:54:00:d0:00:01", "10.78.0.50"

SUBNETS = """  subnets:
    - cidr: 10.78.0.0/24
      gateway: 10.78.0.1
      nameservers: [10.78.0.1, 10.78.0.9]
      ntpServers: [10.78.0.8]
      domain: lab.example
      mtu: 1400
      routes: [{to: 10.99.0.0/16, via: 10.78.0.7}]
      ranges: [10.78.0.100-10.78.0.199]
      leaseTime: 2m
    - cidr: 10.79.0.0/24
      gateway: 10.79.0.1
      ranges: [10.79.0.100-10.79.0.199]
    - cidr: 10.80.0.0/24
      ranges: [10.80.0.100-10.80.0.199]
"""

FIXED_NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: fixed}
spec:
  cluster: lab
  role: worker
  identity: {macs: ["%s"]}
  network: {addresses: [%s/24]}
""" % (NODE_MAC, NODE_ADDRESS)


class Site:
    """The daemon in its namespace, with its repository. Flags are words of the command line; `name` tells
    several of them apart."""

    def __init__(self, lan, host, *flags, subnets=SUBNETS, interfaces=("boot0",), name=""):
        self.lan, self.host = lan, host
        folder = os.path.join(lan.folder, name)
        os.makedirs(folder, exist_ok=True)
        for file_name in ("vmlinuz", "initramfs"):
            with open(os.path.join(folder, file_name), "w") as file:
                file.write("a stand-in for %s\n" % file_name)
        self.fleet = fleets.Fleet(folder, os.path.join(folder, "vmlinuz"), os.path.join(folder, "initramfs"), SERVER)
        self.fleet.write("site.yaml", fleets.SITE % (SERVER, "ignore") + subnets)
        self.fleet.write("nodes/fixed.yaml", FIXED_NODE)
        self.fleet.push("Name the subnets")
        self.state = os.path.join(folder, "state")
        self.log = os.path.join(folder, "slipway.log")
        self.command = [BINARY, "serve", "--source-url", "file://" + self.fleet.bare, "--state-dir", self.state,
                        "--assets-file-roots", folder, "--source-interval", "5s",
                        *(word for interface in interfaces for word in ("--boot-interfaces", interface)), *flags]
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(["ip", "netns", "exec", self.host.name, *self.command], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        self.lan.processes.append(self.process)
        wait_until(self.is_ready, "the daemon's readiness", 2 * PATIENCE, self.tail)

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the daemon ended with code %d\n%s" % (self.process.returncode, self.tail()))
        status = self.status()
        return status and status["served"] and self.dhcp()["links"]

    def kill(self):
        """kill -9, and everything it started."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        stop(self.process)

    def status(self):
        done = subprocess.run([BINARY, "get", "status", "--state-dir", self.state], capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def dhcp(self):
        status = self.status()
        return status["dhcp"] if status else {"links": [], "pools": []}

    def role(self, interface="boot0"):
        return next((link["role"] for link in self.dhcp()["links"] if link["interface"] == interface), "")

    def events(self, **wanted):
        """The boot events of the log with these values."""
        found = []
        with open(self.log, errors="replace") as log:
            for line in log:
                if " boot {" not in line:
                    continue
                event = json.loads(line[line.index(" boot {") + 6:])
                if all(event.get(key) == value for key, value in wanted.items()):
                    found.append(event)
        return found

    def tail(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-4000:]
