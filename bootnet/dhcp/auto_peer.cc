#include "bootnet/dhcp/auto_peer.h"

#include <array>
#include <string_view>

namespace slipway::dhcp {
namespace {

constexpr std::string_view kWho = "slipway-auto ";
constexpr std::array<std::string_view, 3> kStands{"listening ", "claiming ", "serving "};

}  // namespace

std::string UserClassOf(const AutoPeer& peer) {
  std::string text(kWho);
  text += kStands[static_cast<size_t>(peer.stand)];
  text += peer.address.ToString();
  return static_cast<char>(text.size()) + text;
}

std::optional<AutoPeer> ReadAutoPeer(const Packet& packet) {
  std::string_view text = packet.options.Text(kOptUserClass);
  if (packet.type != MessageType::kDiscover || text.empty() ||
      static_cast<uint8_t>(text.front()) != text.size() - 1)
    return std::nullopt;
  text.remove_prefix(1);
  if (!text.starts_with(kWho)) return std::nullopt;
  text.remove_prefix(kWho.size());
  for (size_t i = 0; i < kStands.size(); ++i) {
    if (!text.starts_with(kStands[i])) continue;
    const auto address = Ipv4::Parse(text.substr(kStands[i].size()));
    if (!address) return std::nullopt;
    return AutoPeer{*address, static_cast<AutoPeer::Stand>(i)};
  }
  return std::nullopt;
}

}  // namespace slipway::dhcp
