"""What every fault test stands on: a fleet repository, the real daemon on loopback, and patience with a limit."""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import fleet as fleets  # noqa: E402  (the lab's repository: one cluster, nodes by commit)

BINARY = os.environ.get("SLIPWAY_BINARY", "")
ALL = os.environ.get("SLIPWAY_TEST_ALL") == "yes"
HOST = "127.0.0.1"
OTHER = "127.0.0.2"  # a second client, with limits of its own
PATIENCE = int(os.environ.get("SLIPWAY_PATIENCE", 60))  # seconds until something that should happen counts as never happening


def mac(number):
    return "52:54:00:fa:00:%02x" % number


def script_of(number):
    return "nodes/%s.ipxe" % mac(number).replace(":", "-")


def config_of(number):
    return "talos/configs/%s.yaml" % mac(number).replace(":", "-")


def wait_until(question, what, seconds=PATIENCE, explain=lambda: ""):
    """The first true answer. Fails, in words, when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("%s did not happen within %d s\n%s" % (what, seconds, explain()))
        time.sleep(0.05)


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


def get(port, path, source=HOST, timeout=10, method="GET"):
    """(status, headers, body) of one request on a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout, source_address=(source, 0))
    try:
        connection.request(method, path if path.startswith("/") else "/" + path)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def is_running(pid):
    """False for a process that is gone, and for one that only waits to be reaped."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Daemon:
    """`slipway serve` as an ordinary process: loopback, ports that the kernel chose, DHCP off."""

    def __init__(self, folder, url, state=None, flags=(), environment=None, user=None, interval="1s", prefix=()):
        self.folder, self.url = folder, url
        self.state = state or os.path.join(folder, "state")
        self.log = tempfile.mktemp(prefix="log-", dir=folder)
        words = {"--source-url": url, "--state-dir": self.state, "--source-interval": interval,
                 "--boot-address": HOST, "--boot-dhcp": "off", "--boot-http-port": "0", "--boot-tftp-port": "0",
                 "--control-listen": HOST + ":0", "--assets-file-roots": folder}
        words.update(flags)
        self.command = [*prefix, BINARY, "serve", *(part for pair in words.items() if pair[1] for part in pair)]
        who = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                                            start_new_session=True, **who)
        self.pid = self.process.pid
        self.workers_seen = set()
        try:
            line = wait_until(self.started, "the daemon's start", explain=self.tail)
        except AssertionError:
            self.stop(signal.SIGKILL)
            raise
        self.control, self.http = (int(port) for port in line.groups())

    def started(self):
        if self.process.poll() is not None:
            raise AssertionError("the daemon ended with code %d:\n%s" % (self.process.returncode, self.tail()))
        return re.search(r"serve\.started control=http://\S+:(\d+) boot_http_port=(\d+)", self.text())

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def tail(self):
        lines = [line for line in self.text().splitlines() if " boot {" not in line]
        return "the log, without its boot events, ends with:\n" + "\n".join(lines)[-3000:]

    def is_alive(self):
        return self.process.poll() is None

    def worker(self):
        """The worker's process id, 0 while there is none."""
        try:
            with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as file:
                children = [int(word) for word in file.read().split()]
        except OSError:
            return 0
        running = [child for child in children if is_running(child)]
        self.workers_seen.update(running)
        return running[0] if running else 0

    def status(self):
        return json.loads(get(self.control, "/api/v1/status", timeout=30)[2])

    def page(self):
        return get(self.control, "/", timeout=30)[2].decode()

    def servers(self):
        return {server["name"]: server for server in self.status()["servers"]}

    def tftp(self):
        """The port of the TFTP server."""
        row = wait_until(lambda: self.servers().get("TFTP"), "a TFTP server", explain=self.tail)
        return int(row["address"].rpartition(":")[2])

    def served(self):
        """The commit that is served, "" before there is one."""
        return (self.status()["served"] or {}).get("commit", "")

    def trouble(self):
        return self.status()["reconcile"]["workerTrouble"]

    def condition(self, kind):
        """The condition of that type, {} where it is not there."""
        for condition in self.status()["reconcile"].get("conditions", []):
            if condition["type"] == kind:
                return condition
        return {}

    def codes(self):
        return {row["code"] for row in self.status()["reconcile"].get("diagnostics", [])}

    def wait_served(self, commit, seconds=PATIENCE):
        wait_until(lambda: self.served() == commit, "serving " + commit[:12], seconds, self.explain)

    def wait_condition(self, kind, seconds=PATIENCE):
        return wait_until(lambda: self.condition(kind), "the condition " + kind, seconds, self.explain)

    def explain(self):
        try:
            return json.dumps(self.status()["reconcile"], indent=1)[-3000:] + "\n" + self.tail()
        except OSError:
            return self.tail()

    def ask(self, *words, timeout=PATIENCE):
        """(exit code, output) of a command that speaks to this daemon."""
        done = subprocess.run([BINARY, *words, "--state-dir", self.state], capture_output=True, text=True,
                              timeout=timeout)
        return done.returncode, done.stdout + done.stderr

    def sync(self):
        return self.ask("sync")

    def body(self, path, source=HOST):
        """The bytes of a served file, checked against their own ETag."""
        status, headers, body = get(self.http, path, source)
        if status != 200:
            raise AssertionError("GET %s: %d %s\n%s" % (path, status, body[:200], self.tail()))
        if headers["ETag"] != '"%s"' % digest_of(body):
            raise AssertionError("GET %s: the body is not what its ETag says" % path)
        return body

    def manifest(self):
        """{path: digest} of the generation that is live on the disk."""
        return manifest_of(os.path.join(self.state, "current"))

    def everything(self):
        """{path: digest} of what HTTP gives for every path of the manifest."""
        return {path: digest_of(self.body(path)) for path in self.manifest()}

    def stop(self, how=signal.SIGTERM, seconds=30):
        """The exit code. Whatever is left of it, and of its worker, is killed by process id."""
        self.worker()
        if self.is_alive():
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in self.workers_seen:
            if is_running(pid) and self.is_ours(pid):
                os.kill(pid, signal.SIGKILL)
        return self.process.returncode

    def is_ours(self, pid):
        try:
            with open("/proc/%d/cmdline" % pid, "rb") as file:
                return self.state.encode() in file.read().split(b"\0")
        except OSError:
            return False


def manifest_of(generation):
    with open(os.path.join(generation, "manifest.json")) as file:
        return {entry["path"]: entry["sha256"] for entry in json.load(file)["files"]}


def assert_complete(test, state):
    """`current` is a whole generation: every file of its manifest is there with its digest, nothing is staged."""
    current = os.path.join(state, "current")
    test.assertRegex(os.readlink(current), r"^generations/\d{6,}-[0-9a-f]{12}$")
    for path, wanted in manifest_of(current).items():
        with open(os.path.join(current, path), "rb") as file:
            test.assertEqual(digest_of(file.read()), wanted, path)
    test.assertEqual(os.listdir(os.path.join(state, "staging")), [], "leftovers in staging")
    test.assertFalse([name for name in os.listdir(state) if name.startswith(".current-")], "leftover links")


class FaultCase(unittest.TestCase):
    """A folder, a fleet of two approved nodes in a bare repository, and daemons that end with the test."""

    def setUp(self):
        self.make_folder()
        self.fleet = make_fleet(self.folder)
        self.first = push_nodes(self.fleet, 1, 2)

    def make_folder(self):
        if not BINARY:
            self.skipTest("SLIPWAY_BINARY names no slipway")
        self.folder = tempfile.mkdtemp(prefix="slipway-faults-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, url=None, **options):
        daemon = Daemon(self.folder, url or self.url(), **options)
        self.addCleanup(daemon.stop)
        return daemon

    def start_served(self, **options):
        """A daemon that serves the fleet's head."""
        daemon = self.start(**options)
        daemon.wait_served(self.fleet.git("rev-parse", "HEAD"))
        return daemon

    def url(self):
        return "file://" + self.fleet.bare

    def git_daemon(self, port):
        """Git's own server for git://, over the test's folder."""
        process = subprocess.Popen(
            ["git", "daemon", "--reuseaddr", "--export-all", "--listen=" + HOST, "--port=%d" % port,
             "--base-path=" + self.folder, self.folder], stderr=subprocess.DEVNULL, start_new_session=True)

        def stop():
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        self.addCleanup(stop)

    def assert_still_serves(self, daemon, before):
        """The process is up, and every byte is the one it was."""
        self.assertTrue(daemon.is_alive(), daemon.tail())
        self.assertEqual(daemon.everything(), before)


def make_fleet(folder):
    for name in ("kernel", "initramfs"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name.encode() * 20_000)
    return fleets.Fleet(folder, os.path.join(folder, "kernel"), os.path.join(folder, "initramfs"), HOST)


def push_nodes(fleet, *numbers):
    for number in numbers:
        fleet.add_node("node-%d" % number, mac(number))
    return fleet.push("Approve " + ", ".join("node-%d" % number for number in numbers))


def udp(timeout=3, source=HOST):
    """A datagram socket on loopback with a time limit."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((source, 0))
    made.settimeout(timeout)
    return made
