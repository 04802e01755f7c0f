// ContainerConfig, from Talos 1.14. Source: pkg/machinery/config/types/container,
// config/container/container_deps.go.
#include <algorithm>
#include <array>
#include <set>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/volumes.h"

namespace slipway::talos {
namespace {

template <size_t kCount>
void CheckWords(const yaml::Sequence& items, const std::array<std::string_view, kCount>& words,
                const std::string& what, Report& report) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  for (const yaml::Value& item : items) {
    if (std::find(words.begin(), words.end(), Text(item)) == words.end())
      report.Error(item, "`" + Text(item) + "` is no " + what, "write one of " + list);
  }
}

void CheckPath(const yaml::Value& parent, const char* field, Report& report) {
  if (!Text(parent, field).starts_with('/'))
    report.Error(Nearest(parent, field), '`' + std::string(field) + "` must be an absolute path",
                 "write it from /");
}

void CheckMount(const yaml::Value& mount, std::set<std::string>& destinations, Report& report) {
  constexpr std::array<std::string_view, 8> kOptions = {"ro",    "rw",      "noexec", "nosuid",
                                                        "nodev", "noatime", "rbind",  "rshared"};
  const yaml::Value* chosen = nullptr;
  int kinds = 0;
  for (const char* kind : {"userVolume", "tmpfs", "hostPath"}) {
    const yaml::Value* found = Get(mount, kind);
    if (found == nullptr) continue;
    ++kinds;
    chosen = found;
    if (std::string_view(kind) == "userVolume" && Text(*found, "name").empty())
      report.Error(*found, "a mounted user volume has a `name`", "add it");
    if (std::string_view(kind) == "hostPath") CheckPath(*found, "source", report);
  }
  if (kinds != 1) {
    report.Error(mount, "a mount is a `userVolume`, a `tmpfs` or a `hostPath`, exactly one of them",
                 "correct it");
    return;
  }
  CheckPath(*chosen, "destination", report);
  if (!destinations.insert(Text(*chosen, "destination")).second)
    report.Error(*chosen, "two mounts have one destination", "give each its own");
  const yaml::Sequence& options = Items(*chosen, "options");
  CheckWords(options, kOptions, "option of a mount", report);
  const auto has = [&](const char* word) {
    return std::any_of(options.begin(), options.end(),
                       [word](const auto& item) { return Text(item) == word; });
  };
  if (has("ro") && has("rw"))
    report.Error(*Get(*chosen, "options"), "a mount is `ro` or `rw`, not both", "keep one");
}

void CheckSecurity(const yaml::Value& document, Report& report) {
  const std::string profile = Text(document, "security.profile");
  if (!profile.empty() && profile != "restricted" && profile != "privileged") {
    report.Error(*Get(document, "security.profile"), "a container's profile is restricted or privileged",
                 "write one of them");
  }
  const yaml::Sequence& added = Items(document, "security.capabilities.add");
  const yaml::Sequence& dropped = Items(document, "security.capabilities.drop");
  for (const yaml::Sequence* list : {&added, &dropped}) {
    for (const yaml::Value& item : *list) {
      const std::string name = Text(item);
      const bool word =
          !name.empty() && !name.starts_with("CAP_") &&
          std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
      if (!word || (list == &added && name == "ALL"))
        report.Error(item, "`" + name + "` is no capability that can stand here",
                     "write it like NET_ADMIN; for all there is `profile: privileged`");
    }
  }
  for (const yaml::Value& item : added) {
    if (std::any_of(dropped.begin(), dropped.end(),
                    [&](const auto& other) { return Text(other) == Text(item); }))
      report.Error(item, "the capability `" + Text(item) + "` is added and dropped", "keep one of the two");
  }
}

void CheckLimits(const yaml::Value& document, Report& report) {
  const std::string memory = Text(document, "resources.limits.memory");
  if (const auto size = ParseVolumeSize(memory);
      !memory.empty() && (!size || size->kind != VolumeSize::Kind::kAbsolute)) {
    report.Error(*Get(document, "resources.limits.memory"), "`memory` must be a size",
                 "write it like 512MiB");
  }
  const std::string cpu = Text(document, "resources.limits.cpu");
  const bool millicores = cpu.size() > 1 && cpu.ends_with('m') &&
                          cpu.find_first_not_of("0123456789") == cpu.size() - 1 &&
                          cpu.find_first_not_of('0') != cpu.size() - 1;
  if (!cpu.empty() && !millicores)
    report.Error(*Get(document, "resources.limits.cpu"), "`cpu` must be in millicores",
                 "write it like 1500m");
}

/// A reference like docker.io/library/nginx:1.29@sha256:…; what it needs not say is passed over.
/// Source: go-containerregistry, name.ParseReference.
bool IsImage(std::string_view text) {
  text = text.substr(0, text.find('@'));
  const size_t slash = text.find('/');
  const size_t tag = text.rfind(':');
  if (tag != std::string_view::npos && (text.rfind('/') == std::string_view::npos || tag > text.rfind('/')))
    text = text.substr(0, tag);
  const std::string_view first = slash == std::string_view::npos ? "" : text.substr(0, slash);
  if (first.find_first_of(".:") != std::string_view::npos || first == "localhost")
    text.remove_prefix(slash + 1);
  return text.size() >= 2 && text.size() <= 255 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-./") == std::string_view::npos;
}

void CheckContainer(const yaml::Value& document, Report& report) {
  constexpr size_t kLongestName = 63;
  const std::string name = Text(document, "name");
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (name.empty() || name.size() > kLongestName || !good)
    report.Error(Nearest(document, "name"), "the name is 1 to 63 small letters, digits and '-'", "rename it");
  const std::string image = Text(document, "image");
  if (!IsImage(image)) {
    report.Error(Nearest(document, "image"), "a ContainerConfig needs an `image`",
                 "write it like docker.io/library/nginx:1.29");
  } else if (image.find("@sha256:") == std::string::npos) {
    report.Warning(*Get(document, "image"), "the image has no digest, so a restart may run another one",
                   "write it with @sha256:…");
  }
  for (const yaml::Value& variable : Items(document, "environment")) {
    if (Text(variable).find('=') == std::string::npos)
      report.Error(variable, "a variable is written KEY=value", "add the value");
  }
  std::set<std::string> destinations;
  for (const yaml::Value& mount : Items(document, "mounts")) CheckMount(mount, destinations, report);
  CheckSecurity(document, report);
  CheckLimits(document, report);
  const std::string mode = Text(document, "network.mode");
  if (!mode.empty() && mode != "none" && mode != "host")
    report.Error(*Get(document, "network.mode"), "a container's network is none or host",
                 "write one of them");
  for (const char* id : {"runAs.uid", "runAs.gid"}) {
    if (Number(document, id) < 0) report.Error(*Get(document, id), "an id cannot be negative", "correct it");
  }
  constexpr std::array<std::string_view, 4> kConditions = {"addresses", "connectivity", "hostname",
                                                           "etcfiles"};
  CheckWords(Items(document, "dependsOn.networks"), kConditions, "condition of the network", report);
  for (const yaml::Value& path : Items(document, "dependsOn.paths")) {
    if (!Text(path).starts_with('/')) report.Error(path, "a path to wait for is absolute", "write it from /");
  }
  for (const yaml::Value& other : Items(document, "dependsOn.containers")) {
    if (Text(other).empty() || Text(other) == name)
      report.Error(other, "a container depends on another one, by its name", "correct it");
  }
}

}  // namespace

bool ValidateContainerDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  if (kind != "ContainerConfig") return false;
  CheckContainer(document, report);
  return true;
}

}  // namespace slipway::talos
