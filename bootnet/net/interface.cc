#include "bootnet/net/interface.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <bit>
#include <cstring>
#include <memory>

namespace slipway {

std::optional<Interface> FindInterface(const std::string& name, std::optional<Ipv4> wanted) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, ::freeifaddrs);
  const auto index = static_cast<int>(::if_nametoindex(name.c_str()));
  if (index == 0) return std::nullopt;
  std::optional<Interface> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET ||
        (entry->ifa_flags & IFF_UP) == 0 || name != entry->ifa_name) {
      continue;
    }
    sockaddr_in address{};
    std::memcpy(&address, entry->ifa_addr, sizeof(address));
    const Ipv4 own{ntohl(address.sin_addr.s_addr)};
    sockaddr_in mask{};
    if (entry->ifa_netmask != nullptr) std::memcpy(&mask, entry->ifa_netmask, sizeof(mask));
    const auto length = static_cast<uint8_t>(std::popcount(mask.sin_addr.s_addr));
    if (!found || own == wanted) found = Interface{name, index, own, length};
  }
  return found;
}

}  // namespace slipway
