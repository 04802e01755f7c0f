"""The boot lab's LAN as a VLAN that reaches Slipway tagged."""
import os
import sys

import linux
import net


class VlanNetwork(net.Network):
    """Slipway's host is a guest of Debian's kernel (linux.py) whose one card is a trunk. It serves on the 802.1Q
    sub-interface of VLAN 80; machines and the address server are on access ports of that VLAN. The ports of VLAN 90, and
    of no VLAN, lead to the same trunk; nothing is configured for them unless a test does it."""

    INTERFACE = "trunk0.80"
    OTHERS = {90: "br90", 0: "br-plain"}  # VLAN: bridge of its access ports, in the LAN's namespace
    CARD = "52:54:00:77:00:fe"

    def _connect(self):
        if self.address_server != "slipway":
            self._plug(self.dhcp, "dhcp0", "10.77.0.1")
        here, there = (os.path.join(self.folder, end) for end in ("switch.sock", "trunk.sock"))
        ports = {80: "br0", **self.OTHERS}
        for vlan, bridge in ports.items():
            if bridge != "br0":
                self.inside(self.lan, "ip", "link", "add", bridge, "type", "bridge", "forward_delay", "0")
                self.inside(self.lan, "ip", "link", "set", bridge, "up")
            self.tap("v%d" % vlan, bridge)
        self.spawn(self.lan, sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "switch.py"),
                            "--trunk", here, there, *("--port=%d:v%d" % (vlan, vlan) for vlan in ports))
        card = ("-netdev", "dgram,id=n0,local.type=unix,local.path=%s,remote.type=unix,remote.path=%s" % (there, here),
                "-device", "virtio-net-pci,netdev=n0,romfile=,mac=" + self.CARD)
        self.guest = linux.Linux(self.cache, self.folder, [card])
        self.guest.__enter__()
        state = os.path.join(self.folder, "state")
        os.makedirs(state)
        for line in ("ip link set eth0 name trunk0", "ip link set trunk0 up", "mount -t tmpfs tmpfs " + state):
            self.guest.run(*line.split())
        self.join(80, self.SLIPWAY)

    def join(self, vlan, address):
        """Makes Slipway's host a member of another VLAN; its interface is trunk0.VLAN."""
        name = "trunk0.%d" % vlan
        self.guest.run("ip", "link", "add", "link", "trunk0", "name", name, "type", "vlan", "id", str(vlan))
        self.guest.run("ip", "addr", "add", address + "/24", "dev", name)
        self.guest.run("ip", "link", "set", name, "up")

    def __exit__(self, *_):
        if getattr(self, "guest", None):
            self.guest.__exit__()
        super().__exit__()

    def inside(self, name, *words):
        return self.guest.run(*words) if self._in_guest(name) else super().inside(name, *words)

    def spawn(self, name, *words, **options):
        if self._in_guest(name):
            return self.guest.spawn(*words, output=options["stdout"].name if "stdout" in options else None)
        return super().spawn(name, *words, **options)

    def local(self, *words):
        return self.guest.run(*words, check=False)

    def _in_guest(self, name):
        """Before the guest runs, the namespace of its name is made like the others; nothing happens in it."""
        return name == self.slipway and getattr(self, "guest", None)
