#pragma once

#include <map>
#include <memory>
#include <string>

#include "reconciler/talos/official_schema.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// Talos' official schemas by minor release: what a host's operator gave for all clusters.
using OfficialSchemas = std::map<int, std::shared_ptr<const talos::OfficialSchema>>;

/// A schema, and what tells it from others.
struct ChosenSchema {
  std::shared_ptr<const talos::OfficialSchema> schema;  ///< nullptr: none
  std::string content_id;                               ///< "" for none and for those of the host
};

/// The schemas that clusters name, each compiled once per content. What a pass did not use is dropped by
/// EndPass(). Not thread-safe.
class SchemaCache {
 public:
  explicit SchemaCache(OfficialSchemas of_host = {}) : of_host_(std::move(of_host)) {}

  /// What configs for `version` in this cluster are checked against: the cluster's own schema when it is of
  /// that release, else the host's. SW1405 and SW1406 about the cluster's own. An error is trouble with
  /// reading.
  Result<ChosenSchema> For(const Cluster& cluster, const TalosVersion& version, const SourceTree& tree,
                           Diagnostics& diagnostics);

  void EndPass();
  size_t compiled() const { return compiled_; }  ///< since the beginning

 private:
  struct Slot {
    tl::expected<std::shared_ptr<const talos::OfficialSchema>, SchemaProblem> parsed;
    bool used = false;
  };
  /// nullptr for one that cannot be used, once that was reported.
  Result<std::shared_ptr<const talos::OfficialSchema>> Own(const Cluster& cluster,
                                                           const SourceTree::Entry& entry,
                                                           const SourceTree& tree, Diagnostics& diagnostics);

  OfficialSchemas of_host_;
  std::map<std::string, Slot> slots_;  ///< by content id
  size_t compiled_ = 0;
};

}  // namespace slipway
