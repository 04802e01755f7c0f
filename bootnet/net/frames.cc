#include "bootnet/net/frames.h"

#include <algorithm>
#include <array>

namespace slipway {
namespace {

constexpr size_t kEthernet = 14;
constexpr size_t kIp = 20;
constexpr size_t kUdp = 8;
constexpr uint16_t kTypeIp = 0x0800;
constexpr uint16_t kTypeArp = 0x0806;
constexpr uint8_t kProtocolUdp = 17;
constexpr std::array<uint8_t, 6> kArpEthernetIpv4{0, 1, 0x08, 0, 6, 4};

void Word(std::vector<uint8_t>& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8U));
  out.push_back(static_cast<uint8_t>(value));
}

void Long(std::vector<uint8_t>& out, uint32_t value) {
  Word(out, value >> 16U);
  Word(out, value);
}

void Put(std::vector<uint8_t>& out, const Mac& mac) {
  out.insert(out.end(), mac.bytes.begin(), mac.bytes.end());
}

uint16_t WordAt(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

Ipv4 AddressAt(std::span<const uint8_t> bytes, size_t at) {
  return {static_cast<uint32_t>(WordAt(bytes, at)) << 16U | WordAt(bytes, at + 2)};
}

Mac MacAt(std::span<const uint8_t> bytes, size_t at) {
  Mac mac;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

void Store(std::vector<uint8_t>& bytes, size_t at, uint16_t value) {
  bytes[at] = static_cast<uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<uint8_t>(value);
}

}  // namespace

uint16_t InternetChecksum(std::span<const uint8_t> bytes, uint32_t sum) {
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) sum += WordAt(bytes, i);
  if (bytes.size() % 2 != 0) sum += static_cast<uint32_t>(bytes.back()) << 8U;
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<uint16_t>(~sum);
}

std::vector<uint8_t> BuildArpProbe(const Mac& own, Ipv4 target) {
  std::vector<uint8_t> out;
  Put(out, kBroadcastMac);
  Put(out, own);
  Word(out, kTypeArp);
  out.insert(out.end(), kArpEthernetIpv4.begin(), kArpEthernetIpv4.end());
  Word(out, 1);
  Put(out, own);
  Long(out, 0);
  Put(out, Mac{});
  Long(out, target.value);
  return out;
}

std::optional<ArpSender> ParseArp(std::span<const uint8_t> frame) {
  if (frame.size() < kEthernet + 28 || WordAt(frame, 12) != kTypeArp) return std::nullopt;
  const auto body = frame.subspan(kEthernet);
  if (!std::equal(kArpEthernetIpv4.begin(), kArpEthernetIpv4.end(), body.begin())) return std::nullopt;
  if (WordAt(body, 6) != 1 && WordAt(body, 6) != 2) return std::nullopt;
  return ArpSender{MacAt(body, 8), AddressAt(body, 14), AddressAt(body, 24)};
}

std::vector<uint8_t> BuildUdpFrame(const UdpFrame& frame) {
  std::vector<uint8_t> out;
  out.reserve(kEthernet + kIp + kUdp + frame.payload.size());
  Put(out, frame.to_mac);
  Put(out, frame.from_mac);
  Word(out, kTypeIp);
  Word(out, 0x4500);
  Word(out, kIp + kUdp + frame.payload.size());
  Long(out, 0);  // no identification, may be fragmented
  Word(out, 64U << 8U | kProtocolUdp);
  Word(out, 0);
  Long(out, frame.from.value);
  Long(out, frame.to.value);
  Store(out, kEthernet + 10, InternetChecksum(std::span(out).subspan(kEthernet, kIp)));
  const size_t udp = out.size();
  Word(out, frame.from_port);
  Word(out, frame.to_port);
  Word(out, kUdp + frame.payload.size());
  Word(out, 0);
  out.insert(out.end(), frame.payload.begin(), frame.payload.end());
  const auto half = [](Ipv4 address) { return (address.value >> 16U) + (address.value & 0xffffU); };
  const auto pseudo =
      static_cast<uint32_t>(half(frame.from) + half(frame.to) + kProtocolUdp + kUdp + frame.payload.size());
  const uint16_t sum = InternetChecksum(std::span(out).subspan(udp), pseudo);
  Store(out, udp + 6, sum == 0 ? 0xffff : sum);
  return out;
}

std::optional<UdpFrame> ParseUdpFrame(std::span<const uint8_t> frame) {
  if (frame.size() < kEthernet + kIp + kUdp || WordAt(frame, 12) != kTypeIp) return std::nullopt;
  auto ip = frame.subspan(kEthernet);
  const size_t header = 4U * (ip[0] & 15U);
  const size_t total = WordAt(ip, 2);
  if (ip[0] >> 4U != 4 || header < kIp || total < header + kUdp || total > ip.size()) return std::nullopt;
  if (ip[9] != kProtocolUdp || (WordAt(ip, 6) & 0x3fffU) != 0) return std::nullopt;
  ip = ip.first(total);
  const auto udp = ip.subspan(header);
  const size_t length = WordAt(udp, 4);
  if (length < kUdp || length > udp.size()) return std::nullopt;
  UdpFrame out;
  out.to_mac = MacAt(frame, 0);
  out.from_mac = MacAt(frame, 6);
  out.from = AddressAt(ip, 12);
  out.to = AddressAt(ip, 16);
  out.from_port = WordAt(udp, 0);
  out.to_port = WordAt(udp, 2);
  out.payload = udp.subspan(kUdp, length - kUdp);
  return out;
}

}  // namespace slipway
