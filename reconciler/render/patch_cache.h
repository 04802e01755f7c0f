#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "reconciler/render/file_cache.h"
#include "reconciler/talos/patch.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_table.h"

namespace slipway {

/// A patch ready to be applied to configs of one minor release. Immutable.
struct LoadedPatch {
  std::string path;        ///< of the file that holds it
  std::string content_id;  ///< of a patch file; "" for one in place, which is part of its resource
  talos::ConfigPatch patch;
  talos::Problems problems;  ///< when not empty, `patch` is empty
};

/// A base config decoded for one minor release. Immutable.
struct LoadedBase {
  std::string path;
  std::string content_id;
  talos::Documents documents;
  talos::Problems problems;
};

/// Bases and patches in the form their release needs, each made once for as long as its text is the same.
/// What a pass did not use is dropped by EndPass(). Not thread-safe.
class PatchCache {
 public:
  std::shared_ptr<const LoadedBase> Base(const std::shared_ptr<const YamlFile>& file, int minor);
  std::shared_ptr<const LoadedPatch> File(const std::shared_ptr<const YamlFile>& file, int minor);

  /// A patch that stands in a resource. `owner` is the resource, which keeps the patch where it is.
  std::shared_ptr<const LoadedPatch> InPlace(const Patch& patch, const std::shared_ptr<const void>& owner,
                                             const std::string& path, int minor);

  /// The files behind the sources of marks.
  SourceTable& sources() { return sources_; }

  void EndPass();

 private:
  /// A text and a release. The slot holds the text's owner, so that an address is never taken twice.
  using Key = std::pair<const void*, int>;
  template <class Loaded>
  struct Slot {
    std::shared_ptr<const void> owner;
    std::shared_ptr<const Loaded> loaded;
    bool used = false;
  };
  talos::Documents Roots(const YamlFile& file);

  SourceTable sources_;
  std::map<Key, Slot<LoadedBase>> bases_;
  std::map<Key, Slot<LoadedPatch>> patches_;
};

}  // namespace slipway
