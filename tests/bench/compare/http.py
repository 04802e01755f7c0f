"""HTTP beside nginx."""
import os
import threading

from lab import ADDRESS, SOURCES, Server, listening
from rows import Row, Sample
from slipway import HTTP_PORT, site

NGINX = """
daemon off;
user root;
pid %(run)s/nginx.pid;
error_log stderr crit;
worker_processes 1;
worker_rlimit_nofile 20000;
events { use epoll; worker_connections 8192; multi_accept on; }
http {
  %(tuning)s
  access_log off;
  keepalive_timeout 65;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=60s;
  open_file_cache_valid 60s;
  open_file_cache_min_uses 1;
  types { text/plain txt; }
  default_type application/octet-stream;
  client_body_temp_path %(run)s/t1; proxy_temp_path %(run)s/t2; fastcgi_temp_path %(run)s/t3;
  uwsgi_temp_path %(run)s/t4; scgi_temp_path %(run)s/t5;
  server { listen %(address)s:%(port)d backlog=4096 reuseport; root %(root)s; }
}
"""
SENDFILE = "sendfile on; tcp_nopush on; tcp_nodelay on;"
TUNINGS = {"nginx": SENDFILE, "nginx without tcp_nopush": "sendfile on; tcp_nodelay on;",
           "nginx without sendfile": "sendfile off; tcp_nodelay on;"}


def nginx(lab, root, name="nginx", core=None):
    folder = os.path.join(lab.run, name.replace(" ", "-"))
    os.makedirs(folder, exist_ok=True)
    config = os.path.join(folder, "nginx.conf")
    with open(config, "w") as file:
        file.write(NGINX % {"run": folder, "tuning": TUNINGS[name], "address": ADDRESS, "port": HTTP_PORT,
                            "root": root})
    return Server(name, [lab.peers.program("nginx"), "-p", folder, "-e", "stderr", "-c", config],
                  listening("t", HTTP_PORT), core)


class Memory(threading.Thread):
    """The most that a server held while this ran, less what it held before."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.before, self.most = server, server.resident_mib(), 0.0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.2):
            self.most = max(self.most, self.server.resident_mib())

    def grown(self):
        self.over.set()
        self.join()
        return max(self.most - self.before, 0.0)


def fetch(lab, gets, connections, requests, value, limit=None, core=None):
    """How to measure one server. `value` makes a number of what the load client printed."""
    def measure(server):
        words = [word for path, file in gets for word in ("--get", "/%s=%s" % (path, file))]
        server.start()
        try:
            lab.load("http_load", "--server", "%s:%d" % (ADDRESS, HTTP_PORT), "--sources", SOURCES, *words)
            memory = Memory(server)
            before = server.cpu_seconds()
            got = lab.load("http_load", "--server", "%s:%d" % (ADDRESS, HTTP_PORT), "--sources", SOURCES,
                           "--connections", connections, "--requests", requests, *words, core=core)
            notes = {"CPU s": server.cpu_seconds() - before, "MiB more": memory.grown()}
        finally:
            server.stop()
        problem = "%d failed: %s" % (got["failed"], got["problem"]) if got["failed"] else ""
        if server.name == "Slipway" and limit and notes["MiB more"] >= limit:
            problem += " %.0f MiB above idle" % notes["MiB more"]
        return Sample(value(got), notes, problem.strip())
    return measure


def megabytes(got):
    return got["bytes"] / got["seconds"] / 1e6


def thousands(got):
    return got["done"] / got["seconds"] / 1000


def rows(lab):
    here = site(lab)
    root = here.generation()
    lab.use_wire("good")
    big, kernel = [(here.asset(here.initramfs), here.initramfs)], [(here.asset(here.kernel), here.kernel)]
    configs = [(path, os.path.join(root, path)) for path in here.configs()]
    yield Row("HTTP one client, 1 GiB", "MB/s", 0.95, [here.server(), nginx(lab, root)],
              fetch(lab, big, 1, 2, megabytes))
    yield Row("HTTP 10 KB configs, 64 kept-alive connections, one core", "thousand/s", 1.0,
              [here.server(core=0)] + [nginx(lab, root, name, core=0) for name in TUNINGS],
              fetch(lab, configs, 64, 200_000, thousands, core=1))
    yield Row("HTTP 1,000 clients at once, 64 MiB each, one core", "MB/s", 0.95,
              [here.server(core=0), nginx(lab, root, core=0)],
              fetch(lab, kernel, 1000, 1000, megabytes, limit=64, core=1))
