// After any edit the incremental tree equals a fresh render byte for byte, and only what changed is made
// again.
#include <gtest/gtest.h>

#include <random>

#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

std::string MacOf(int number) {
  char text[18];
  std::snprintf(text, sizeof text, "02:00:00:00:%02x:%02x", number / 256, number % 256);
  return text;
}

/// Random, valid and now and then invalid, edits of a fleet's files.
class Editor {
 public:
  explicit Editor(unsigned seed) : random_(seed) {}

  std::string Edit(Files& files) {
    switch (Pick(15)) {
      case 0:
        return AddNode(files);
      case 1:
        return ChangeNode(files);
      case 2:
        return RemoveNode(files);
      case 3:
        return RenameNode(files);
      case 4:
        files["base/worker.yaml"] += "# " + std::to_string(Pick(9)) + "\n";
        return "base comment";
      case 5:
        return ChangeBase(files);
      case 6:
        files["patches/worker.yaml"] =
            "machine: {sysctls: {vm.swappiness: \"" + std::to_string(Pick(99)) + "\"}}\n";
        return "patch";
      case 7:
        return ToggleTemplate(files);
      case 8:
        return ChangeSite(files);
      case 9:
        return BreakOrMend(files);
      case 10:
        return ChangeVolumes(files);
      case 11:
        return ToggleBundle(files);
      case 12:
        return ChangeBundle(files);
      case 13:
        return ChangeTalos(files);
      default:
        return MoveNode(files);
    }
  }

 private:
  static constexpr const char* kBroken = "nodes/broken.yaml";
  static constexpr const char* kBaseFiles =
      "base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}";
  static constexpr const char* kBundleFile = "install: {disk: /dev/sda}\n    secrets: secrets.yaml";

  /// The cluster's base comes from a bundle, or from files again.
  std::string ToggleBundle(Files& files) {
    std::string& cluster = files["cluster.yaml"];
    for (const auto& [from, to] : {std::pair{kBaseFiles, kBundleFile}, std::pair{kBundleFile, kBaseFiles}}) {
      const size_t at = cluster.find(from);
      if (at == std::string::npos) continue;
      cluster =
          cluster.substr(0, at) + to + cluster.substr(cluster.find('\n', at + std::string(from).size()));
      break;
    }
    DropOptions(cluster);
    if (!files.contains("secrets.yaml")) files["secrets.yaml"] = BundleText();
    return "base or bundle";
  }
  static void DropOptions(std::string& cluster) {
    const size_t begin = cluster.find("    dnsDomain:");
    if (begin != std::string::npos) cluster.erase(begin, cluster.find('\n', begin) + 1 - begin);
  }
  /// Another token, or damage; the next change mends it.
  std::string ChangeBundle(Files& files) {
    std::string text = BundleText();
    const size_t at = text.find("trustdinfo:\n  token: ") + 21;
    if (Pick(6) == 0)
      text.erase(at - 9);
    else
      text[at] = static_cast<char>('a' + Pick(26));
    files["secrets.yaml"] = text;
    return "bundle";
  }
  /// Another option beside a bundle.
  std::string ChangeTalos(Files& files) {
    std::string& cluster = files["cluster.yaml"];
    const size_t at = cluster.find(kBundleFile);
    if (at == std::string::npos) return "nothing";
    DropOptions(cluster);
    cluster.insert(cluster.find('\n', at + std::string(kBundleFile).size()) + 1,
                   "    dnsDomain: d" + std::to_string(Pick(9)) + ".example\n");
    return "options";
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string AnyNode(const Files& files) {
    std::vector<std::string> nodes;
    for (const auto& [path, text] : files) {
      if (text.find("kind: Node") != std::string::npos && path != kBroken) nodes.push_back(path);
    }
    return nodes.empty() ? "" : nodes[static_cast<size_t>(Pick(static_cast<int>(nodes.size())))];
  }

  std::string AddNode(Files& files) {
    const int number = next_++;
    const std::string name = "n" + std::to_string(number);
    files["nodes/" + name + ".yaml"] =
        NodeYaml(name, MacOf(number), Pick(4) == 0 ? "controlplane" : "worker");
    return "add " + name;
  }
  std::string ChangeNode(Files& files) {
    const std::string path = AnyNode(files);
    if (path.empty() || files[path].find("  install:") != std::string::npos) return AddNode(files);
    const std::string number = std::to_string(2 + Pick(100));
    const std::string more[] = {
        "  nodeLabels: {number: n" + number + "}\n",
        "  volumes: [{name: EPHEMERAL, maxSize: " + number + "GiB}]\n",
        "  network: {interfaces: [{interface: eth1, mtu: " + std::to_string(1000 + Pick(500)) + "}]}\n",
        "  talos: {image: example.org/installer:" + number + "}\n",
        "  boot: {kernel: initramfs, initramfs: kernel}\n",
        "  boot: {loader: grub}\n",
        "  boot: {loader: pxelinux}\n  network: {addresses: [10.0.128." + number + "/24]}\n",
        "",
    };
    const std::string counted[] = {
        "", ", revision: " + number,
        ", revision: 1, exit: {method: sanboot, drive: 1" + std::to_string(30 + Pick(5)) + "}"};
    files[path] += "  install: {disk: /dev/sd" + std::string(1, static_cast<char>('a' + Pick(20))) +
                   counted[static_cast<size_t>(Pick(3))] + "}\n" + more[static_cast<size_t>(Pick(8))];
    return "change " + path;
  }
  std::string RemoveNode(Files& files) {
    const std::string path = AnyNode(files);
    if (!path.empty()) files.erase(path);
    return "remove " + path;
  }
  std::string RenameNode(Files& files) {
    const std::string path = AnyNode(files);
    if (path.empty()) return "nothing";
    const size_t at = files[path].find("name: ") + 6;
    files[path].insert(at, "x");
    return "rename in " + path;
  }
  std::string MoveNode(Files& files) {
    const std::string path = AnyNode(files);
    if (path.empty()) return "nothing";
    files["moved/" + std::to_string(next_++) + ".yaml"] = files[path];
    files.erase(path);
    return "move " + path;
  }
  std::string ChangeBase(Files& files) {
    files["base/controlplane.yaml"] = ControlPlaneBase("t" + std::to_string(Pick(50)));
    return "control plane base";
  }
  std::string ToggleTemplate(Files& files) {
    if (files.erase("templates/node.ipxe.mustache") > 0) return "template gone";
    files["templates/node.ipxe.mustache"] =
        "#!ipxe\n# {{node}} " + std::to_string(Pick(9)) +
        "\nkernel {{kernel_url}} {{kernel_args}} talos.config={{config_url}}\nboot\n";
    return "template";
  }
  std::string ChangeVolumes(Files& files) {
    std::string& cluster = files["cluster.yaml"];
    const size_t at = cluster.find("  volumes:");
    if (at != std::string::npos) cluster.erase(at, cluster.find('\n', at) - at + 1);
    cluster.insert(cluster.find("  endpoint:"),
                   "  volumes: [{name: EPHEMERAL, minSize: " + std::to_string(1 + Pick(9)) + "GiB}]\n");
    return "the cluster's volumes";
  }
  std::string ChangeSite(Files& files) {
    std::string& site = files["site.yaml"];
    const size_t at = site.find("http://10.0.5.");
    site.replace(at, site.find('"', at) - at, "http://10.0.5." + std::to_string(10 + Pick(50)) + ":8080");
    if (site.find("  dns:") == std::string::npos && Pick(2) == 0)
      site.insert(site.find("  bootServer:"),
                  "  dns: {domain: home.arpa}\n  subnets: [{cidr: 10.0.128.0/24}]\n");
    return "site";
  }
  std::string BreakOrMend(Files& files) {
    if (files.erase(kBroken) > 0) return "mend";
    files[kBroken] = NodeYaml("broken", "not a mac", "worker");
    return "break";
  }

  std::mt19937 random_;
  int next_ = 100;
};

TEST(Incremental, EqualsAFreshRenderAfterTwoHundredRandomEdits) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Editor editor(seed);
  Files files = SmallFleet();
  Walker incremental;
  incremental.Walk(files);
  int good = 0;
  for (int step = 0; step < 200; ++step) {
    const std::string what = editor.Edit(files);
    const Rendered old_hand = incremental.Walk(files);
    const Rendered fresh = Walker().Walk(files);
    ASSERT_EQ(old_hand.diagnostics, fresh.diagnostics) << "step " << step << ": " << what;
    ASSERT_EQ(old_hand.files, fresh.files) << "step " << step << ": " << what;
    ASSERT_EQ(EncodeManifest(old_hand.manifest), EncodeManifest(fresh.manifest))
        << "step " << step << ": " << what;
    ASSERT_LE(old_hand.produced, fresh.produced);
    if (!fresh.files.empty()) ++good;
  }
  EXPECT_GT(good, 10) << "too few edits left a fleet that renders";
}

TEST(Incremental, OneNodeChangedMeansItsFilesAlone) {
  Files files = SmallFleet();
  for (int i = 0; i < 200; ++i) {
    const std::string name = "n" + std::to_string(i);
    files["nodes/" + name + ".yaml"] = NodeYaml(name, MacOf(1000 + i), "worker");
  }
  Walker walker;
  EXPECT_EQ(walker.Walk(files).produced, 1 + 2 * 202U);
  EXPECT_EQ(walker.Walk(files).produced, 0U);
  files["nodes/n7.yaml"] += "  install: {disk: /dev/vdb}\n";
  EXPECT_EQ(walker.Walk(files).produced, 2U);
  files["patches/worker.yaml"] = "machine: {sysctls: {a: \"2\"}}\n";
  EXPECT_EQ(walker.Walk(files).produced, 201U) << "the workers' configs, no script";
}

}  // namespace
}  // namespace slipway
