#include "bootnet/dhcp/mode_watch.h"

#include <algorithm>

namespace slipway::dhcp {

std::string_view ToString(Role role) { return role == Role::kServer ? "server" : "proxy"; }

ModeWatch::ModeWatch(int64_t quiet_seconds, int64_t now, std::optional<WatchMemory> memory)
    : quiet_seconds_(quiet_seconds), quiet_since_(now) {
  // A restart is no reason to leave a network without addresses for an hour; a longer absence is.
  if (memory && memory->quiet_since <= memory->watched_until && memory->watched_until <= now &&
      now - memory->watched_until <= quiet_seconds) {
    quiet_since_ = memory->quiet_since;
  }
}

ModeWatch::News ModeWatch::Note(const ForeignServer& heard) {
  if (heard.gives_addresses) quiet_since_ = std::max(quiet_since_, heard.last_seen);
  const auto known = std::find_if(servers_.begin(), servers_.end(), [&](const ForeignServer& server) {
    return server.id == heard.id && (server.mac == heard.mac || server.mac.IsZero() || heard.mac.IsZero());
  });
  if (known == servers_.end()) {
    if (servers_.size() == kMostServers) {
      servers_.erase(std::min_element(servers_.begin(), servers_.end(), [](const auto& a, const auto& b) {
        return a.last_seen < b.last_seen;
      }));
    }
    servers_.push_back(heard);
    return News::kNew;
  }
  known->last_seen = heard.last_seen;
  if (heard.mac.IsZero()) return News::kKnown;  // only a client's word
  ForeignServer merged = heard;
  merged.gives_addresses = heard.gives_addresses || known->gives_addresses;
  merged.breaks_uefi = heard.breaks_uefi || known->breaks_uefi;
  if (merged.boot_file.empty()) merged.boot_file = known->boot_file;
  const bool changed = merged.breaks_uefi != known->breaks_uefi || merged.boot_file != known->boot_file ||
                       merged.gives_addresses != known->gives_addresses;
  *known = std::move(merged);
  return changed ? News::kChanged : News::kKnown;
}

bool ModeWatch::AddressServerSeen(int64_t now) const {
  return std::any_of(servers_.begin(), servers_.end(), [&](const ForeignServer& server) {
    return server.gives_addresses && now - server.last_seen < quiet_seconds_;
  });
}

Role ModeWatch::AutoRole(int64_t now) const {
  return probed_ && now - quiet_since_ >= quiet_seconds_ ? Role::kServer : Role::kProxy;
}

std::string ModeWatch::Reason(int64_t now) const {
  if (AutoRole(now) == Role::kServer) return "no other server was heard to give addresses";
  for (const ForeignServer& server : servers()) {
    if (server.gives_addresses && now - server.last_seen < quiet_seconds_) {
      return server.id.ToString() + " gives addresses";
    }
  }
  return "listening for other servers for " + std::to_string(quiet_since_ + quiet_seconds_ - now) +
         " s more before giving addresses";
}

int64_t ModeWatch::ProbeAfter(int64_t now) const {
  return now + (AutoRole(now) == Role::kProxy && AddressServerSeen(now) ? 300 : 60);
}

std::vector<ForeignServer> ModeWatch::servers() const {
  std::vector<ForeignServer> sorted = servers_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.last_seen > b.last_seen; });
  return sorted;
}

}  // namespace slipway::dhcp
