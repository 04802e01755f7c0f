"""A machine's whole boot in QEMU, from power-on to the config fetched: Slipway alone, and dnsmasq with nginx giving the same
files. Software emulation, so most of it is the machine's own time on both sides."""
import importlib.util
import os
import re
import shlex
import shutil
import sys
import tempfile
import time

from rows import Row, Sample

E2E = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "e2e")
sys.path.append(E2E)  # behind this folder: both have a module "fleet"
MAC = "52:54:00:77:00:01"
PATIENCE = 600

NGINX = """daemon off; user root; pid %(run)s/pid; error_log stderr crit; worker_processes 1;
events { use epoll; multi_accept on; }
http {
  sendfile on; tcp_nopush on; tcp_nodelay on; access_log off; open_file_cache max=1000;
  default_type application/octet-stream;
  client_body_temp_path %(run)s/1; proxy_temp_path %(run)s/2; fastcgi_temp_path %(run)s/3; uwsgi_temp_path %(run)s/4;
  scgi_temp_path %(run)s/5;
  server { listen %(address)s:8080; root %(root)s; }
}
"""


def of_lab(name):
    """A module of the boot lab; one of them is called as one of ours."""
    spec = importlib.util.spec_from_file_location("lab_" + name, os.path.join(E2E, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Side:
    """What serves a LAN: a name and its command lines, for the table."""

    def __init__(self, name, start):
        self.name, self.start, self.commands = name, start, []

    def shown(self):
        return re.sub(r"/\S*/(peers/\S*/s?bin|bin|slipway-boot-[^/\s]*)/", "", "; ".join(self.commands))


class Boot:
    def __init__(self, lab, firmware):
        self.lab, self.firmware = lab, firmware
        self.net, self.vm, self.fleet = (of_lab(name) for name in ("net", "vm", "fleet"))
        cache = os.environ.get("SLIPWAY_LAB_CACHE", os.path.join(lab.folder, "boot"))
        self.kernel, self.initramfs = of_lab("guest").build(cache)
        self.sides = [Side("Slipway", self.slipway), Side("dnsmasq and nginx", self.peers)]

    def fleet_in(self, network):
        fleet = self.fleet.Fleet(network.folder, self.kernel, self.initramfs, network.SLIPWAY,
                                 site="  subnets:\n    - %s\n" % network.SUBNET)
        fleet.add_node("worker-1", MAC)
        fleet.push("Name the machine")
        return fleet

    def slipway(self, network, side):
        daemon = self.fleet.Daemon(network, os.path.join(self.lab.build, "bin", "slipway"), self.fleet_in(network),
                                   os.path.dirname(self.kernel), "--boot-dhcp", "server")
        side.commands = [shlex.join(daemon.process.args[4:])]

    def peers(self, network, side):
        """The files are rendered by Slipway beforehand."""
        daemon = self.fleet.Daemon(network, os.path.join(self.lab.build, "bin", "slipway"), self.fleet_in(network),
                                   os.path.dirname(self.kernel), "--boot-dhcp", "off")
        root = os.path.join(network.folder, "root")
        shutil.copytree(os.path.join(daemon.state, "current"), root, copy_function=shutil.copyfile)
        os.system("chmod -R a+rX " + shlex.quote(network.folder))
        daemon.process.terminate()
        daemon.process.wait(20)
        config = os.path.join(network.folder, "nginx.conf")
        with open(config, "w") as file:
            file.write(NGINX % {"run": network.folder, "root": root, "address": network.SLIPWAY})
        programs = "/usr/lib/ipxe"
        commands = [[self.lab.peers.program("nginx"), "-p", network.folder, "-e", "stderr", "-c", config],
                    [self.lab.peers.program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                     "--user=root", "--pid-file=", "--log-facility=/dev/null", "--interface=boot0", "--bind-interfaces",
                     "--dhcp-range=10.77.0.100,10.77.0.200,255.255.255.0,1h", "--no-ping", "--dhcp-authoritative",
                     "--dhcp-leasefile=" + os.path.join(network.folder, "leases"), "--dhcp-match=set:ipxe,175",
                     "--dhcp-match=set:uefi,option:client-arch,7", "--dhcp-boot=tag:!ipxe,tag:uefi,snponly.efi",
                     "--dhcp-boot=tag:!ipxe,tag:!uefi,undionly.kpxe",
                     "--dhcp-boot=tag:ipxe,http://%s:8080/boot.ipxe" % network.SLIPWAY, "--enable-tftp",
                     "--tftp-root=" + programs]]
        for command in commands:
            network.spawn(network.slipway, *command)
        side.commands = [shlex.join(command) for command in commands]
        time.sleep(1)

    def __call__(self, side):
        folder = tempfile.mkdtemp(prefix="slipway-boot-")
        try:
            with self.net.Network(folder, "slipway") as network:
                side.start(network, side)
                began = time.monotonic()
                with self.vm.Machine(network, "boot", MAC, self.firmware) as machine:
                    seconds = self.until_config(machine, began)
                return Sample(60 / seconds, {"s": seconds})
        finally:
            shutil.rmtree(folder)

    @staticmethod
    def until_config(machine, began):
        while time.monotonic() - began < PATIENCE:
            with open(machine.log, "rb") as console:
                if b"LAB sha256" in console.read():
                    return time.monotonic() - began
            time.sleep(0.02)
        raise SystemExit("the machine got no config; its console ended with:\n" + machine.serial()[-2000:])


def rows(lab):
    for firmware in ("bios", "uefi"):
        boot = Boot(lab, firmware)
        yield Row("whole boot in QEMU (%s), power-on to config fetched" % firmware, "a minute", 0.95, boot.sides, boot)
