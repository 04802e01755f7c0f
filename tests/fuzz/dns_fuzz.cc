// The first byte picks the transport; the rest is a message.
#include <span>

#include "bootnet/dns/answer.h"
#include "tests/fuzz/bootnet_site.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  using fuzz::Expect;
  static const dns::Zone kZone = [] {
    Manifest manifest;
    manifest.dns = {true, "home.arpa", 60};
    manifest.names = {{"api.prod.home.arpa", std::vector<Ipv4>(90, Ipv4{0x0a000001})},
                      {"controlplane.talos", {{0x0a000032}}},
                      {"node1.home.arpa", {{0x0a000032}}}};
    return dns::Zone(manifest);
  }();
  if (size == 0) return 0;
  const auto transport = (data[0] & 1U) == 0 ? dns::Transport::kUdp : dns::Transport::kTcp;
  const std::span<const uint8_t> message(data + 1, size - 1);
  const auto answer = dns::Answer(message, transport, kZone, Ipv4{0x0a000002});
  if (message.size() < 12 || (message[2] & 0x80U) != 0) {
    Expect(!answer.has_value());
    return 0;
  }
  Expect(answer.has_value() && answer->size() >= 12);
  Expect(transport == dns::Transport::kTcp || answer->size() <= 1232);
  Expect((*answer)[0] == message[0] && (*answer)[1] == message[1]);
  Expect(((*answer)[2] & 0x80U) != 0 && ((*answer)[3] & 0x80U) == 0);
  return 0;
}
