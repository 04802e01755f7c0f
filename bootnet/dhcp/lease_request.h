#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bootnet/dhcp/answer.h"
#include "bootnet/dhcp/lease_options.h"
#include "bootnet/dhcp/lease_table.h"

namespace slipway::dhcp {

/// A reply that gives an address, and the terms that stand in it.
struct Grant {
  Reply reply;
  LeaseTerms terms;
};

/// One packet to the address server, with what was found out about it, and the replies it can get. Lives
/// during one call; the references are the caller's.
struct LeaseRequest {
  LeaseRequest(const Packet& from, const LocalSide& side, const Snapshot& live, int64_t unix_seconds);

  const Packet& packet;
  const LocalSide& local;
  const Snapshot& snapshot;
  const int64_t now;
  const Ipv4 server_id;            ///< ours, as this client is to see it
  const Subnet* subnet = nullptr;  ///< the client's
  BootEvent event;

  Binding MakeBinding(Ipv4 address, BindingState state, int64_t until) const;

  /// OFFER, ACK or the reply to BOOTP, with what the gate lets the machine boot. The event says what was
  /// given. Nothing when the boot file does not fit into what the client takes.
  std::optional<Grant> WriteGrant(Ipv4 address, MessageType type, std::string_view hostname);
  /// Without an address and its terms (RFC 2131 §4.3.5).
  std::optional<Reply> WriteInform(std::string_view hostname);
  /// Only what a client needs to know that it is meant.
  Reply WriteNak(std::string_view why) const;

 private:
  std::optional<std::string> WriteBoot(class ReplyWriter& writer, MessageType type);
  Reply Send(std::vector<uint8_t> payload, Ipv4 yiaddr) const;
};

}  // namespace slipway::dhcp
