"""A fleet repository of the lab, and the Slipway that serves it."""
import hashlib
import json
import os
import subprocess
import time


class Fleet:
    """A Git repository with one cluster; nodes are added and removed by commits that are pushed."""

    def __init__(self, folder, kernel, initramfs, address, unknown="ignore", site="", arch="amd64"):
        self.work, self.bare = os.path.join(folder, "fleet"), os.path.join(folder, "fleet.git")
        os.makedirs(os.path.join(self.work, "nodes"))
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch", "main", self.bare], check=True)
        self.git("init", "-q", "--initial-branch", "main")
        self.unknown, self.address, self.site, self.arch = unknown, address, site, arch
        self.write_site(unknown)
        assets = "".join(
            "---\napiVersion: slipway/v1alpha1\nkind: Asset\nmetadata: {name: %s}\nspec: {url: \"file://%s\", sha256: %s}\n"
            % (name, path, digest_of(path)) for name, path in (("kernel", kernel), ("initramfs", initramfs)))
        self.write("assets.yaml", assets)
        self.write("cluster.yaml", CLUSTER.replace("amd64", arch).replace("ttyS0", CONSOLES[arch]))
        for role in ("controlplane", "worker"):
            self.write("base/%s.yaml" % role, BASE % role)
        self.push("Begin the fleet")

    def git(self, *words):
        identity = ["-c", "user.name=Lab", "-c", "user.email=lab@example.org"]
        return subprocess.run(["git", "-C", self.work, *identity, *words], check=True, capture_output=True,
                              text=True).stdout.strip()

    def write(self, path, text):
        path = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def write_site(self, unknown):
        self.write("site.yaml", SITE % (self.address, unknown) + self.site)

    def add_node(self, name, mac, more=""):
        self.write("nodes/%s.yaml" % name, NODE % (name, mac) + "  arch: %s\n" % self.arch + more)

    def push(self, subject):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        self.git("push", "-q", self.bare, "main")
        return self.git("rev-parse", "HEAD")

    def revert(self):
        self.git("revert", "--no-edit", "HEAD")
        self.git("push", "-q", self.bare, "main")


class Daemon:
    """`slipway serve` in its namespace: proxyDHCP on 67 and 4011, TFTP on 69, HTTP on 8080."""

    def __init__(self, network, binary, fleet, asset_root, *flags):
        self.network, self.binary = network, binary
        self.state = os.path.join(network.folder, "state")
        self.log = os.path.join(network.folder, "slipway.log")
        with open(self.log, "w") as log:
            self.process = network.spawn(
                network.slipway, binary, "serve", "--source-url", "file://" + fleet.bare, "--state-dir", self.state,
                "--boot-interfaces", network.INTERFACE, "--assets-file-roots", asset_root, "--source-interval", "5s", *flags,
                stdout=log, stderr=subprocess.STDOUT)
        self.wait_ready()

    def wait_ready(self):
        for _ in range(300):
            if self.process.poll() is None and self.ask("get", "conditions")[0] == 0 and self.status()["served"]:
                return
            time.sleep(0.1)
        raise AssertionError("slipway did not become ready:\n" + open(self.log).read()[-3000:])

    def ask(self, *words):
        done = self.network.local(self.binary, *words, "--state-dir", self.state)
        return done.returncode, done.stdout + done.stderr

    def sync(self):
        return self.ask("sync")

    def status(self):
        return json.loads(self.ask("get", "status")[1])

    def page(self):
        return self.network.inside(self.network.slipway, "curl", "-sf", "http://127.0.0.1:8470/").stdout

    def published(self, path):
        """The digest of a served file, read from the generation on disk."""
        return self.network.local("sha256sum", os.path.join(self.state, "current", path)).stdout[:64]

    def events(self, mac):
        """Everything that the log says about a machine, as the journal's records."""
        events = []
        with open(self.log, errors="replace") as log:
            for line in log:
                if " boot {" in line:
                    event = json.loads(line[line.index(" boot {") + 6:])
                    if event.get("mac") == mac:
                        events.append(event)
        return events


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


SITE = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: lab}
spec:
  bootServer: {url: "http://%s:8080"}
  unknownMachines: {action: %s}
"""

CLUSTER = """apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: lab}
spec:
  endpoint: https://10.77.0.50:6443
  talos:
    version: v1.11.6
    kubernetesVersion: v1.34.1
    base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}
  boot:
    amd64: {kernel: kernel, initramfs: initramfs}
    args: ["console=ttyS0", "no_timer_check"]  # emulation on a busy host loses timer ticks while Linux counts them
"""

CONSOLES = {"amd64": "ttyS0", "arm64": "ttyAMA0"}

BASE = """version: v1alpha1
machine:
  type: %s
  token: 000000.0000000000000000
  ca: {crt: Y3J0, key: ""}
  install: {disk: /dev/sda}
cluster:
  clusterName: lab
  controlPlane: {endpoint: "https://10.77.0.50:6443"}
"""

NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: %s}
spec:
  cluster: lab
  role: worker
  identity: {macs: ["%s"]}
"""
