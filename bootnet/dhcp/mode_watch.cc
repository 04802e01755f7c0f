#include "bootnet/dhcp/mode_watch.h"

#include <algorithm>

#include "bootnet/dhcp/foreign.h"

namespace slipway::dhcp {

std::string_view ToString(Role role) { return role == Role::kServer ? "server" : "proxy"; }

ModeWatch::ModeWatch(int64_t quiet_seconds, int64_t now, std::optional<WatchMemory> memory)
    : quiet_seconds_(quiet_seconds), begin_(now) {
  // A restart is no reason to leave a network without addresses for an hour; a longer absence is.
  if (memory && memory->quiet_since <= memory->watched_until && memory->watched_until <= now &&
      now - memory->watched_until <= quiet_seconds) {
    begin_ = memory->quiet_since;
  }
}

ModeWatch::News ModeWatch::Note(const ForeignServer& heard) {
  const int64_t gave_at = heard.gives_addresses ? heard.last_seen : 0;
  if (heard.gives_addresses) claimed_.reset();
  const auto known = std::find_if(servers_.begin(), servers_.end(), [&](const Heard& item) {
    const ForeignServer& server = item.server;
    return server.id == heard.id && (server.mac == heard.mac || server.mac.IsZero() || heard.mac.IsZero());
  });
  if (known == servers_.end()) {
    if (servers_.size() == kMostServers) {
      const auto oldest = std::min_element(
          servers_.begin(), servers_.end(),
          [](const auto& a, const auto& b) { return a.server.last_seen < b.server.last_seen; });
      begin_ = std::max(begin_, oldest->gave_at);
      servers_.erase(oldest);
    }
    servers_.push_back({heard, gave_at});
    return News::kNew;
  }
  known->gave_at = std::max(known->gave_at, gave_at);
  ForeignServer& server = known->server;
  server.last_seen = heard.last_seen;
  if (heard.mac.IsZero()) return News::kKnown;  // only a client's word
  ForeignServer merged = heard;
  merged.gives_addresses = heard.gives_addresses || server.gives_addresses;
  merged.breaks_uefi = heard.breaks_uefi || server.breaks_uefi;
  if (merged.boot_file.empty()) merged.boot_file = server.boot_file;
  const bool changed = merged.breaks_uefi != server.breaks_uefi || merged.boot_file != server.boot_file ||
                       merged.gives_addresses != server.gives_addresses;
  server = std::move(merged);
  return changed ? News::kChanged : News::kKnown;
}

ModeWatch::News ModeWatch::NotePeer(const AutoPeer& peer, Ipv4 own, int64_t now) {
  if (peer.stand == AutoPeer::Stand::kListening) {
    // It gave way, to us or to a third one: what it gave before keeps nobody from giving addresses now.
    for (Heard& heard : servers_) {
      if (heard.server.id != peer.address) continue;
      heard.gave_at = 0;
      heard.server.gives_addresses = false;
    }
    return News::kKnown;
  }
  const bool serves = peer.stand == AutoPeer::Stand::kServing;
  const bool lower = peer.address.value < own.value;
  bool goes_first = false;
  switch (Stand(now)) {
    case AutoPeer::Stand::kListening:
      goes_first = serves;
      break;
    case AutoPeer::Stand::kClaiming:
      goes_first = serves || lower;
      break;
    case AutoPeer::Stand::kServing:
      goes_first = serves && lower;
      break;
  }
  return goes_first ? Note(ServerOfRequest(peer.address, now)) : News::kKnown;
}

int64_t ModeWatch::QuietSince() const {
  int64_t since = begin_;
  for (const Heard& heard : servers_) since = std::max(since, heard.gave_at);
  return since;
}

const ModeWatch::Heard* ModeWatch::AddressServer(int64_t now) const {
  const auto last = std::max_element(servers_.begin(), servers_.end(),
                                     [](const auto& a, const auto& b) { return a.gave_at < b.gave_at; });
  if (last == servers_.end() || last->gave_at == 0 || now - last->gave_at >= quiet_seconds_) return nullptr;
  return &*last;
}

void ModeWatch::NoteProbed(int64_t sent_at) {
  const int64_t since = QuietSince();
  if (sent_at - since >= quiet_seconds_) claimed_ = since;
}

AutoPeer::Stand ModeWatch::Stand(int64_t now) const {
  const int64_t since = QuietSince();
  if (now - since < quiet_seconds_) return AutoPeer::Stand::kListening;
  return claimed_ == since ? AutoPeer::Stand::kServing : AutoPeer::Stand::kClaiming;
}

Role ModeWatch::AutoRole(int64_t now) const {
  return Stand(now) == AutoPeer::Stand::kServing ? Role::kServer : Role::kProxy;
}

std::string ModeWatch::Reason(int64_t now) const {
  if (const Heard* other = AddressServer(now)) return other->server.id.ToString() + " gives addresses";
  switch (Stand(now)) {
    case AutoPeer::Stand::kServing:
      return "no other server was heard to give addresses";
    case AutoPeer::Stand::kClaiming:
      return "asking once more whether somebody gives addresses";
    case AutoPeer::Stand::kListening:
      break;
  }
  return "listening for other servers for " + std::to_string(QuietSince() + quiet_seconds_ - now) +
         " s more before giving addresses";
}

int64_t ModeWatch::ProbeAfter(int64_t now) const {
  if (Stand(now) == AutoPeer::Stand::kClaiming) return now;
  const int64_t every = std::min<int64_t>(quiet_seconds_, AddressServer(now) != nullptr ? 300 : 60);
  const int64_t claim = QuietSince() + quiet_seconds_;
  return claim > now ? std::min(now + every, claim) : now + every;
}

std::vector<ForeignServer> ModeWatch::servers() const {
  std::vector<ForeignServer> sorted;
  sorted.reserve(servers_.size());
  for (const Heard& heard : servers_) sorted.push_back(heard.server);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.last_seen > b.last_seen; });
  return sorted;
}

}  // namespace slipway::dhcp
