// `spec.volumes` of clusters and nodes. The rules are those of Talos' block documents (VolumeConfig,
// UserVolumeConfig).
#include <set>

#include "schema/fleet/cel.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

class VolumeDecoder {
 public:
  VolumeDecoder(const yaml::Value& item, Reporter& reporter) : item_(item), reporter_(reporter) {}

  Volume Decode() {
    volume_.name = TextOf(item_, "name");
    volume_.type = TextOf(item_, "volumeType");
    volume_.min_size = Size("minSize");
    volume_.max_size = Size("maxSize");
    volume_.grow = FlagOf(item_, "grow");
    if (const yaml::Value* selector = item_.Find("diskSelector")) Selector(TextOf(*selector, "match"));
    if (const yaml::Value* filesystem = item_.Find("filesystem")) volume_.filesystem = *filesystem;
    if (const yaml::Value* encryption = item_.Find("encryption")) Encryption(*encryption);
    CheckSizes();
    if (SystemVolumeSince(volume_.name.value) > 0) {
      CheckSystem();
    } else {
      CheckUser();
    }
    return std::move(volume_);
  }

 private:
  void Bad(Mark mark, std::string message, std::string fix) {
    reporter_.Error(mark, code::kBadVolume, "volume " + Tick(volume_.name.value) + ": " + std::move(message),
                    std::move(fix));
  }

  Located<std::string> Size(std::string_view key) {
    Located<std::string> text = TextOf(item_, key);
    if (text.mark.line == 0 || ParseVolumeSize(text.value)) return text;
    Bad(text.mark, '`' + std::string(key) + "` " + Tick(text.value) + " is no size", "write it like 10GiB");
    return {};
  }

  void Selector(Located<std::string> match) {
    if (match.mark.line == 0) return;
    if (const auto problem = CheckCel(match.value, CelPlace::kDisk, kNewestTalosMinor)) {
      Bad(match.mark, "the disk selector is no condition in CEL: " + problem->message,
          "correct it at character " + std::to_string(problem->at + 1));
    } else {
      volume_.selector = std::move(match);
    }
  }

  void Encryption(const yaml::Value& encryption) {
    volume_.encryption = encryption;
    std::set<int64_t> slots;
    for (const yaml::Value& key : ItemsOf(encryption, "keys")) {
      if (!slots.insert(NumberOf(key, "slot").value_or(-1)).second) {
        Bad(key.mark(), "two keys have one slot", "give each key a slot of its own");
      }
      int methods = 0;
      for (const char* method : {"static", "nodeID", "kms", "tpm"})
        methods += key.Find(method) != nullptr ? 1 : 0;
      if (methods != 1) {
        Bad(key.mark(), "a key needs exactly one of `static`, `nodeID`, `kms`, `tpm`", "keep or add one");
      }
      const bool locked = FlagOf(key, "lockToState").value_or(false);
      if (locked && volume_.name.value == "STATE") {
        Bad(key.mark(), "the key of STATE cannot be locked to STATE", "remove `lockToState`");
      }
    }
  }

  void CheckSizes() {
    const auto min = ParseVolumeSize(volume_.min_size.value);
    const auto max = ParseVolumeSize(volume_.max_size.value);
    if (min && min->kind != VolumeSize::Kind::kAbsolute) {
      Bad(volume_.min_size.mark, "`minSize` must be a size of its own", "write it like 10GiB");
    } else if (min && max && max->kind == VolumeSize::Kind::kAbsolute && min->bytes > max->bytes) {
      Bad(volume_.min_size.mark, "`minSize` is larger than `maxSize`", "correct one of the two");
    }
  }

  void CheckSystem() {
    if (volume_.type.mark.line > 0 || !volume_.filesystem.IsNull()) {
      Bad(volume_.name.mark, "a system volume has no `volumeType` and no `filesystem`", "remove them");
    }
    if (volume_.name.value == "STATE" && volume_.HasProvisioning()) {
      Bad(volume_.name.mark, "STATE can be encrypted, not sized or placed", "keep only `encryption`");
    }
  }

  void CheckUser() {
    const std::string& type = volume_.type.value;
    const bool sized = !volume_.min_size.value.empty() || !volume_.max_size.value.empty();
    if (type == "directory") {
      if (volume_.HasProvisioning() || !volume_.filesystem.IsNull() || !volume_.encryption.IsNull()) {
        Bad(volume_.name.mark, "a directory has no disk, size, filesystem or encryption", "remove them");
      }
      return;
    }
    if (volume_.selector.value.empty() && item_.Find("diskSelector") == nullptr) {
      Bad(volume_.name.mark, "a user volume needs a disk selector",
          "add `diskSelector: {match: system_disk}`");
    }
    if (type == "disk" && (sized || volume_.grow)) {
      Bad(volume_.name.mark, "a whole disk has no size", "remove `minSize`, `maxSize` and `grow`");
    } else if (type != "disk" && !sized) {
      Bad(volume_.name.mark, "a partition needs a size", "add `minSize` or `maxSize`");
    }
    const std::string filesystem = TextOf(volume_.filesystem, "type").value;
    if (volume_.filesystem.Find("projectQuotaSupport") != nullptr && !filesystem.empty() &&
        filesystem != "xfs") {
      Bad(volume_.name.mark, "project quota needs xfs", "remove `projectQuotaSupport`");
    }
  }

  const yaml::Value& item_;
  Reporter& reporter_;
  Volume volume_;
};

}  // namespace

std::vector<Volume> DecodeVolumes(const yaml::Value& spec, Reporter& reporter) {
  std::vector<Volume> volumes;
  std::set<std::string> names;
  for (const yaml::Value& item : ItemsOf(spec, "volumes")) {
    if (item.AsMapping() == nullptr || TextOf(item, "name").mark.line == 0) continue;
    volumes.push_back(VolumeDecoder(item, reporter).Decode());
    if (!names.insert(volumes.back().name.value).second) {
      reporter.Error(item.mark(), code::kBadVolume,
                     "volume " + Tick(volumes.back().name.value) + " is listed twice", "keep one of the two");
    }
  }
  return volumes;
}

}  // namespace slipway
