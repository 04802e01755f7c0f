#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/fleet/mac.h"

namespace slipway {

/// What is known of one machine's installations, by its MAC. Numbers are those of Node.spec.install.revision;
/// 0: none yet.
struct InstallRecord {
  uint32_t offered = 0;     ///< the newest one whose script the machine fetched: no proof of anything
  uint32_t wiped = 0;       ///< the newest one whose wipe the machine took
  uint32_t configured = 0;  ///< the newest one after whose script it fetched its config
  uint32_t completed = 0;   ///< the newest one that is known to be completed, by `evidence`
  int64_t offered_at = 0;   ///< Unix seconds
  int64_t completed_at = 0;
  std::string address;   ///< dotted quad it was last seen under; "" while unknown
  std::string evidence;  ///< one sentence for people
  bool operator==(const InstallRecord&) const = default;
};

/// The install ledger as the gate sees it. Its keeper writes it to disk; here it is only looked at and
/// replaced row by row. Any thread.
class Installs {
 public:
  InstallRecord Find(const Mac& mac) const;  ///< an empty one where nothing is known
  void Set(const Mac& mac, InstallRecord record);
  std::vector<std::pair<Mac, InstallRecord>> All() const;  ///< in no order

 private:
  mutable std::mutex mutex_;
  std::unordered_map<Mac, InstallRecord> records_;
};

}  // namespace slipway
