#include <algorithm>
#include <initializer_list>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_settings.h"
#include "schema/fleet/volumes.h"

namespace slipway::imports {
namespace {

/// First minor whose VolumeConfig holds encryption.
constexpr int kEncryption = 11;
/// First minor with UserVolumeConfig.
constexpr int kUserVolumes = 10;

bool OnlyKeys(const yaml::Value* value, std::initializer_list<std::string_view> known) {
  if (value == nullptr) return true;
  const yaml::Mapping* entries = value->AsMapping();
  return entries != nullptr && !entries->empty() &&
         std::all_of(entries->begin(), entries->end(), [known](const yaml::Entry& entry) {
           return !entry.value.IsNull() && std::find(known.begin(), known.end(), entry.key) != known.end();
         });
}

bool HoldsSecret(const yaml::Value& volume) {
  const yaml::Value* encryption = volume.Find("encryption");
  if (encryption == nullptr) return false;
  const auto& keys = List(*encryption, "keys");
  return std::any_of(keys.begin(), keys.end(), [](const yaml::Value& key) { return Says(key, "static"); });
}

/// The volume in the words of Node.spec.volumes, or nothing where they do not say all of it.
std::optional<yaml::Value> Native(const yaml::Value& volume, bool system, const TalosVersion& version) {
  const yaml::Value* provisioning = volume.Find("provisioning");
  const yaml::Value* encryption = volume.Find("encryption");
  const yaml::Value* selector = provisioning == nullptr ? nullptr : provisioning->Find("diskSelector");
  if (HoldsSecret(volume) || (encryption != nullptr && version.minor < kEncryption)) return std::nullopt;
  if ((SystemVolumeSince(Text(volume, "name")) > 0) != system) return std::nullopt;
  const bool fits =
      (system ? OnlyKeys(&volume, {"name", "provisioning", "encryption"})
              : OnlyKeys(&volume, {"name", "provisioning", "encryption", "volumeType", "filesystem"})) &&
      OnlyKeys(provisioning, {"diskSelector", "grow", "minSize", "maxSize"}) &&
      OnlyKeys(selector, {"match"}) &&
      OnlyKeys(encryption, {"provider", "keys", "cipher", "keySize", "blockSize", "options"}) &&
      OnlyKeys(volume.Find("filesystem"), {"type", "projectQuotaSupport"});
  if (!fits || (encryption != nullptr && !Says(*encryption, "keys"))) return std::nullopt;
  yaml::Value out{yaml::Mapping{}};
  for (const std::string_view key : {"name", "volumeType"}) {
    if (volume.Find(key) != nullptr) out.At(key) = *volume.Find(key);
  }
  if (provisioning != nullptr) {
    for (const yaml::Entry& entry : *provisioning->AsMapping()) {
      const bool size = entry.key == "minSize" || entry.key == "maxSize";
      out.At(entry.key) = size ? yaml::Value(ScalarText(entry.value)) : entry.value;
    }
  }
  for (const std::string_view key : {"filesystem", "encryption"}) {
    if (volume.Find(key) != nullptr) out.At(key) = *volume.Find(key);
  }
  return out;
}

}  // namespace

void VolumeSettings(const TalhelperNode& node, const TalosVersion& version, Draft& draft, yaml::Value& spec,
                    std::vector<Setting>& settings) {
  yaml::Sequence native;
  for (const std::string_view field : {"volumes", "userVolumes"}) {
    const bool system = field == "volumes";
    if (!system && version.minor < kUserVolumes && Says(node.value, field)) {
      draft.Lost(MarkOf(node.value, field),
                 "Talos " + version.ToString() + " of node " + node.name + " has no user volumes",
                 "upgrade to Talos 1.10, or patch machine.disks");
      continue;
    }
    std::vector<yaml::Value> documents;
    bool secret = false;
    for (const yaml::Value& volume : List(node.value, field)) {
      if (auto own = Native(volume, system, version)) {
        native.push_back(std::move(*own));
        continue;
      }
      yaml::Value document =
          TalosDocument(system ? "VolumeConfig" : "UserVolumeConfig", Text(volume, "name"));
      for (const std::string_view key : {"volumeType", "provisioning", "filesystem", "encryption"}) {
        if (Says(volume, key)) document.At(key) = *volume.Find(key);
      }
      secret = secret || HoldsSecret(volume);
      documents.push_back(std::move(document));
    }
    if (documents.empty()) continue;
    settings.push_back({system ? "volumes" : "user-volumes", node.ScopeOf(field), std::move(documents),
                        secret ? Draft::Place::kFile : Draft::Place::kShortest});
  }
  if (!native.empty()) spec.At("volumes") = yaml::Value(std::move(native));
}

}  // namespace slipway::imports
