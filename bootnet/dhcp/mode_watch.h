#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bootnet/dhcp/auto_peer.h"
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
/// Several daemons in `auto` on one link agree on one of them: before the first address each says that it
/// means to give some (its claim), and gives way to who serves already, and to a claim of a lower
/// address. Where two serve, the lower address goes on. Pure: the caller brings the clock, Unix seconds.
class ModeWatch {
 public:
  static constexpr size_t kMostServers = 32;  ///< the one unheard the longest makes room

  ModeWatch(int64_t quiet_seconds, int64_t now, std::optional<WatchMemory> memory);

  enum class News : uint8_t { kKnown, kNew, kChanged };
  News Note(const ForeignServer& server);
  /// Another daemon in `auto` said so; `own`: our address on the link.
  News NotePeer(const AutoPeer& peer, Ipv4 own, int64_t now);
  /// A DISCOVER of ours had its time to be answered. Sent while our stand was kClaiming, it is our claim.
  void NoteProbed(int64_t sent_at);

  AutoPeer::Stand Stand(int64_t now) const;  ///< to be told to other daemons
  Role AutoRole(int64_t now) const;
  std::string Reason(int64_t now) const;  ///< of AutoRole, one sentence
  WatchMemory Memory(int64_t now) const { return {QuietSince(), now}; }
  /// When to send the next DISCOVER: when it is time for our claim; every minute until it is known who gives
  /// addresses, and while we do; every five minutes where another server is known, since its own answers are
  /// heard as well.
  int64_t ProbeAfter(int64_t now) const;
  std::vector<ForeignServer> servers() const;  ///< last seen first

 private:
  struct Heard {
    ForeignServer server;
    int64_t gave_at = 0;  ///< when it was last heard to give addresses
  };
  int64_t QuietSince() const;
  const Heard* AddressServer(int64_t now) const;  ///< that was heard last, within the quiet time

  int64_t quiet_seconds_;
  int64_t begin_;                   ///< quiet since then, but for `servers_`
  std::optional<int64_t> claimed_;  ///< the quiet time that our claim was made for, by its begin
  std::vector<Heard> servers_;
};

}  // namespace slipway::dhcp
