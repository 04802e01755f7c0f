#include "bootnet/catalog/catalog.h"

#include <algorithm>

namespace slipway {
namespace {

struct ByNode {
  bool operator()(const BootEntry* a, const BootEntry* b) const { return a->node < b->node; }
  bool operator()(const BootEntry* a, std::string_view b) const { return a->node < b; }
  bool operator()(std::string_view a, const BootEntry* b) const { return a < b->node; }
};

/// The file's own path for `<folder><any spelling of a MAC><suffix>`, "" for anything else.
std::string CanonicalMachinePath(std::string_view path) {
  const size_t slash = path.rfind('/');
  const size_t dot = path.rfind('.');
  if (slash == std::string_view::npos || dot == std::string_view::npos || dot <= slash) return {};
  const std::optional<Mac> mac = Mac::Parse(path.substr(slash + 1, dot - slash - 1));
  if (!mac) return {};
  const auto same_frame = [&](const std::string& own) {
    const size_t own_slash = own.rfind('/');
    return path.substr(0, slash) == std::string_view(own).substr(0, own_slash) &&
           path.substr(dot) == std::string_view(own).substr(own.rfind('.'));
  };
  for (std::string own : {MachineScriptPath(*mac), MachineConfigPath(*mac)}) {
    if (same_frame(own)) return own;
  }
  return {};
}

/// What GRUB and PXELINUX look for by MAC: …/grub.cfg-01-6c-4b-…, …/pxelinux.cfg/01-6c-4b-…. "" for others.
std::string LoaderConfigPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  constexpr std::string_view kGrub = "grub.cfg-01-";
  if (name.starts_with(kGrub)) {
    const auto mac = Mac::Parse(name.substr(kGrub.size()));
    return mac ? MachineGrubPath(*mac) : "";
  }
  const bool pxelinux = path.starts_with("pxelinux.cfg/") || path.find("/pxelinux.cfg/") != path.npos;
  if (!pxelinux || !name.starts_with("01-")) return {};
  const auto mac = Mac::Parse(name.substr(3));
  return mac ? MachinePxelinuxPath(*mac) : "";
}

}  // namespace

Catalog::Catalog(Manifest manifest, RevisionInfo revision, UniqueFd generation, UniqueFd asset_store)
    : manifest_(std::move(manifest)),
      revision_(std::move(revision)),
      generation_(std::move(generation)),
      asset_store_(std::move(asset_store)) {
  index_.reserve(manifest_.files.size() + revision_.retained_assets.size());
  for (const FileEntry& file : manifest_.files) index_.emplace(file.path, Item{&file, nullptr, {}});
  for (const FileEntry& file : revision_.retained_assets) {
    if (file.kind == FileKind::kAsset) index_.emplace(file.path, Item{&file, nullptr, Place::kAssetStore});
  }
  by_node_.reserve(manifest_.boot.size());
  for (const BootEntry& entry : manifest_.boot) {
    by_node_.push_back(&entry);
    counts_installs_ = counts_installs_ || entry.install_revision > 0;
    const auto own = [&](const std::string& path) {
      const auto it = index_.find(path);
      if (it != index_.end()) it->second.owner = &entry;
    };
    own(entry.script);
    own(entry.config);
    if (entry.loader != Loader::kIpxe || entry.arch == Arch::kArm64) {
      own(MachineGrubPath(entry.mac));
      own(MachinePxelinuxPath(entry.mac));
    }
    if (entry.wipe_script.empty()) continue;
    for (const Loader loader : {Loader::kIpxe, Loader::kGrub, Loader::kPxelinux})
      own(MachineWipePath(entry.mac, loader));
  }
  std::stable_sort(by_node_.begin(), by_node_.end(), ByNode{});
}

std::optional<Catalog::Item> Catalog::FindExact(std::string_view path) const {
  const auto it = index_.find(path);
  if (it == index_.end()) return std::nullopt;
  return it->second;
}

std::optional<Catalog::Item> Catalog::Find(std::string_view path) const {
  if (std::optional<Item> item = FindExact(path)) return item;
  if (path == "autoexec.ipxe" || path.ends_with("/autoexec.ipxe")) return FindExact(kEntryScriptPath);
  const std::string canonical = CanonicalMachinePath(path);
  if (!canonical.empty()) return FindExact(canonical);
  const std::string config = LoaderConfigPath(path);
  if (!config.empty()) return FindExact(config);
  return std::nullopt;
}

std::span<const BootEntry* const> Catalog::RowsOfNode(std::string_view node) const {
  const auto [first, last] = std::equal_range(by_node_.begin(), by_node_.end(), node, ByNode{});
  return {first, last};
}

}  // namespace slipway
