#include "tests/bootnet/dhcp/lease_world.h"

namespace slipway::testing {

using namespace slipway::dhcp;

Manifest LeaseManifest() {
  Manifest manifest = SiteManifest();
  Subnet lan;
  lan.cidr = *Ipv4Prefix::Parse("192.0.2.0/24");
  lan.gateway = Ipv4::Parse("192.0.2.1");
  lan.nameservers = {*Ipv4::Parse("192.0.2.1"), *Ipv4::Parse("192.0.2.2")};
  lan.ranges = {{kFirst, kLast}};
  lan.ntp_servers = {*Ipv4::Parse("192.0.2.3")};
  lan.domain = "example.org";
  lan.mtu = 9000;
  lan.routes = {{*Ipv4Prefix::Parse("10.20.0.0/14"), *Ipv4::Parse("192.0.2.4")}};
  Subnet far;
  far.cidr = *Ipv4Prefix::Parse("198.51.100.0/24");
  far.ranges = {{*Ipv4::Parse("198.51.100.100"), *Ipv4::Parse("198.51.100.101")}};
  Subnet fixed_only;
  fixed_only.cidr = *Ipv4Prefix::Parse("203.0.113.0/24");
  manifest.subnets = {lan, far, fixed_only};
  manifest.boot[0].address = manifest.boot[1].address = Ipv4Prefix{kFixed, 24};
  manifest.names = {{"api.example.org", {kEndpoint}}};
  return manifest;
}

Bytes OsPacket(const Mac& mac, MessageType type) {
  Bytes bytes = BareRequest(mac);
  if (type != MessageType::kBootp) AddOption(bytes, kOptMessageType, {static_cast<uint8_t>(type)});
  return bytes;
}

Bytes AddressBytes(Ipv4 address) {
  Bytes bytes(4);
  for (size_t i = 0; i < 4; ++i) bytes[i] = static_cast<uint8_t>(address.value >> (24 - 8 * i));
  return bytes;
}

void SetHeader(Bytes& packet, size_t at, Ipv4 address) {
  const Bytes bytes = AddressBytes(address);
  std::copy(bytes.begin(), bytes.end(), packet.begin() + static_cast<std::ptrdiff_t>(at));
}

LeaseWorld::LeaseWorld(LeaseSettings chosen, Manifest manifest) : settings(chosen), snapshot(MakeSnapshot()) {
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  Begin();
}

void LeaseWorld::Begin() {
  server = std::make_unique<LeaseServer>(settings);
  server->SetPlan(
      std::make_shared<const AddressPlan>(snapshot.catalog->manifest(), std::vector<Ipv4>{kOurs}));
  for (const auto& [address, binding] : disk) server->Restore(binding);
}

void LeaseWorld::Restart() { Begin(); }

LeaseStep LeaseWorld::Ask(const Bytes& bytes) {
  Packet packet;
  EXPECT_TRUE(Parse(Ended(bytes), packet).has_value());
  LeaseStep step = server->Handle(packet, local, snapshot, scope, now);
  EXPECT_FALSE(step.event.reason.empty());
  for (const Binding& record : step.records) disk[record.address.value] = record;
  return step;
}

LeaseStep LeaseWorld::AskOnQuietNet(const Bytes& bytes) {
  LeaseStep step = Ask(bytes);
  for (int i = 0; i < 4 && step.probe; ++i) {
    EXPECT_FALSE(step.reply.has_value()) << "nothing is said before the probe has come back";
    EXPECT_FALSE(server->NoteProbe(*step.probe, std::nullopt, now).record.has_value());
    step = Ask(bytes);
  }
  EXPECT_FALSE(step.probe.has_value());
  return step;
}

Ipv4 LeaseWorld::Lease(const Mac& mac) {
  const Ipv4 offered = YourAddress(AskOnQuietNet(OsPacket(mac, MessageType::kDiscover)));
  if (offered.IsUnspecified()) return {};
  const LeaseStep ack = Request(mac, offered);
  if (TypeOf(ack) != MessageType::kAck) return {};
  return YourAddress(ack);
}

LeaseStep LeaseWorld::Request(const Mac& mac, Ipv4 address) {
  Bytes packet = OsPacket(mac, MessageType::kRequest);
  AddOption(packet, kOptServerId, AddressBytes(local.address));
  AddOption(packet, kOptRequestedAddress, AddressBytes(address));
  return AskOnQuietNet(packet);
}

LeaseStep LeaseWorld::Reboot(const Mac& mac, Ipv4 address) {
  Bytes packet = OsPacket(mac, MessageType::kRequest);
  AddOption(packet, kOptRequestedAddress, AddressBytes(address));
  return AskOnQuietNet(packet);
}

LeaseStep LeaseWorld::Renew(const Mac& mac, Ipv4 address) {
  Bytes packet = OsPacket(mac, MessageType::kRequest);
  SetHeader(packet, 12, address);
  local.arrival = Arrival::kUnicast;
  LeaseStep step = AskOnQuietNet(packet);
  local.arrival = Arrival::kBroadcast;
  return step;
}

Ipv4 YourAddress(const LeaseStep& step) {
  if (!step.reply) return {};
  return {LongAt(step.reply->payload, 16)};
}

MessageType TypeOf(const LeaseStep& step) {
  const Bytes value = OptionIn(step, kOptMessageType);
  return value.empty() ? MessageType::kBootp : static_cast<MessageType>(value[0]);
}

Bytes OptionIn(const LeaseStep& step, uint8_t code) {
  return step.reply ? OptionOf(step.reply->payload, code).value : Bytes{};
}

}  // namespace slipway::testing
