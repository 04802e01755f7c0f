"""Synthetic fleets: a Git repository with one cluster and as many machines as are wanted."""
import hashlib
import os
import subprocess

RACK = 40  # machines per folder


class Fleet:
    """A work tree, the bare remote it is pushed to, and the two asset files."""

    def __init__(self, folder, nodes, base_folder, http_port=8080):
        self.folder, self.nodes = folder, nodes
        self.work = os.path.join(folder, "fleet")
        self.bare = os.path.join(folder, "fleet.git")
        self.assets = os.path.join(folder, "files")
        os.makedirs(self.assets)
        self._write("site.yaml", SITE % http_port)
        self._write("cluster.yaml", CLUSTER)
        self._write("patches/nvme.yaml", PATCH)
        self._write("assets.yaml", "---\n".join(self._asset(name) for name in ("kernel", "initramfs")))
        for role in ("controlplane", "worker"):
            self._write("base/%s.yaml" % role, realistic_base(base_folder, role))
        for node in range(nodes):
            self._write(node_file(node), node_yaml(node, 0))

    def publish(self):
        """Makes it a Git repository, and the remote a daemon can poll."""
        run("git", "init", "-q", "--bare", "--initial-branch", "main", self.bare)
        self.git("init", "-q", "--initial-branch", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Begin the fleet")
        self.git("push", "-q", self.bare, "main")

    def push_change(self, node, version):
        """Changes one machine's configuration and pushes it."""
        self._write(node_file(node), node_yaml(node, version))
        self.git("add", node_file(node))
        self.git("commit", "-q", "-m", "Change node %d" % node)
        self.git("push", "-q", self.bare, "main")

    def git(self, *words):
        identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
        run("git", "-C", self.work, *identity, *words)

    def _asset(self, name):
        path = os.path.join(self.assets, name)
        content = (name * 20000).encode()[:65536]
        with open(path, "wb") as file:
            file.write(content)
        return ASSET % (name, path, hashlib.sha256(content).hexdigest())

    def _write(self, path, text):
        path = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def node_file(node):
    return "nodes/rack-%03d/node-%05d.yaml" % (node // RACK, node)


def mac(node, separator=":"):
    return separator.join("%02x" % byte for byte in (2, 0, 0, node >> 16, node >> 8 & 255, node & 255))


def config_path(node):
    return "talos/configs/%s.yaml" % mac(node, "-")


def node_yaml(node, version):
    """Three control planes, the rest workers; every fourth has a patch of its own. `version` is in the config."""
    text = NODE % (node, node // RACK, "controlplane" if node < 3 else "worker", mac(node),
                   10 + (node >> 16), node >> 8 & 255, node & 255)
    if node % 4 == 0 or version > 0:
        text += NODE_PATCH % (node % 7, version)
    return text


def realistic_base(base_folder, role):
    """What `talosctl gen config` makes, with what a site usually adds: about 10 kB."""
    with open(os.path.join(base_folder, role + ".yaml")) as file:
        base = file.read()
    return base.replace("machine:\n", "machine:\n" + site_settings(10_000 - len(base)), 1)


def site_settings(size):
    text = "    sysctls:\n" + "".join("        net.core.example_%02d: \"%d\"\n" % (i, i * 1024) for i in range(12))
    text += "    kernel:\n        modules:\n" + "".join("            - name: example_%02d\n" % i for i in range(6))
    text += "    registries:\n        mirrors:\n" + "".join(
        "            registry-%d.example.org:\n                endpoints:\n"
        "                    - https://mirror.example.org/v2/%d\n" % (i, i) for i in range(4))
    lines = max(4, (size - len(text) - 300) // 79)
    bundle = "".join("            %s\n" % hashlib.sha512(b"%d" % i).hexdigest()[:66] for i in range(lines))
    return text + ("    files:\n        - path: /etc/ssl/certs/site.pem\n          permissions: 0o644\n"
                   "          op: create\n          content: |\n" + bundle)


SITE = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: bench}
spec:
  bootServer: {url: "http://127.0.0.1:%d"}
  unknownMachines: {action: ignore}
  subnets:
    - {cidr: 10.0.0.0/8, gateway: 10.255.255.254, nameservers: [10.255.255.254]}
"""

CLUSTER = """apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: bench}
spec:
  endpoint: https://10.255.255.1:6443
  talos:
    version: v1.11.6
    kubernetesVersion: v1.34.1
    base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}
  boot:
    amd64: {kernel: kernel, initramfs: initramfs}
    args: ["console=ttyS0"]
  patches:
    worker:
      - file: patches/nvme.yaml
"""

PATCH = """machine:
  sysctls:
    vm.nr_hugepages: "1024"
  kubelet:
    extraArgs:
      rotate-server-certificates: "true"
"""

ASSET = """apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: %s}
spec:
  url: file://%s
  sha256: %s
"""

NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata:
  name: node-%05d
  labels: {rack: r%03d}
spec:
  cluster: bench
  role: %s
  identity:
    macs: ["%s"]
  network:
    addresses: [%d.%d.%d.1/8]
  install: {disk: /dev/nvme0n1}
"""

NODE_PATCH = """  patches:
    - inline:
        machine:
          nodeLabels:
            example.org/zone: zone-%d
            example.org/version: "%d"
"""
