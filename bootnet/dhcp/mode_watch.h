#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/contract/dhcp_status.h"

namespace slipway::dhcp {

enum class Role : uint8_t {
  kProxy,   ///< another server gives the addresses
  kServer,  ///< we do
};
std::string_view ToString(Role role);  ///< "proxy", "server"

/// What `auto` remembers over a restart.
struct WatchMemory {
  int64_t quiet_since = 0;    ///< since when no server that gives addresses was heard
  int64_t watched_until = 0;  ///< when this was written
};

/// Which servers are heard on a link, and what `boot.dhcp: auto` does there: it gives addresses only after it
/// has listened for `quiet_seconds` without hearing another server do so, and stops at once when one appears.
/// Pure: the caller brings the clock, Unix seconds.
class ModeWatch {
 public:
  static constexpr size_t kMostServers = 32;  ///< the one unheard the longest makes room

  ModeWatch(int64_t quiet_seconds, int64_t now, std::optional<WatchMemory> memory);

  enum class News : uint8_t { kKnown, kNew, kChanged };
  News Note(const ForeignServer& server);
  /// A DISCOVER of ours had its time to be answered.
  void NoteProbed() { probed_ = true; }

  Role AutoRole(int64_t now) const;
  std::string Reason(int64_t now) const;  ///< of AutoRole, one sentence
  WatchMemory Memory(int64_t now) const { return {quiet_since_, now}; }
  /// When to send the next DISCOVER: every minute until it is known who gives addresses, and while we do;
  /// every five minutes where another server is known, since its own answers are heard as well.
  int64_t ProbeAfter(int64_t now) const;
  std::vector<ForeignServer> servers() const;  ///< last seen first

 private:
  bool AddressServerSeen(int64_t now) const;

  int64_t quiet_seconds_;
  int64_t quiet_since_;
  bool probed_ = false;
  std::vector<ForeignServer> servers_;
};

}  // namespace slipway::dhcp
