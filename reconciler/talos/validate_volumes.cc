// Documents about disks. Source: pkg/machinery/config/types/block.
#include <algorithm>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/volumes.h"

namespace slipway::talos {
namespace {

enum class Sizes { kAllowed, kRefused };
enum class Need { kOptional, kRequired };

void CheckSelector(const yaml::Value& document, std::string_view path, Need need, CelPlace place,
                   Report& report) {
  const std::string match = Text(document, path);
  const yaml::Value& at = Nearest(document, path);
  if (match.empty()) {
    if (need == Need::kRequired)
      report.Error(at, '`' + std::string(path) + "` is missing", "add a CEL expression");
    return;
  }
  CheckCondition(at, '`' + std::string(path) + '`', match, place, report);
}

void CheckProvisioning(const yaml::Value& document, Need need, Sizes sizes, Report& report) {
  CheckSelector(document, "provisioning.diskSelector.match", need, CelPlace::kDisk, report);
  const std::string min_text = Text(document, "provisioning.minSize");
  const std::string max_text = Text(document, "provisioning.maxSize");
  const auto min = ParseVolumeSize(min_text);
  const auto max = ParseVolumeSize(max_text);
  const yaml::Value& at = Nearest(document, "provisioning.minSize");
  if (sizes == Sizes::kRefused) {
    if (!min_text.empty() || !max_text.empty() || Get(document, "provisioning.grow") != nullptr) {
      report.Error(at, "a whole disk has no size", "remove `minSize`, `maxSize` and `grow`");
    }
    return;
  }
  if (need == Need::kRequired && min_text.empty() && max_text.empty()) {
    report.Error(at, "the volume needs `minSize` or `maxSize`", "add one");
  }
  if (min && min->kind == VolumeSize::Kind::kLeaveFree) {
    report.Error(at, "`minSize` cannot be negative", "write it like 10GiB");
  } else if (min && max && max->kind == VolumeSize::Kind::kAbsolute && min->bytes > max->bytes) {
    report.Error(at, "`minSize` is larger than `maxSize`", "correct one of the two");
  }
}

void CheckEncryptionOf(const yaml::Value& document, Report& report) {
  const yaml::Value* encryption = Get(document, "encryption");
  if (encryption == nullptr || Fields(document, "encryption").empty()) return;
  if (Text(*encryption, "provider") != "luks2") {
    report.Error(Nearest(*encryption, "provider"), "encryption needs `provider: luks2`", "write that");
  }
  CheckEncryption(*encryption, "the volume's encryption", report);
}

void CheckName(const yaml::Value& document, size_t longest, Report& report) {
  const std::string name = Text(document, "name");
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!name.empty() && name.size() <= longest && good) return;
  report.Error(Nearest(document, "name"),
               "a volume's name is 1 to " + std::to_string(longest) + " letters, digits and '-'",
               "rename it");
}

/// How a filesystem is trimmed and scrubbed, from 1.14.
void CheckCare(const yaml::Value& document, Report& report) {
  constexpr double kShortestScrub = 10;
  if (Seconds(Text(document, "trim.interval")) < 0)
    report.Error(*Get(document, "trim.interval"), "`trim.interval` cannot be negative", "write it like 168h");
  const double scrub = Seconds(Text(document, "scrub.interval"));
  if (scrub != 0 && scrub < kShortestScrub)
    report.Error(*Get(document, "scrub.interval"), "`scrub.interval` is at least 10s", "raise it");
}

/// What a system volume cannot have beside its place: STATE and IMAGECACHE are Talos' own to mount.
void CheckSystemMount(const yaml::Value& document, const std::string& name, Report& report) {
  const yaml::Value* mount = Get(document, "mount");
  const bool mounted = !Fields(document, "mount").empty();
  const bool promoted = name == "ETCD" || name == "CRI" || name == "KUBELET" || name == "LOG";
  if (mounted && (name == "STATE" || name == "IMAGECACHE"))
    report.Error(*mount, name + " has no `mount`", "remove it");
  if (mounted && promoted && Fields(document, "provisioning").empty())
    report.Error(*mount, name + " is mounted only where it has a partition",
                 "add `provisioning`, or remove it");
  if (name == "IMAGECACHE" && !Fields(document, "filesystem").empty())
    report.Error(*Get(document, "filesystem"), "IMAGECACHE has no `filesystem`", "remove it");
}

void CheckSystemVolume(const yaml::Value& document, const TalosVersion& version, Report& report) {
  const std::string name = Text(document, "name");
  const int since = SystemVolumeSince(name);
  if (since == 0 || version.minor < since) {
    report.Error(Nearest(document, "name"),
                 "Talos 1." + std::to_string(version.minor) + " has no system volume `" + name + '`',
                 "write EPHEMERAL, or use a UserVolumeConfig");
  }
  if (name == "STATE") {
    if (!Fields(document, "provisioning").empty()) {
      report.Error(*Get(document, "provisioning"), "STATE can be encrypted, not sized or placed",
                   "remove `provisioning`");
    }
    for (const yaml::Value& key : Items(document, "encryption.keys")) {
      if (Flag(key, "lockToState").value_or(false)) {
        report.Error(key, "the key of STATE cannot be locked to STATE", "remove `lockToState`");
      }
    }
  }
  CheckProvisioning(document, Need::kOptional, Sizes::kAllowed, report);
  CheckEncryptionOf(document, report);
  CheckSystemMount(document, name, report);
  CheckCare(document, report);
}

void CheckUserVolume(const yaml::Value& document, const TalosVersion& version, Report& report) {
  CheckName(document, 34, report);
  const std::string type = Text(document, "volumeType");
  if (type == "directory") {
    constexpr int kMountsOfDirectories = 14;
    std::vector<std::string> none = {"provisioning", "encryption", "filesystem", "mount.disableAccessTime"};
    if (version.minor < kMountsOfDirectories) none.back() = "mount";
    for (const std::string& field : none) {
      const yaml::Value* found = Get(document, field);
      if (found == nullptr || (found->AsMapping() != nullptr && found->AsMapping()->empty())) continue;
      report.Error(*found, "a directory has no `" + field + '`', "remove it");
    }
    return CheckCare(document, report);
  }
  if (!type.empty() && type != "partition" && type != "disk") {
    report.Error(*Get(document, "volumeType"), "a user volume is a partition, a disk or a directory",
                 "write one of them");
  }
  CheckProvisioning(document, Need::kRequired, type == "disk" ? Sizes::kRefused : Sizes::kAllowed, report);
  const std::string filesystem = Text(document, "filesystem.type");
  const bool known = filesystem.empty() || filesystem == "xfs" || filesystem == "ext4" ||
                     (filesystem == "btrfs" && version.minor >= 14);
  if (!known) {
    report.Error(*Get(document, "filesystem.type"), "the filesystem `" + filesystem + "` is not supported",
                 "write xfs or ext4");
  }
  if (Flag(document, "filesystem.projectQuotaSupport").value_or(false) && !filesystem.empty() &&
      filesystem != "xfs") {
    report.Error(*Get(document, "filesystem.projectQuotaSupport"), "project quota needs xfs", "remove it");
  }
  if (const yaml::Value* xfs = Get(document, "filesystem.xfs");
      xfs != nullptr && !filesystem.empty() && filesystem != "xfs") {
    report.Error(*xfs, "`xfs` is for that filesystem", "remove it");
  }
  CheckEncryptionOf(document, report);
  CheckCare(document, report);
}

}  // namespace

bool ValidateVolumeDocument(const yaml::Value& document, std::string_view kind, const TalosVersion& version,
                            Report& report) {
  if (kind == "VolumeConfig") {
    CheckSystemVolume(document, version, report);
  } else if (kind == "UserVolumeConfig") {
    CheckUserVolume(document, version, report);
  } else if (kind == "RawVolumeConfig" || kind == "SwapVolumeConfig") {
    CheckName(document, 34, report);
    CheckProvisioning(document, Need::kRequired, Sizes::kAllowed, report);
    CheckEncryptionOf(document, report);
  } else if (kind == "ExistingVolumeConfig") {
    CheckName(document, 1000, report);
    CheckSelector(document, "discovery.volumeSelector.match", Need::kRequired, CelPlace::kVolume, report);
    CheckCare(document, report);
  } else if (kind == "ExternalVolumeConfig") {
    CheckName(document, 34, report);
    if (Text(document, "filesystemType") != "virtiofs") {
      report.Error(Nearest(document, "filesystemType"), "an external volume needs `filesystemType: virtiofs`",
                   "write that");
    } else if (Text(document, "mount.virtiofs.tag").empty()) {
      report.Error(Nearest(document, "mount.virtiofs.tag"), "`mount.virtiofs.tag` is missing", "add it");
    }
  } else if (kind == "FilesystemTrimConfig") {
    if (Seconds(Text(document, "interval")) < 0)
      report.Error(*Get(document, "interval"), "`interval` cannot be negative", "write it like 168h");
  } else if (kind == "FilesystemScrubConfig") {
    const double interval = Seconds(Text(document, "interval"));
    if (interval != 0 && interval < 10)
      report.Error(*Get(document, "interval"), "`interval` is at least 10s", "raise it");
  } else if (kind == "ZswapConfig") {
    const int64_t percent = Number(document, "maxPoolPercent");
    if (percent < 0 || percent > 100) {
      report.Error(*Get(document, "maxPoolPercent"), "`maxPoolPercent` is from 0 to 100", "correct it");
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace slipway::talos
