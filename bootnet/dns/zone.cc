#include "bootnet/dns/zone.h"

namespace slipway::dns {

Zone::Zone(const Manifest& manifest)
    : enabled_(manifest.dns.enabled), domain_(manifest.dns.domain), ttl_(manifest.dns.ttl_seconds) {
  if (!enabled_) return;
  for (const DnsName& name : manifest.names) {
    names_[name.name] = name.addresses;
    for (const Ipv4 address : name.addresses) addresses_[address.value].push_back(name.name);
    for (size_t dot = name.name.find('.'); dot != std::string::npos; dot = name.name.find('.', dot + 1)) {
      above_.insert(name.name.substr(dot + 1));
    }
  }
}

const std::vector<Ipv4>* Zone::Find(std::string_view name) const {
  const auto found = names_.find(std::string(name));
  return found == names_.end() ? nullptr : &found->second;
}

const std::vector<std::string>* Zone::NamesOf(Ipv4 address) const {
  const auto found = addresses_.find(address.value);
  return found == addresses_.end() ? nullptr : &found->second;
}

bool Zone::IsAbove(std::string_view name) const { return above_.contains(std::string(name)); }

bool Zone::Owns(std::string_view name) const {
  if (domain_.empty() || !name.ends_with(domain_)) return false;
  const size_t rest = name.size() - domain_.size();
  return rest == 0 || name[rest - 1] == '.';
}

}  // namespace slipway::dns
