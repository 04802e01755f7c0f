#pragma once

#include <map>
#include <string>

#include "schema/fleet/load.h"

namespace slipway {

using Files = std::map<std::string, std::string>;

inline std::string Digest(char digit = 'a') { return std::string(64, digit); }

inline std::string SiteText() {
  return "apiVersion: slipway/v1alpha1\n"
         "kind: Site\n"
         "metadata: {name: home}\n"
         "spec:\n"
         "  bootServer: {url: \"http://10.0.5.10:8080\"}\n"
         "  subnets:\n"
         "    - {cidr: 10.0.128.0/24, gateway: 10.0.128.1, nameservers: [10.0.128.1]}\n";
}

inline std::string AssetText(const std::string& name) {
  return "apiVersion: slipway/v1alpha1\n"
         "kind: Asset\n"
         "metadata: {name: " +
         name +
         "}\n"
         "spec: {url: \"https://example.org/" +
         name + "\", sha256: " + Digest() + "}\n";
}

inline std::string ClusterText() {
  return "apiVersion: slipway/v1alpha1\n"
         "kind: Cluster\n"
         "metadata: {name: home}\n"
         "spec:\n"
         "  endpoint: https://10.0.128.100:6443\n"
         "  talos:\n"
         "    version: v1.11.6\n"
         "    kubernetesVersion: v1.34.1\n"
         "    base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}\n"
         "  boot:\n"
         "    amd64: {kernel: kernel, initramfs: initramfs}\n"
         "    args: [\"console=ttyS0\", \"-console=tty0\"]\n"
         "    menu: {enabled: true, timeout: 2m}\n"
         "  patches: {worker: [{file: patches/nvme.yaml}]}\n";
}

/// Node number `n` (1 to 199); `network` is added to its spec.network.
inline std::string NodeText(int n, const std::string& spec = "", const std::string& network = "") {
  const std::string number = std::to_string(n);
  const std::string hex = {"0123456789abcdef"[n / 16 % 16], "0123456789abcdef"[n % 16]};
  return "apiVersion: slipway/v1alpha1\n"
         "kind: Node\n"
         "metadata: {name: worker-" +
         number +
         ", labels: {rack: a1}}\n"
         "spec:\n"
         "  cluster: home\n"
         "  role: worker\n"
         "  identity: {macs: [\"52:54:00:00:00:" +
         hex +
         "\"]}\n"
         "  network:\n"
         "    addresses: [10.0.128." +
         std::to_string(n + 1) + "/24]\n" + network + spec;
}

/// A small fleet without any problem.
inline Files SampleFleet() {
  return {{"site.yaml", SiteText()},
          {"assets.yaml", AssetText("kernel") + "---\n" + AssetText("initramfs")},
          {"cluster.yaml", ClusterText()},
          {"nodes/worker-1.yaml", NodeText(1)},
          {"nodes/worker-2.yaml", NodeText(2)},
          {"base/controlplane.yaml", "machine: {type: controlplane}\n"},
          {"base/worker.yaml", "machine: {type: worker}\n"},
          {"patches/nvme.yaml", "machine: {sysctls: {vm.nr_hugepages: \"1024\"}}\n"},
          {"README.md", "# a fleet\n"}};
}

inline LoadOutcome LoadFiles(const Files& files) {
  FleetLoader loader;
  auto outcome = loader.Load(*MakeMemoryTree(files));
  return outcome ? *std::move(outcome) : LoadOutcome{};
}

inline std::string AllText(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += FormatText(diagnostic) + "\n";
  return text;
}

/// `text` with the first `from` replaced.
inline std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? "(no such text: " + from + ")" : text.replace(at, from.size(), to);
}

}  // namespace slipway
