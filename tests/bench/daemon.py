"""A running `slipway serve`: started on a state directory, asked to sync, watched, weighed."""
import hashlib
import hmac
import http.client
import os
import socket
import subprocess
import time

HOOK_SECRET = "a secret of the benchmark"
PATIENCE = 120  # seconds until something that should have happened is called lost


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    def __init__(self, binary, state, fleet, http_port):
        self.binary, self.state, self.http_port = binary, state, http_port
        self.control_port = free_port()
        with open(state + ".secret", "w") as file:
            file.write(HOOK_SECRET)
        self.command = [binary, "serve", "--source-url", "file://" + fleet.bare, "--state-dir", state,
                        "--source-interval", "1h", "--boot-dhcp", "off", "--boot-http-port", str(http_port),
                        "--boot-tftp-port", str(free_port()), "--control-listen",
                        "127.0.0.1:%d" % self.control_port, "--hooks-secret-files", state + ".secret", "--assets-file-roots", fleet.assets]
        self.log = open(state + ".log", "w")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=subprocess.STDOUT)

    def wait_published(self):
        """Until the live link is there: the commit point of the first publish."""
        link, end = os.path.join(self.state, "current"), time.monotonic() + PATIENCE
        while not os.path.lexists(link):
            self._alive(end)
            time.sleep(0.001)

    def wait_served(self, path):
        """Until a file is answered with 200; its bytes."""
        end = time.monotonic() + PATIENCE
        while True:
            self._alive(end)
            try:
                status, body = Fetcher(self.http_port).get(path)
                if status == 200:
                    return body
            except OSError:
                pass
            time.sleep(0.01)

    def sync(self):
        return subprocess.Popen([self.binary, "sync", "--state-dir", self.state], stdout=subprocess.DEVNULL)

    def hook(self, delivery):
        """What a forge sends after a push. Returns as soon as it is answered."""
        body = b'{"ref": "refs/heads/main"}'
        signature = "sha256=" + hmac.new(HOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=PATIENCE)
        connection.request("POST", "/hooks/generic", body, {"X-Signature": signature, "X-Delivery": delivery})
        status = connection.getresponse().status
        connection.close()
        if status != 202:
            raise SystemExit("the webhook was answered with %d" % status)

    def digest_on_disk(self, path):
        with open(os.path.join(self.state, "current", path), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def peak_memory(self):
        """VmHWM in bytes of the daemon and of its worker, by process id."""
        children = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        with open(children) as file:
            pids = [self.process.pid] + [int(pid) for pid in file.read().split()]
        return {pid: high_water_mark(pid) for pid in pids}

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()

    def _alive(self, end):
        if self.process.poll() is not None or time.monotonic() > end:
            with open(self.state + ".log") as log:
                raise SystemExit("slipway serve ended or hangs:\n" + log.read()[-3000:])


class Fetcher:
    """One keep-alive connection to the boot face."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path):
        self.connection.request("GET", "/" + path)
        response = self.connection.getresponse()
        return response.status, response.read()

    def wait_changed(self, path, old, wanted):
        """Polls until the body differs from `old`. It must then hold `wanted`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, body = self.get(path)
            if status == 200 and body != old:
                assert wanted in body, "the new bytes of %s lack %r" % (path, wanted)
                return body
            time.sleep(0.002)
        raise SystemExit("%s did not change within %d s" % (path, PATIENCE))


def high_water_mark(pid):
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
