#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "bootnet/dhcp/lease_server.h"
#include "tests/bootnet/dhcp/packets.h"
#include "tests/bootnet/world.h"

/// An address server for 192.0.2.0/24 with the range .100 to .109, beside a second subnet behind a relay.
/// Node alpha has two cards and .50, node beta none of its own.
namespace slipway::testing {

inline constexpr Ipv4 kOurs{0xc000020a};      // 192.0.2.10
inline constexpr Ipv4 kFixed{0xc0000232};     // 192.0.2.50
inline constexpr Ipv4 kFirst{0xc0000264};     // 192.0.2.100
inline constexpr Ipv4 kLast{0xc000026d};      // 192.0.2.109
inline constexpr Ipv4 kEndpoint{0xc0000265};  // 192.0.2.101, inside the range
inline constexpr Ipv4 kRelay{0xc6336401};     // 198.51.100.1
inline constexpr Mac kPhone1{{0x02, 0, 0, 0, 0xcc, 0x01}};
inline constexpr Mac kPhone2{{0x02, 0, 0, 0, 0xcc, 0x02}};
inline constexpr Mac kSquatter{{0x02, 0, 0, 0, 0xdd, 0x01}};

Manifest LeaseManifest();

/// A client packet of any operating system; without the end option.
Bytes OsPacket(const Mac& mac, dhcp::MessageType type);
Bytes AddressBytes(Ipv4 address);
void SetHeader(Bytes& packet, size_t at, Ipv4 address);  ///< 12: ciaddr, 24: giaddr

class LeaseWorld {
 public:
  explicit LeaseWorld(dhcp::LeaseSettings settings = {}, Manifest manifest = LeaseManifest());

  dhcp::LeaseStep Ask(const Bytes& packet);
  /// The same, with nobody answering for any address that is probed.
  dhcp::LeaseStep AskOnQuietNet(const Bytes& packet);

  /// DISCOVER and REQUEST on a quiet net; the address, or 0.0.0.0.
  Ipv4 Lease(const Mac& mac);
  dhcp::LeaseStep Request(const Mac& mac, Ipv4 address);  ///< SELECTING
  dhcp::LeaseStep Reboot(const Mac& mac, Ipv4 address);   ///< INIT-REBOOT
  dhcp::LeaseStep Renew(const Mac& mac, Ipv4 address);

  /// A new server with what was to be durable.
  void Restart();

  dhcp::LeaseSettings settings;
  Snapshot snapshot;
  std::unique_ptr<dhcp::LeaseServer> server;
  dhcp::LocalSide local{kOurs, 8080, dhcp::Arrival::kBroadcast};
  dhcp::Scope scope = dhcp::Scope::kEverything;
  int64_t now = 1'700'000'000;
  std::map<uint32_t, dhcp::Binding> disk;

 private:
  void Begin();
};

Ipv4 YourAddress(const dhcp::LeaseStep& step);  ///< yiaddr of the reply; 0.0.0.0 without one
dhcp::MessageType TypeOf(const dhcp::LeaseStep& step);
Bytes OptionIn(const dhcp::LeaseStep& step, uint8_t code);

}  // namespace slipway::testing
