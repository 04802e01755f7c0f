#pragma once

#include <cstdint>
#include <string_view>

#include "bootnet/dhcp/encode.h"
#include "bootnet/dhcp/packet.h"
#include "schema/fleet/fleet.h"

namespace slipway::dhcp {

/// What a client is told of its lease, in seconds (RFC 2131 §4.4.5).
struct LeaseTerms {
  uint32_t lease = 0;
  uint32_t renewal = 0;    ///< T1: half of it, a little less for some
  uint32_t rebinding = 0;  ///< T2: seven eighths of it, likewise
};

/// The subnet's lease time, or the shorter one that the client asks for, but a minute at least. T1 and T2 are
/// spread by the MAC, so that machines that booted together do not renew together.
LeaseTerms TermsFor(const Packet& packet, const Subnet& subnet);

void WriteTerms(ReplyWriter& writer, const LeaseTerms& terms);

/// What the subnet has for the options that the client lists (55), in order of importance; what does not fit
/// is left out. Without a list all but the classless routes. A client that lists those (121, RFC 3442)
/// ignores option 3, so they begin with the default route.
void WriteSubnetOptions(ReplyWriter& writer, const Packet& packet, const Subnet& subnet,
                        std::string_view hostname);

}  // namespace slipway::dhcp
