#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bootnet/catalog/unique_fd.h"
#include "schema/contract/manifest.h"
#include "schema/fleet/result.h"

namespace slipway {

/// One published generation as the servers see it. Immutable, so it may be shared between threads; it keeps
/// the generation's directory open, so that `current` may move on while a machine is still being served from
/// it.
class Catalog {
 public:
  enum class Place : uint8_t {
    kGeneration,  ///< a file of this generation
    kAssetStore,  ///< an asset that only a former generation named, kept for boots in progress
  };
  /// What a path means. The pointers live as long as the catalog.
  struct Item {
    const FileEntry* file = nullptr;
    const BootEntry* owner = nullptr;  ///< of a machine's script or config
    Place place = Place::kGeneration;
  };

  /// From parts that are already known to belong together. `generation` and `asset_store` are directory
  /// descriptors; where nothing will be opened they may own nothing.
  Catalog(Manifest manifest, RevisionInfo revision, UniqueFd generation, UniqueFd asset_store);
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Opens `<state_dir>/current` once and reads everything below that one directory. The manifest's digest
  /// must be the one the revision names (kRetry otherwise: a publisher repairs it); the files themselves are
  /// the publisher's to verify. Blocking; 20,000 files take some tens of milliseconds.
  static Result<std::shared_ptr<const Catalog>> Load(const std::string& state_dir);

  const Manifest& manifest() const { return manifest_; }
  const RevisionInfo& revision() const { return revision_; }

  /// Looks a path up as NormalizeRequestPath returns it. A MAC in a machine's path may be spelled as
  /// Mac::Parse accepts it; `autoexec.ipxe` in any folder is the entry script, since builds of iPXE differ in
  /// where they look for it (efi_autoexec.c).
  std::optional<Item> Find(std::string_view path) const;

  const BootEntry* FindMac(const Mac& mac) const { return manifest_.FindMac(mac); }
  /// Whether installations of any node are counted.
  bool counts_installs() const { return counts_installs_; }
  /// Every MAC of a node.
  std::span<const BootEntry* const> RowsOfNode(std::string_view node) const;

  /// Opens an item's file below the held directories, without following links. An error where its size is not
  /// the manifest's: such a file was edited on disk and is not served.
  Result<UniqueFd> Open(const Item& item) const;

 private:
  std::optional<Item> FindExact(std::string_view path) const;

  Manifest manifest_;
  RevisionInfo revision_;
  UniqueFd generation_;
  UniqueFd asset_store_;
  std::unordered_map<std::string_view, Item> index_;  ///< keys point into manifest_ and revision_
  std::vector<const BootEntry*> by_node_;             ///< sorted by node
  bool counts_installs_ = false;
};

}  // namespace slipway
