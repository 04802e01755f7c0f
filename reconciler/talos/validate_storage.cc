// Documents about LVM and RAID, from Talos 1.14. Source: pkg/machinery/config/types/storage.
#include <algorithm>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/volumes.h"

namespace slipway::talos {
namespace {

void CheckName(const yaml::Value& document, size_t longest, Report& report) {
  const std::string name = Text(document, "name");
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!name.empty() && name.size() <= longest && good) return;
  report.Error(Nearest(document, "name"),
               "the name is 1 to " + std::to_string(longest) + " letters, digits, '-' and '_'", "rename it");
}

void CheckMembers(const yaml::Value& document, Report& report) {
  constexpr std::string_view kPath = "provisioning.volumeSelector.match";
  const std::string match = Text(document, kPath);
  const yaml::Value& at = Nearest(document, kPath);
  if (match.empty())
    return report.Error(at, '`' + std::string(kPath) + "` is missing", "add a CEL expression");
  CheckCondition(at, '`' + std::string(kPath) + '`', match, CelPlace::kMember, report);
}

void CheckLogicalVolume(const yaml::Value& document, Report& report) {
  const std::string type = Text(document, "type");
  const auto count = [&](const char* field, bool used, int64_t least, const char* types) {
    const yaml::Value* found = Get(document, field);
    if (found == nullptr) return;
    if (!used) {
      report.Error(*found, '`' + std::string(field) + "` is for " + types, "remove it, or change `type`");
    } else if (Number(document, field) < least) {
      report.Error(*found, '`' + std::string(field) + "` is at least " + std::to_string(least), "raise it");
    }
  };
  count("mirrors", type == "raid1" || type == "raid10", 1, "raid1 and raid10");
  count("stripes", type == "raid0" || type == "raid10", 2, "raid0 and raid10");
  NeedText(document, "provisioning.volumeGroup", report);
  const auto min = ParseVolumeSize(Text(document, "provisioning.minSize"));
  const auto max = ParseVolumeSize(Text(document, "provisioning.maxSize"));
  const yaml::Value& at = Nearest(document, "provisioning.maxSize");
  if (!max) {
    report.Error(at, "a logical volume needs `provisioning.maxSize`", "write a size, or a part like 100%");
  } else if (max->kind == VolumeSize::Kind::kLeaveFree) {
    report.Error(at, "`maxSize` cannot be negative", "write it like 10GiB");
  } else if (min && max->kind == VolumeSize::Kind::kAbsolute && min->bytes > max->bytes) {
    report.Error(at, "`minSize` is larger than `maxSize`", "correct one of the two");
  }
}

}  // namespace

bool ValidateStorageDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  constexpr size_t kLongestLvmName = 63;
  constexpr size_t kLongestArrayName = 32;
  if (kind == "LVMVolumeGroupConfig") {
    CheckName(document, kLongestLvmName, report);
    CheckMembers(document, report);
  } else if (kind == "LVMLogicalVolumeConfig") {
    CheckName(document, kLongestLvmName, report);
    CheckLogicalVolume(document, report);
  } else if (kind == "RAIDArrayConfig") {
    CheckName(document, kLongestArrayName, report);
    CheckMembers(document, report);
  } else {
    return false;
  }
  return true;
}

}  // namespace slipway::talos
