#include "bootnet/tftp/peer.h"

#include <algorithm>
#include <array>

namespace slipway::tftp {
namespace {

constexpr std::array<uint16_t, 6> kAnswersAnything{0, 7, 13, 17, 19, 37};

}  // namespace

bool MayAnswer(const Peer& peer, uint16_t own_port) {
  const uint32_t first_byte = peer.address.value >> 24U;
  if (first_byte == 0 || first_byte >= 224) return false;
  if (peer.address == peer.local && peer.port == own_port) return false;
  return std::find(kAnswersAnything.begin(), kAnswersAnything.end(), peer.port) == kAnswersAnything.end();
}

}  // namespace slipway::tftp
