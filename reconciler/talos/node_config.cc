#include "reconciler/talos/node_config.h"

namespace slipway::talos {
namespace {

/// First minor whose contract has a document for this.
constexpr int kNetworkDocuments = 12;
constexpr int kUnattendedInstall = 14;

void ApplyInstallDisk(Documents& documents, const Node& node, const TalosVersion& version) {
  if (node.install_disk.empty()) return;
  yaml::Value& main = *FindMain(documents);
  yaml::Value* machine = main.Find("machine");
  const bool legacy_section = machine != nullptr && machine->Find("install") != nullptr;
  // machine.install and UnattendedInstallConfig together are a conflict, so a 1.14 base that still has the
  // section keeps it.
  if (version.minor < kUnattendedInstall || legacy_section) {
    yaml::Value& install = main.At("machine").At("install");
    install.At("disk") = yaml::Value(node.install_disk);
    install.Erase("diskSelector");  // a selector would win over the disk
    return;
  }
  yaml::Value& document = EnsureDocument(documents, "UnattendedInstallConfig");
  if (document.Find("installer") == nullptr) document.At("installer") = yaml::Value(yaml::Mapping{});
  yaml::Value& provisioning = document.At("provisioning");
  provisioning.At("diskSelector").At("match") = yaml::Value("disk.dev_path == \"" + node.install_disk + "\"");
  if (provisioning.Find("wipe") == nullptr) provisioning.At("wipe") = yaml::Value(false);
}

/// A static name. From 1.12 `auto` must be off beside it, and the old fields may not stay: Talos refuses both
/// at once.
void ApplyHostname(Documents& documents, const Node& node, const TalosVersion& version) {
  yaml::Value& main = *FindMain(documents);
  if (version.minor < kNetworkDocuments) {
    main.At("machine").At("network").At("hostname") = yaml::Value(node.hostname.value);
    return;
  }
  if (yaml::Value* machine = main.Find("machine")) {
    if (yaml::Value* network = machine->Find("network")) network->Erase("hostname");
    if (yaml::Value* features = machine->Find("features")) features->Erase("stableHostname");
  }
  yaml::Value& document = EnsureDocument(documents, "HostnameConfig");
  document.At("hostname") = yaml::Value(node.hostname.value);
  document.At("auto") = yaml::Value("off");
}

}  // namespace

ConfigResult<void> ApplyNode(Documents& documents, const Node& node, const TalosVersion& version) {
  const yaml::Value* main = FindMain(documents);
  if (main == nullptr) {
    return tl::make_unexpected(ConfigError{{1, 1},
                                           "the base config has no main document (the one with `machine:`)",
                                           "use the file that `talosctl gen config` made, whole"});
  }
  for (const std::string_view section : {"machine", "cluster"}) {
    const yaml::Value* value = main->Find(section);
    if (value != nullptr && !value->IsNull() && value->AsMapping() == nullptr) {
      return tl::make_unexpected(ConfigError{value->mark(),
                                             "`" + std::string(section) + "` must be a mapping",
                                             "use the file that `talosctl gen config` made"});
    }
  }
  ApplyHostname(documents, node, version);
  if (version.minor < kNetworkDocuments) {
    ApplyLegacyNetwork(*FindMain(documents), node);
  } else {
    ApplyNetworkDocuments(documents, node);
  }
  ApplyInstallDisk(documents, node, version);
  return {};
}

}  // namespace slipway::talos
