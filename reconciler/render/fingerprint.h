#pragma once

#include <string>

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
  std::string data_;
};

}  // namespace slipway
