"""DHCP beside dnsmasq and Kea: offers of a proxy, and whole exchanges of a server. dhcp_load is a relay agent with
machines behind it, the same for all; how many of them wait at a time is what each server does best with.

Leases of Slipway are synced to disk before the ACK. dnsmasq writes its whole lease file and syncs it for each, Kea's
memfile appends a line and does not sync; each is also run without keeping leases at all. dnsmasq's ping check is off, as
its users with many machines have it, and so is Slipway's probe. Every machine has a lease already when the clock
starts."""
import json
import os
import time

from fleet import Fleet
from lab import ADDRESS, Server, listening, run
from rows import Row, Sample

ASKING = 8000   # machines that ask a proxy: more per second than any machine does is passed over
LEASED = 2000   # machines that a server has leases of
RELAY = "10.231.1.1"
RANGE = ("10.231.16.0", "10.231.47.255")
OUTSTANDING = (8, 32, 128, 512)
SAME_FOR_ALL = 32
PACE = 80_000  # offers a second that each of the servers can give
MOST_WAITING = 4096
SECONDS = 4
READY = listening("u", 67)

SITE = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: bench}
spec:
  bootServer: {url: "http://%s:8080"}
  unknownMachines: {action: report}
  subnets:
    - cidr: 10.231.0.0/16
      gateway: 10.231.0.1
      nameservers: [10.231.0.1]
      ranges: [%s-%s]
""" % (ADDRESS, *RANGE)


class Slipway:
    """The daemon with a site of its own."""

    def __init__(self, lab):
        self.lab, self.folder = lab, os.path.join(lab.run, "dhcp")
        os.makedirs(os.path.join(self.folder, "programs"))
        bases = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "base")
        fleet = Fleet(self.folder, 40, bases, 8080)
        with open(os.path.join(fleet.work, "site.yaml"), "w") as file:
            file.write(SITE)
        fleet.publish()
        with open(os.path.join(self.folder, "programs", "snponly.efi"), "wb") as file:
            file.write(bytes(1000))
        self.bare, self.state = fleet.bare, os.path.join(self.folder, "state")

    def server(self, name, *words):
        command = [os.path.join(self.lab.build, "bin", "slipway"), "serve", "--source-url", "file://" + self.bare,
                   "--state-dir", self.state, "--source-interval", "1h", "--boot-interfaces", "wire", "--boot-ipxe-dir",
                   os.path.join(self.folder, "programs"), "--control-listen", "127.0.0.1:8470",
                   "--assets-file-roots", self.folder, *words]

        def published():
            return READY() and os.path.lexists(os.path.join(self.state, "current"))
        return Server(name, command, published)


def dnsmasq(lab, name, *words):
    return Server(name, [lab.peers.program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                         "--user=root", "--quiet-dhcp", "--log-facility=/dev/null", "--pid-file=", *words], READY)


def kea(lab, name, threads, persist=True):
    """Its packages need libraries of their own, so it is used where it is installed: kea-dhcp4-server."""
    folder = os.path.join(lab.run, "kea-%d-%s" % (threads, persist))
    os.makedirs(folder, exist_ok=True)
    config = {"Dhcp4": {
        "interfaces-config": {"interfaces": ["wire"], "dhcp-socket-type": "udp"},
        "lease-database": {"type": "memfile", "persist": persist, "name": os.path.join(folder, "leases.csv"),
                           "lfc-interval": 0},
        "multi-threading": {"enable-multi-threading": threads > 0, "thread-pool-size": threads,
                            "packet-queue-size": 1024},
        "valid-lifetime": 3600,
        "option-data": [{"name": "routers", "data": "10.231.0.1"},
                        {"name": "domain-name-servers", "data": "10.231.0.1"}],
        "subnet4": [{"id": 1, "subnet": "10.231.0.0/16", "pools": [{"pool": "%s-%s" % RANGE}]}],
        "loggers": [{"name": "kea-dhcp4", "severity": "FATAL", "output_options": [{"output": "/dev/null"}]}]}}
    with open(os.path.join(folder, "kea.json"), "w") as file:
        json.dump(config, file)
    return Server(name, ["env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, "kea-dhcp4", "-c",
                         os.path.join(folder, "kea.json")], READY)


class Measure:
    """Starts a server on one core, loads it from the other, stops it."""

    def __init__(self, lab, mode, clients):
        self.lab, self.mode, self.clients, self.best, self.warm_up, self.pace = lab, mode, clients, {}, 0, ()

    def load(self, outstanding, seconds, *more):
        warm = ["--warm"] if self.mode == "exchange" else []
        return self.lab.load("dhcp_load", "--server", ADDRESS, "--relay", RELAY, "--mode", self.mode, "--clients",
                             self.clients, "--outstanding", outstanding, "--seconds", seconds, *warm, *more, core=1)

    def __call__(self, server):
        server.core = 0
        server.start()
        try:
            time.sleep(0.5)
            if server.name not in self.best:
                rates = {n: self.load(n, 2)["done"] for n in OUTSTANDING}
                self.best[server.name] = max(rates, key=rates.get)
            if self.warm_up:
                self.load(self.best[server.name], self.warm_up, *self.pace)
            got = self.load(self.best[server.name], SECONDS, *self.pace)
        finally:
            server.stop()
        notes = {"p99 ms": got["p99_ms"], "waiting at a time": self.best[server.name], "asked again": got["retries"],
                 "refused": got["refused"]}
        ours = server.name.startswith("Slipway")
        problem = "%d refused" % got["refused"] if ours and got["refused"] > got["done"] / 1000 else ""
        return Sample(got["done"] / got["seconds"], notes, problem)

    def slowest(self, server):
        """The same with as many waiting for all, after a second of it, since Slipway logs each machine that it meets: how
        long the slowest hundredth waits. Higher is better: its inverse."""
        self.best[server.name], self.warm_up = SAME_FOR_ALL, 1
        return self.inverse(server)

    def slowest_at_a_pace(self, server):
        """The same of so many a second for all, that begin whether others wait or not, as machines do."""
        self.best[server.name], self.warm_up, self.pace = MOST_WAITING, 1, ("--rate", PACE)
        return self.inverse(server)

    def inverse(self, server):
        sample = self(server)
        return Sample(1 / sample.notes["p99 ms"] if sample.notes["p99 ms"] else 0, sample.notes, sample.problem)


def rows(lab):
    lab.use_wire("good")
    here = Slipway(lab)
    proxies = [here.server("Slipway"), dnsmasq(lab, "dnsmasq", "--dhcp-range=10.231.0.0,proxy,255.255.0.0",
                                               "--pxe-service=x86-64_EFI,boot,snponly.efi")]
    yield Row("DHCP proxy offers", "a second", 2.0, proxies, Measure(lab, "offer", ASKING))
    yield Row("DHCP proxy offers: 1 / 99th percentile, %d waiting at a time" % SAME_FOR_ALL, "/ms", 2.0, proxies,
              Measure(lab, "offer", ASKING).slowest)
    yield Row("DHCP proxy offers: 1 / 99th percentile, %d begin a second" % PACE, "/ms", 2.0, proxies,
              Measure(lab, "offer", ASKING).slowest_at_a_pace)
    server = here.server("Slipway as server", "--boot-dhcp", "server", "--boot-dhcp-probe", "off")

    def dnsmasq_server(name, *words):
        return dnsmasq(lab, name, "--dhcp-range=%s,%s,255.255.0.0,1h" % RANGE, "--no-ping", "--dhcp-authoritative",
                       "--dhcp-lease-max=100000", *words)
    lease_file = os.path.join(lab.run, "dnsmasq.leases")
    exchange = Measure(lab, "exchange", LEASED)
    yield Row("DHCP exchanges, leases durable before the ACK, against dnsmasq", "a second", 10.0,
              [server, dnsmasq_server("dnsmasq as server", "--dhcp-leasefile=" + lease_file)], exchange)
    yield Row("DHCP exchanges against a dnsmasq that keeps no leases", "a second", 1.0,
              [server, dnsmasq_server("dnsmasq in memory", "--leasefile-ro")], exchange)
    if run("which", "kea-dhcp4", check=False).returncode != 0:
        print("SKIPPED: the rows against Kea need kea-dhcp4-server installed")
        return
    yield Row("DHCP exchanges, leases durable before the ACK, against Kea's memfile", "a second", 1.0,
              [server, kea(lab, "Kea memfile", 0), kea(lab, "Kea memfile, 2 threads", 2),
               kea(lab, "Kea memfile in memory", 0, persist=False)], exchange)
