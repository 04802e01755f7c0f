// The first byte picks the port and what unknown machines get; the rest is a datagram.
#include <span>

#include "bootnet/dhcp/answer.h"
#include "tests/fuzz/bootnet_site.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  using fuzz::Expect;
  static const Snapshot kIgnore = fuzz::MakeSite(UnknownAction::kIgnore);
  static const Snapshot kReport = fuzz::MakeSite(UnknownAction::kReport);
  if (size == 0) return 0;
  const dhcp::Port port = (data[0] & 1U) == 0 ? dhcp::Port::kServer : dhcp::Port::kPxe;
  const bool ignores = (data[0] & 2U) == 0;
  const std::span<const uint8_t> bytes(data + 1, size - 1);
  const dhcp::Answer answer =
      dhcp::AnswerPacket(bytes, port, {Ipv4{0xc000020a}, 8080}, ignores ? kIgnore : kReport);
  Expect(!answer.event.reason.empty());
  Expect(answer.reply.has_value() == (answer.event.outcome == Outcome::kAnswered));
  if (!answer.reply) return 0;
  const auto& payload = answer.reply->payload;
  Expect(payload.size() >= 300 && payload.size() <= 1472 && payload[0] == 2);
  Expect(!ignores || answer.event.mac == fuzz::kApproved);
  // No address is ever given away.
  for (size_t at = 16; at < 20; ++at) Expect(payload[at] == 0);
  return 0;
}
