"""Other people's DHCP clients, each told to do one thing. All leave the namespace's resolver and routes to a script of
ours, so that nothing of the host is touched."""
import os
import stat
import subprocess

SCRIPT = """#!/bin/sh
# Called by udhcpc (word in $1) and by dhclient (word in $reason).
echo "${1:-$reason} ip=${ip:-$new_ip_address} mask=${subnet:-$new_subnet_mask} router=${router:-$new_routers}" \\
  "dns=${dns:-$new_domain_name_servers} domain=${domain:-$new_domain_name} mtu=${mtu:-$new_interface_mtu}" \\
  "ntp=${ntpsrv:-$new_ntp_servers} lease=${lease:-$new_dhcp_lease_time} old=${old_ip_address}" >> "$SLIPWAY_CLIENT_LOG"
case "${1:-$reason}" in
  bound|renew|BOUND|RENEW|REBIND|REBOOT)
    ip addr replace "${ip:-$new_ip_address}/24" dev "$interface" ;;
  deconfig|RELEASE|EXPIRE|FAIL|STOP)
    ip addr flush dev "$interface" ;;
esac
exit 0
"""


class Client:
    """A machine's client on one interface of one namespace."""

    def __init__(self, lan, host, interface):
        self.lan, self.host, self.interface = lan, host, interface
        self.log = os.path.join(lan.folder, host.name + ".events")
        self.script = os.path.join(lan.folder, "client.sh")
        with open(self.script, "w") as file:
            file.write(SCRIPT)
        os.chmod(self.script, os.stat(self.script).st_mode | stat.S_IXUSR)
        self.environment = {**os.environ, "SLIPWAY_CLIENT_LOG": self.log}

    def file(self, suffix):
        return os.path.join(self.lan.folder, "%s.%s" % (self.host.name, suffix))

    def words(self):
        """What the script was told, one line a call."""
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            return file.read().splitlines()

    def run(self, *words, timeout=40):
        return self.host.run(*words, check=False, env=self.environment, timeout=timeout)

    def spawn(self, *words):
        process = subprocess.Popen(["ip", "netns", "exec", self.host.name, *words], env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.lan.processes.append(process)
        return process

    def address(self):
        found = self.host.addresses(self.interface)
        return found[0] if found else None


class Udhcpc(Client):
    def bind(self, *words):
        """Once: until it has a lease, or has given up. Keeps no process."""
        return self.run("busybox", "udhcpc", "-f", "-q", "-n", "-t", "4", "-T", "2", "-i", self.interface, "-s",
                        self.script, *words)

    def stay(self, *words):
        """A process that renews on SIGUSR1 and releases on SIGUSR2."""
        return self.spawn("busybox", "udhcpc", "-f", "-i", self.interface, "-s", self.script, "-p",
                          self.file("udhcpc.pid"), *words)


class Dhclient(Client):
    def common(self):
        return ["-4", "-sf", self.script, "-lf", self.file("dhclient.leases"), "-pf", self.file("dhclient.pid"), "-cf",
                "/dev/null", "-e", "SLIPWAY_CLIENT_LOG=" + self.log]

    def bind(self):
        """In the foreground until bound; then it stays in the background of the namespace."""
        return self.run("dhclient", "-1", "-v", *self.common(), self.interface)

    def release(self):
        return self.run("dhclient", "-r", "-v", *self.common(), self.interface)

    def kill(self):
        """The machine's power is cut: nothing is released."""
        with open(self.file("dhclient.pid")) as file:
            self.host.run("kill", "-9", file.read().strip())
        self.host.run("ip", "addr", "flush", "dev", self.interface)


class Dhcpcd(Client):
    def configure(self):
        with open(self.file("dhcpcd.conf"), "w") as file:
            file.write("duid\npersistent\noption domain_name_servers, domain_name, interface_mtu, classless_static_routes,"
                       " ntp_servers\nnohook resolv.conf, ntp.conf, hostname, mtu\nnoipv6\nnoipv6rs\n")

    def once(self, *words):
        self.configure()
        return self.run("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && mkdir -p %s /var/lib/dhcpcd && mount --bind %s"
                        " /var/lib/dhcpcd && exec \"$@\"" % (self.file("db"), self.file("db")), "sh", "dhcpcd", "-4", "-B",
                        "-d", "-1", "-t", "20", "-f", self.file("dhcpcd.conf"), *words, self.interface)
