"""TFTP beside dnsmasq, tftpd-hpa and atftpd. Programs leave with what each of them can do."""
import os

from lab import ADDRESS, SOURCES, Server, listening
from rows import Row, Sample
from slipway import TFTP_PORT, site

UDP = ("u", TFTP_PORT)


def dnsmasq(lab, root):
    return Server("dnsmasq", [lab.peers.program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                              "--enable-tftp", "--tftp-root=" + root, "--tftp-max=1000", "--user=root",
                              "--log-facility=/dev/null", "--pid-file="], listening(*UDP))


def hpa(lab, root):
    return Server("tftpd-hpa", [lab.peers.program("in.tftpd"), "--listen", "--foreground", "--user", "root", "--address",
                                "%s:%d" % (ADDRESS, TFTP_PORT), "--secure", root], listening(*UDP))


def atftpd(lab, root):
    return Server("atftpd", [lab.peers.program("atftpd"), "--daemon", "--no-fork", "--user", "root", "--group", "root",
                             "--maxthread", "1000", "--no-multicast", "--verbose=0", "--logfile", "/dev/null",
                             "--bind-address", ADDRESS, root], listening(*UDP))


def fetch(lab, name_of, expect, clients, *words, cores=(0, 1)):
    """How to measure one server: MB/s of all clients together. `cores` are the server's and the client's: left to
    the scheduler, a lock-step transfer is four times as fast when both happen to share one."""
    def measure(server):
        server.core = cores[0]
        server.start()
        try:
            got = lab.load("tftp_load", "--server", "%s:%d" % (ADDRESS, TFTP_PORT), "--sources", SOURCES, "--file",
                           name_of(server.name), "--expect", expect, "--clients", clients, *words, core=cores[1])
        finally:
            server.stop()
        problem = "%d failed: %s" % (got["failed"], got["problem"]) if got["failed"] else ""
        return Sample(got["bytes"] / got["seconds"] / 1e6, problem=problem)
    return measure


def rows(lab):
    here = site(lab)
    root = here.generation()
    ours, single = here.server(), here.server("Slipway", ["--boot-tftp-single-port", "true"])
    peers = [dnsmasq(lab, root), hpa(lab, root), atftpd(lab, root)]

    def kernel(_):
        return here.asset(here.kernel)

    lab.use_wire("good")
    lock_step = fetch(lab, kernel, here.kernel, 1, "--window", 1)
    shared = fetch(lab, kernel, here.kernel, 1, "--window", 1, cores=(0, 0))
    yield Row("TFTP lock-step, 64 MiB, blksize 1468", "MB/s", 1.05, [ours, *peers], lock_step)
    yield Row("TFTP lock-step, client on the server's core", "MB/s", 1.05, [ours, *peers], shared)
    yield Row("TFTP lock-step, single port", "MB/s", 1.05, [single, *peers], lock_step)
    window = fetch(lab, kernel, here.kernel, 1, "--window", 16)
    both = {True: window, False: lock_step}
    yield Row("TFTP windowsize 16 against the best without", "MB/s", 4.0, [ours, *peers],
              lambda server: both[server.name == "Slipway"](server))
    yield Row("TFTP windowsize 16 against atftpd with it", "MB/s", 1.0, [ours, peers[2]], window)
    lab.use_wire("bad")
    many = fetch(lab, lambda _: os.path.basename(here.program), here.program, 200, "--window", 1)
    yield Row("TFTP 200 clients at once, 256 KiB each, 5 ms and 1 %% loss each way (%s)" % lab.impaired_by, "MB/s", 1.5,
              [ours, *peers], many)
