#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
namespace {

/// Talos' version contracts that Slipway knows.
constexpr int kOldestMinor = 8;
constexpr int kNewestMinor = 14;

void DecodeTalos(const yaml::Value& talos, Reporter& reporter, Cluster& cluster) {
  const Located<std::string> version = TextOf(talos, "version");
  const auto parsed = TalosVersion::Parse(version.value);
  if (version.mark.line > 0 && !parsed) {
    reporter.Error(version.mark, code::kBadTalosVersion, Tick(version.value) + " is no Talos version",
                   "write major, minor and patch, like v1.11.6");
  } else if (parsed && (parsed->major != 1 || parsed->minor < kOldestMinor || parsed->minor > kNewestMinor)) {
    reporter.Error(version.mark, code::kUnsupportedTalosVersion,
                   "Talos " + parsed->ToString() + " is not known to this Slipway",
                   "use a version from v1.8 to v1.14");
  } else if (parsed) {
    cluster.talos_version = *parsed;
  }
  const Located<std::string> kubernetes = TextOf(talos, "kubernetesVersion");
  if (kubernetes.mark.line > 0) {
    const auto number = TalosVersion::Parse(kubernetes.value);
    if (number && number->major == 1) {
      cluster.kubernetes_version = number->ToString();
    } else {
      reporter.Error(kubernetes.mark, code::kBadKubernetesVersion,
                     Tick(kubernetes.value) + " is no Kubernetes version",
                     "write major, minor and patch, like v1.34.1");
    }
  }
  if (const yaml::Value* base = talos.Find("base")) {
    cluster.base_controlplane = DecodeFileRef(*base, "controlplane", reporter);
    cluster.base_worker = DecodeFileRef(*base, "worker", reporter);
  }
}

void DecodeBoot(const yaml::Value& boot, Reporter& reporter, Cluster& cluster) {
  for (const Arch arch : {Arch::kAmd64, Arch::kArm64}) {
    const yaml::Value* files = boot.Find(ToString(arch));
    if (files == nullptr || files->AsMapping() == nullptr) continue;
    cluster.boot[arch] = {TextOf(*files, "kernel"), TextOf(*files, "initramfs")};
  }
  for (const yaml::Value& item : ItemsOf(boot, "args")) {
    const std::string* text = item.AsString();
    if (text == nullptr) continue;
    const std::string_view problem = forms::KernelArgumentProblem(*text);
    if (problem.empty()) {
      cluster.kernel_args.push_back(*text);
    } else {
      reporter.Error(item.mark(), code::kBadKernelArgument,
                     Tick(*text) + " cannot be a kernel argument: " + std::string(problem),
                     "write one argument per item, like console=ttyS0");
    }
  }
  const yaml::Value* menu = boot.Find("menu");
  if (menu == nullptr) return;
  const yaml::Value* enabled = menu->Find("enabled");
  cluster.menu.enabled = enabled != nullptr && enabled->AsBool() != nullptr && *enabled->AsBool();
  const Located<std::string> timeout = TextOf(*menu, "timeout");
  if (timeout.mark.line == 0) return;
  if (const auto seconds = forms::ParseTimeout(timeout.value)) {
    cluster.menu.timeout_seconds = *seconds;
  } else {
    reporter.Error(timeout.mark, code::kBadTimeout, Tick(timeout.value) + " is no time-out",
                   "write a number with s or m, from 1s to 60m, like 10s");
  }
}

}  // namespace

void DecodeCluster(const yaml::Value& spec, Reporter& reporter, Cluster& cluster) {
  const Located<std::string> endpoint = TextOf(spec, "endpoint");
  if (endpoint.mark.line > 0) {
    if (auto parsed = forms::ParseEndpoint(endpoint.value)) {
      cluster.endpoint = *std::move(parsed);
    } else {
      reporter.Error(endpoint.mark, code::kBadEndpoint,
                     TickUrl(endpoint.value) + " is no Kubernetes endpoint",
                     "write https://, a host and a port, like https://10.0.128.100:6443");
    }
  }
  if (const yaml::Value* talos = spec.Find("talos")) DecodeTalos(*talos, reporter, cluster);
  if (const yaml::Value* boot = spec.Find("boot")) DecodeBoot(*boot, reporter, cluster);
  cluster.volumes = DecodeVolumes(spec, reporter);
  if (const yaml::Value* patches = spec.Find("patches")) {
    cluster.patches_all = DecodePatches(*patches, "all", reporter);
    cluster.patches_controlplane = DecodePatches(*patches, "controlplane", reporter);
    cluster.patches_worker = DecodePatches(*patches, "worker", reporter);
    cluster.patch_selectors = DecodePatchSelectors(*patches, reporter);
  }
}

}  // namespace slipway
