#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "schema/contract/manifest.h"
#include "schema/fleet/effect.h"
#include "schema/fleet/result.h"

/// What a revision does to machines, told by their boot tables. Pure.
namespace slipway::guard {

/// One machine to which something happens. A machine is its MACs: a Node that is renamed is the same one, a
/// Node whose MACs are all new is another.
struct Change {
  Mac mac;                         ///< its first, in the revision or in what is served where it is withdrawn
  std::string node;                ///< its name in the revision, or in what is served where it is withdrawn
  std::string cluster;             ///< likewise
  bool control_plane = false;      ///< of what is served
  std::vector<Effect> effects;     ///< sorted, at least one
  std::vector<std::string> facts;  ///< what exactly differs, in a fixed form, without secrets

  bool Has(Effect effect) const;
};

struct ChangeSet {
  std::vector<Change> changes;  ///< sorted by node
  size_t machines_before = 0;
  size_t machines_after = 0;
};

/// Where a machine's file of a kind is; "" where it has none.
const std::string& PathOf(const BootEntry& entry, FileKind kind);

/// What differs between the contents of a machine's file in what is served and in the revision: "" where it
/// is the same or does not matter, otherwise both digests. Paths may be "" on one side.
using FileDifference =
    std::function<Result<std::string>(const BootEntry& before, const BootEntry& after, FileKind kind)>;

/// Of both manifests only the boot tables are read. An error is one of `differs`.
Result<ChangeSet> Compare(const Manifest& served, const Manifest& revision, const FileDifference& differs);

}  // namespace slipway::guard
