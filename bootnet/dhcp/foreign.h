#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bootnet/dhcp/packet.h"
#include "bootnet/net/frames.h"
#include "schema/contract/dhcp_status.h"

/// Other servers on the link: what they send, and a DISCOVER that makes them speak.
namespace slipway::dhcp {

/// What a frame to port 68 tells of the server that sent it; nothing for what is no OFFER, ACK or NAK, or
/// answers an INFORM, which says nothing of who gives addresses.
std::optional<ForeignServer> ReadForeignServer(const UdpFrame& frame, int64_t now);

/// A client's REQUEST names the server whose offer it takes.
ForeignServer ServerOfRequest(Ipv4 server_id, int64_t now);

/// A DISCOVER as UEFI firmware sends it, from a machine that is not there, all its answers to be broadcast.
/// It is never followed by a REQUEST, so it costs another server one address for a minute. `user_class`:
/// option 77, "" for none.
std::vector<uint8_t> BuildDiscoverFrame(const Mac& from, uint32_t xid, std::string_view user_class = {});

/// One line for people: "10.0.0.1 (52:54:00:…) gives addresses; …".
std::string Describe(const ForeignServer& server);

}  // namespace slipway::dhcp
