// A conversation with the address server: a list of steps, each a byte for what happens and a byte for its
// length. Whatever is sent, no address is acknowledged to two machines at a time, and no ACK goes without its
// record.
#include <map>
#include <span>

#include "bootnet/dhcp/lease_server.h"
#include "tests/fuzz/bootnet_site.h"

namespace slipway {
namespace {

using fuzz::Expect;

Manifest LeaseManifest() {
  Manifest manifest = fuzz::MakeSite(UnknownAction::kReport).catalog->manifest();
  Subnet lan;
  lan.cidr = *Ipv4Prefix::Parse("192.0.2.0/24");
  lan.gateway = Ipv4{0xc0000201};
  lan.ranges = {{{0xc0000264}, {0xc0000267}}};
  Subnet far;
  far.cidr = *Ipv4Prefix::Parse("198.51.100.0/24");
  far.ranges = {{{0xc6336464}, {0xc6336465}}};
  manifest.subnets = {lan, far};
  manifest.boot[0].address = Ipv4Prefix{{0xc0000232}, 24};
  return manifest;
}

struct World {
  Snapshot snapshot = fuzz::MakeSite(UnknownAction::kReport);
  dhcp::LeaseServer server{{}};
  int64_t now = 1'700'000'000;
  std::map<uint32_t, std::pair<Mac, int64_t>> acknowledged;  // who may use it, and until when

  World() {
    static const auto kCatalog =
        std::make_shared<const Catalog>(LeaseManifest(), RevisionInfo{}, UniqueFd(), UniqueFd());
    static const auto kPlan =
        std::make_shared<const dhcp::AddressPlan>(kCatalog->manifest(), std::vector<Ipv4>{{0xc000020a}});
    snapshot.catalog = kCatalog;
    server.SetPlan(kPlan);
  }

  void Packet(std::span<const uint8_t> bytes, uint8_t how) {
    dhcp::Packet packet;
    if (!dhcp::Parse(bytes, packet)) return;
    const dhcp::LocalSide local{
        {0xc000020a}, 8080, (how & 1U) == 0 ? dhcp::Arrival::kBroadcast : dhcp::Arrival::kUnicast};
    const auto scope = (how & 2U) == 0 ? dhcp::Scope::kEverything : dhcp::Scope::kOwnRanges;
    for (int round = 0; round < 5; ++round) {
      const dhcp::LeaseStep step = server.Handle(packet, local, snapshot, scope, now);
      Expect(!step.event.reason.empty());
      if (!step.probe) return Check(packet, step);
      Expect(!step.reply && step.records.empty());
      const auto user = (how & 4U) == 0 ? std::nullopt : std::optional(fuzz::kStranger);
      server.NoteProbe(*step.probe, user, now);
    }
  }

  void Check(const dhcp::Packet& packet, const dhcp::LeaseStep& step) {
    for (const dhcp::Binding& record : step.records) {
      if (record.state != dhcp::BindingState::kBound) acknowledged.erase(record.address.value);
    }
    if (!step.reply) return;
    const auto& payload = step.reply->payload;
    Expect(payload.size() >= 300 && payload.size() <= 1472 && payload[0] == 2);
    uint32_t yours = 0;
    for (size_t at = 16; at < 20; ++at) yours = yours << 8U | payload[at];
    const bool is_ack = payload.size() > 242 && payload[240] == 53 && payload[242] == 5;
    if (!is_ack || yours == 0) return;
    Expect(step.records.size() == 1 && step.records[0].address.value == yours);
    Expect(step.records[0].mac == packet.mac);
    const auto before = acknowledged.find(yours);
    // The node's one fixed address may pass between its cards; here it has one card.
    Expect(before == acknowledged.end() || before->second.first == packet.mac ||
           before->second.second <= now);
    acknowledged[yours] = {packet.mac, step.records[0].until};
  }
};

}  // namespace
}  // namespace slipway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  slipway::World world;
  std::span<const uint8_t> rest(data, size);
  while (rest.size() >= 2) {
    const uint8_t what = rest[0];
    const size_t length = std::min<size_t>(size_t{rest[1]} * 4, rest.size() - 2);
    const auto bytes = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    if ((what & 0xc0U) == 0xc0U) {
      world.now += int64_t{what & 0x3fU} * 60;
    } else if ((what & 0xc0U) == 0x80U) {
      for (const slipway::Ipv4 address : world.server.WantedReady({0xc000020a}, world.now)) {
        world.server.NoteProbe(address, std::nullopt, world.now);
      }
    } else {
      world.Packet(bytes, what);
    }
  }
  return 0;
}
