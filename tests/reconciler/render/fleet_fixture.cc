#include "tests/reconciler/render/fleet_fixture.h"

#include "schema/fleet/codes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace slipway {
namespace {

constexpr const char* kSite = R"(apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: home}
spec:
  bootServer: {url: "http://10.0.5.10:8080"}
---
apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: kernel}
spec: {url: "https://example.org/kernel", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
---
apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: initramfs}
spec: {url: "https://example.org/initramfs", sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
)";

constexpr const char* kCluster = R"(apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: home}
spec:
  endpoint: https://10.0.128.100:6443
  talos:
    version: v1.11.6
    kubernetesVersion: v1.34.1
    base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}
  boot:
    amd64: {kernel: kernel, initramfs: initramfs}
  patches: {worker: [{file: patches/worker.yaml}]}
)";

constexpr const char* kWorkerBase = R"(version: v1alpha1
machine:
  type: worker
  ca: {crt: Y3J0, key: ""}
  install: {disk: /dev/sda, wipe: false}
cluster: {clusterName: home, controlPlane: {endpoint: "https://10.0.128.100:6443"}}
)";

}  // namespace

std::string NodeYaml(const std::string& name, const std::string& mac, const std::string& role,
                     const std::string& more) {
  return "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: " + name +
         "}\nspec:\n  cluster: home\n  role: " + role + "\n  identity: {macs: [\"" + mac + "\"]}\n" + more;
}

std::string BundleText() {
  std::ifstream file(std::string(SLIPWAY_SOURCE_DIR) + "/tests/testdata/bundle/secrets.yaml");
  EXPECT_TRUE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Files BundleFleet(const std::string& version, const std::string& fields) {
  Files files = SmallFleet();
  std::string& cluster = files["cluster.yaml"];
  const size_t begin = cluster.find("    version:");
  cluster.replace(
      begin, cluster.find("  boot:") - begin,
      "    version: " + version + "\n    secrets: secrets.yaml\n" +
          (fields.find("install:") == std::string::npos ? "    install: {disk: /dev/sda}\n" : "") + fields);
  files["secrets.yaml"] = BundleText();
  return files;
}

std::string ControlPlaneBase(const std::string& token) {
  return "version: v1alpha1\nmachine:\n  type: controlplane\n  token: " + token +
         "\n  ca: {crt: Y3J0, key: a2V5}\n  install: {disk: /dev/sda, wipe: false}\n"
         "cluster:\n  clusterName: home\n  controlPlane: {endpoint: \"https://10.0.128.100:6443\"}\n";
}

Files SmallFleet() {
  return {{"site.yaml", kSite},
          {"cluster.yaml", kCluster},
          {"base/controlplane.yaml", ControlPlaneBase("abcdef")},
          {"base/worker.yaml", kWorkerBase},
          {"patches/worker.yaml", "machine: {sysctls: {vm.swappiness: \"1\"}}\n"},
          {"nodes/cp-1.yaml", NodeYaml("cp-1", "02:00:00:00:00:01", "controlplane")},
          {"nodes/worker-1.yaml", NodeYaml("worker-1", "02:00:00:00:00:11", "worker",
                                           "  patches: [{inline: {machine: {env: {A: b}}}}]\n")}};
}

/// All but that ControlPlaneBase holds a key: a stand-in is no secret.
static void Add(Diagnostics& all, const Diagnostics& more) {
  for (const Diagnostic& diagnostic : more) {
    const bool stand_in =
        diagnostic.code == code::kClearSecrets && diagnostic.file == "base/controlplane.yaml";
    if (!stand_in) all.push_back(diagnostic);
  }
}

Rendered Walker::Walk(const Files& files) {
  Rendered rendered;
  const auto tree = MakeMemoryTree(files);
  auto loaded = loader_.Load(*tree);
  EXPECT_TRUE(loaded) << loaded.error().message;
  Add(rendered.diagnostics, loaded->diagnostics);
  if (!loaded->fleet) return rendered;
  auto outcome = renderer_.MakePlan(*loaded->fleet, *tree);
  EXPECT_TRUE(outcome) << outcome.error().message;
  Add(rendered.diagnostics, outcome->diagnostics);
  if (!outcome->plan) return rendered;
  const Renderer::Plan plan = std::move(*outcome->plan);
  const Diagnostics problems = Renderer::Check(plan);
  Add(rendered.diagnostics, problems);
  if (HasErrors(rendered.diagnostics)) return rendered;
  rendered.manifest = plan.tree.header;
  for (size_t i = 0; i < plan.tree.items.size(); ++i) {
    const RenderedItem& item = plan.tree.items[i];
    FileEntry entry{item.path, item.digest, item.size, item.kind};
    if (item.from != RenderedItem::From::kAsset) {
      // What is said to be unchanged is taken from the last tree, as the publisher does with hard links.
      const bool known = item.from == RenderedItem::From::kKnown && published_.contains(item.path);
      const auto bytes = known ? Result<std::string>(published_[item.path]) : plan.tree.produce(i);
      EXPECT_TRUE(bytes) << bytes.error().message;
      if (!known) ++rendered.produced;
      rendered.files[item.path] = *bytes;
      entry.digest = Sha256::Of(*bytes);
      entry.size = bytes->size();
    }
    rendered.manifest.files.push_back(std::move(entry));
  }
  renderer_.Remember(plan, rendered.manifest);
  published_ = rendered.files;
  return rendered;
}

}  // namespace slipway
