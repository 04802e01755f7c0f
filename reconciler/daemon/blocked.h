#pragma once

#include <set>
#include <string>

#include "schema/fleet/mac.h"
#include "schema/fleet/result.h"

namespace slipway {

/// MACs that an operator blocked on this host: <state_dir>/blocked.json, written by the daemon alone, at once
/// and durably. A missing file is an empty set; a damaged one is an error, because forgetting a block could
/// wipe a disk.
class BlockedMachines {
 public:
  static Result<BlockedMachines> Load(const std::string& state_dir);

  const std::set<Mac>& macs() const { return macs_; }

  /// The file is replaced before the set changes.
  Result<void> Add(const Mac& mac);
  Result<void> Remove(const Mac& mac);

 private:
  Result<void> Replace(std::set<Mac> macs);

  std::string path_;
  std::set<Mac> macs_;
};

}  // namespace slipway
