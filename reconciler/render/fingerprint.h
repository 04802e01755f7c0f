#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "schema/contract/sha256.h"
#include "schema/fleet/fleet.h"

namespace slipway {

/// Collects everything that an output depends on into one digest. Fields are length-prefixed, so that no two
/// different sequences of fields collide.
class Fingerprint {
 public:
  void Add(std::string_view field);
  void Add(const Site& site);
  void Add(const Cluster& cluster);
  void Add(const Node& node);
  Sha256 Finish();

 private:
  void Add(const std::vector<Patch>& patches);
  void Add(const TalosOptions& options);
  void Add(const std::vector<std::string>& texts);
  std::string data_;
};

/// Fingerprints of nodes, each computed once for as long as loading hands out the same object (FleetLoader
/// does, for files that did not change). Keeps the nodes of the last pass alive. Not thread-safe.
class NodeFingerprints {
 public:
  const Sha256& Of(const std::shared_ptr<const Node>& node);

  /// Forgets the nodes that were not asked for since the last call.
  void EndPass();

 private:
  struct Known {
    std::shared_ptr<const Node> node;
    Sha256 digest;
    bool used = false;
  };
  std::unordered_map<const Node*, Known> known_;
};

}  // namespace slipway
