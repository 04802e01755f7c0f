"""Machine configs out of a secrets bundle: `slipway render` against Talos' own Go module. Started by run.sh --only talos.

Prints one table. Ratios are medians of interleaved pairs; the process-per-node side runs a tenth of the nodes, and its time
is multiplied.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

CLUSTER = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: bench}
spec: {bootServer: {url: "http://10.0.5.10:8080"}}
---
apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: kernel}
spec: {url: "https://example.org/kernel", sha256: %s}
---
apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: home}
spec:
  endpoint: https://10.0.128.100:6443
  talos: {version: v1.11.6, kubernetesVersion: v1.34.1, secrets: secrets.yaml, install: {disk: /dev/sda}}
  boot: {amd64: {kernel: kernel, initramfs: kernel}}
""" % ("a" * 64)

NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: %s}
spec:
  cluster: home
  role: worker
  identity: {macs: ["02:00:00:00:%02x:%02x"]}
  patches: [{file: patches/0.yaml}, {file: patches/1.yaml}, {file: patches/2.yaml}]
"""

PATCHES = [
    "machine: {sysctls: {vm.nr_hugepages: \"1024\"}, kubelet: {extraArgs: {feature-gates: \"A=true\"}}}\n",
    "machine: {nodeLabels: {rack: a1}, time: {servers: [time.example.org]}}\n",
    "cluster: {network: {podSubnets: [10.42.0.0/16], serviceSubnets: [10.43.0.0/16]}}\n",
]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def timed(*command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--module", required=True, help="the built talos-bench")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="slipway-talos-bench-")
    try:
        fleet, bundle = os.path.join(folder, "fleet"), os.path.join(folder, "fleet", "secrets.yaml")
        write(os.path.join(fleet, "fleet.yaml"), CLUSTER)
        for i, patch in enumerate(PATCHES):
            write(os.path.join(fleet, "patches", "%d.yaml" % i), patch)
        names = ["node-%d" % i for i in range(options.nodes)]
        for i, name in enumerate(names):
            write(os.path.join(fleet, "nodes", name + ".yaml"), NODE % (name, i // 256, i % 256))
        subprocess.run([options.slipway, "secrets", "new", "-o", bundle], check=True, stdout=subprocess.DEVNULL)
        patches = ",".join(os.path.join(fleet, "patches", "%d.yaml" % i) for i in range(len(PATCHES)))
        out = os.path.join(folder, "out")
        os.makedirs(out)
        each, whole = [], []
        for pair in range(options.pairs):
            ours = timed(options.slipway, "render", fleet, "--to", os.path.join(folder, "ours-%d" % pair))
            one = timed(options.module, out, bundle, patches, *names)
            sample = names[::10]
            many = sum(timed(options.module, out, bundle, patches, name) for name in sample) * len(names) / len(sample)
            each.append(many / ours)
            whole.append(one / ours)
            print("  slipway render %.3f s, the module in one process %.3f s, a process a node %.1f s" % (ours, one, many))
        print("\n| what | times faster: median (min–max) | at least |\n|---|---|---|")
        for what, ratios, goal in (("a process per node, as talosctl is run", each, "20"), ("one process", whole, "1")):
            print("| %d nodes from a bundle, three patches each, against the module in %s | **%.1f** (%.1f–%.1f, %d pairs) | %s |"
                  % (options.nodes, what, statistics.median(ratios), min(ratios), max(ratios), len(ratios), goal))
        print("\nslipway render FLEET --to OUT; talos-bench OUT BUNDLE PATCHES NODE…")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
