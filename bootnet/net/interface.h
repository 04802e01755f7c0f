#pragma once

#include <optional>
#include <string>

#include "schema/fleet/ipv4.h"

namespace slipway {

/// A network interface that is up and has an IPv4 address.
struct Interface {
  std::string name;
  int index = 0;
  Ipv4 address;
  uint8_t prefix_length = 32;
  bool operator==(const Interface&) const = default;
};

/// Looks an interface up by name. `wanted` is taken for its address where it has that one; otherwise its
/// first. Nothing while it does not exist, is down, or has no address.
std::optional<Interface> FindInterface(const std::string& name, std::optional<Ipv4> wanted);

}  // namespace slipway
