#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "schema/contract/manifest.h"
#include "schema/fleet/ipv4.h"

namespace slipway::dns {

/// The names of one served revision. Immutable; holds what it needs of the manifest.
class Zone {
 public:
  Zone() = default;
  explicit Zone(const Manifest& manifest);

  bool enabled() const { return enabled_; }
  const std::string& domain() const { return domain_; }  ///< "" where the Site names none
  uint32_t ttl() const { return ttl_; }

  /// nullptr for a name that is not served. Names are lower case, without the trailing dot.
  const std::vector<Ipv4>* Find(std::string_view name) const;
  /// nullptr for an address that no served name has.
  const std::vector<std::string>* NamesOf(Ipv4 address) const;
  /// Whether served names lie below this one, so that it exists without having an address.
  bool IsAbove(std::string_view name) const;
  /// Whether the name is the domain, or lies below it: then we know that it does not exist.
  bool Owns(std::string_view name) const;

 private:
  bool enabled_ = false;
  std::string domain_;
  uint32_t ttl_ = 60;
  std::unordered_map<std::string, std::vector<Ipv4>> names_;
  std::unordered_map<uint32_t, std::vector<std::string>> addresses_;
  std::unordered_set<std::string> above_;
};

}  // namespace slipway::dns
