#include <algorithm>

#include "reconciler/talos/node_config.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

/// First minor whose VolumeConfig holds encryption; before, machine.systemDiskEncryption does.
constexpr int kVolumeEncryption = 11;

yaml::Value EncryptionValue(const Volume& volume) {
  yaml::Value value;
  value.At("provider") = yaml::Value("luks2");
  for (const yaml::Entry& field : *volume.encryption.AsMapping()) value.At(field.key) = field.value;
  return value;
}

void WriteLegacyEncryption(yaml::Value& main, const Volume& volume) {
  const std::string_view key = volume.name.value == "STATE" ? "state" : "ephemeral";
  main.At("machine").At("systemDiskEncryption").At(key) = EncryptionValue(volume);
}

/// The old section for the same volume is a conflict.
void RemoveLegacyEncryption(yaml::Value& main, const Volume& volume) {
  yaml::Value* machine = main.Find("machine");
  yaml::Value* section = machine == nullptr ? nullptr : machine->Find("systemDiskEncryption");
  if (section == nullptr) return;
  section->Erase(volume.name.value == "STATE" ? "state" : "ephemeral");
  if (section->AsMapping() != nullptr && section->AsMapping()->empty())
    machine->Erase("systemDiskEncryption");
}

void WriteProvisioning(yaml::Value& document, const Volume& volume) {
  if (!volume.HasProvisioning()) return;
  yaml::Value& provisioning = document.At("provisioning");
  if (!volume.selector.value.empty()) {
    provisioning.At("diskSelector").At("match") = Placed(volume.selector.value, volume.selector.mark);
  }
  if (volume.grow) provisioning.At("grow") = yaml::Value(*volume.grow);
  if (!volume.min_size.value.empty())
    provisioning.At("minSize") = Placed(volume.min_size.value, volume.min_size.mark);
  if (!volume.max_size.value.empty())
    provisioning.At("maxSize") = Placed(volume.max_size.value, volume.max_size.mark);
}

void Write(Documents& documents, const Volume& volume, const TalosVersion& version) {
  const bool system = SystemVolumeSince(volume.name.value) > 0;
  const bool encrypted = volume.encryption.AsMapping() != nullptr;
  const bool legacy = system && version.minor < kVolumeEncryption;
  if (encrypted && legacy) WriteLegacyEncryption(*FindMain(documents), volume);
  if (encrypted && system && !legacy) RemoveLegacyEncryption(*FindMain(documents), volume);
  if (legacy && !volume.HasProvisioning()) return;
  yaml::Value& document =
      EnsureDocument(documents, system ? "VolumeConfig" : "UserVolumeConfig", volume.name.value);
  if (!volume.type.value.empty()) document.At("volumeType") = yaml::Value(volume.type.value);
  WriteProvisioning(document, volume);
  if (!volume.filesystem.IsNull()) document.At("filesystem") = volume.filesystem;
  if (encrypted && !legacy) document.At("encryption") = EncryptionValue(volume);
}

}  // namespace

void ApplyClusterVolumes(Documents& documents, const Node& node, const std::vector<Volume>& cluster_volumes,
                         const TalosVersion& version) {
  const auto& own = node.Details().volumes;
  for (const Volume& volume : cluster_volumes) {
    const bool replaced = std::any_of(own.begin(), own.end(), [&volume](const Volume& other) {
      return other.name.value == volume.name.value;
    });
    if (!replaced) Write(documents, volume, version);
  }
}

void ApplyNodeVolumes(Documents& documents, const Node& node, const TalosVersion& version) {
  for (const Volume& volume : node.Details().volumes) Write(documents, volume, version);
}

}  // namespace slipway::talos
