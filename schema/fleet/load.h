#pragma once

#include <memory>
#include <optional>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// What came of loading a revision. `fleet` is there if and only if `diagnostics` holds no error.
struct LoadOutcome {
  std::optional<Fleet> fleet;
  Diagnostics diagnostics;  ///< sorted, warnings included
  size_t files_read = 0;    ///< YAML files parsed this time (cached ones are not)
};

/// Bounds on a tree. The defaults are the product's.
struct LoadLimits {
  size_t entries = 1'000'000;
  size_t file_bytes = 1U << 20U;  ///< of a YAML file
};

/// Reads every `*.yaml` and `*.yml` of a tree that holds Slipway resources, checks each against its JSON
/// Schema and all together for what a schema cannot say, and reports every problem at once in source order.
/// Files that are only referred to (base configs, patches, templates) are not resources: a YAML file none of
/// whose documents has an `apiVersion` beginning with `slipway/` is passed over. `.slipwayignore` (gitignore
/// syntax) at the tree's root excludes paths. Deterministic: the outcome depends on the tree alone.
///
/// Keeps what it parsed by content id, so that loading the next revision reads only what changed; the outcome
/// is the same as that of a fresh loader. Not thread-safe; while it loads it decodes on up to four threads,
/// the tree is only read from the caller's. A read error of the tree becomes an Error, not a diagnostic.
class FleetLoader {
 public:
  explicit FleetLoader(const LoadLimits& limits = {});
  ~FleetLoader();
  FleetLoader(const FleetLoader&) = delete;
  FleetLoader& operator=(const FleetLoader&) = delete;

  Result<LoadOutcome> Load(const SourceTree& tree);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
