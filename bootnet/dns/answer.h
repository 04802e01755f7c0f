#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bootnet/dns/zone.h"
#include "schema/fleet/ipv4.h"

namespace slipway::dns {

enum class Transport : uint8_t {
  kUdp,  ///< at most 512 bytes, or what EDNS0 allows up to 1232; then TC
  kTcp,
};

/// The answer to one message, from the served names alone: addresses (A), names of served addresses (PTR),
/// SOA and NS of the domain, "no such record" (with an SOA) for other types of names that exist, NXDOMAIN
/// inside the domain, REFUSED for everything else. Never recursive. Nothing for what must not be answered:
/// responses, and what is shorter than a header. `local`: the address that was asked, which the domain's NS
/// has. Pure; any bytes are safe.
std::optional<std::vector<uint8_t>> Answer(std::span<const uint8_t> message, Transport transport,
                                           const Zone& zone, Ipv4 local);

}  // namespace slipway::dns
