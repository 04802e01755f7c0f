#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
namespace {

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
      cluster.talos.given.places["../endpoint"] = endpoint.mark;
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
