#include "bootnet/net/services.h"

namespace slipway {
namespace {

std::string KeyOf(const Client& client) {
  return client.mac ? client.mac->ToColons() : client.address.ToString();
}

}  // namespace

Services::Services(const BootNetworkConfig& config, std::function<void(BootEvent)> sink, Snapshot snapshot)
    : live(std::move(snapshot)), limits(config.limits), sink_(std::move(sink)), identify_(config.identify) {}

void Services::Report(BootEvent event) {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  event.time_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  outcomes[static_cast<size_t>(event.outcome)].fetch_add(1, std::memory_order_relaxed);
  if (event.door == Door::kTftp || event.door == Door::kHttp) {
    body_bytes.fetch_add(event.bytes, std::memory_order_relaxed);
  }
  if (sink_) sink_(std::move(event));
}

void Services::NoteProgram(const Client& client, std::string_view program) {
  if (client.origin == ClientOrigin::kHost) return;
  if (loop_guard_.OnBootProgram(KeyOf(client), program, NowMs()) != LoopGuard::Verdict::kTell) return;
  BootEvent event;
  event.door = client.door;
  event.outcome = Outcome::kFailed;
  event.reason = "BootLoop";
  event.message =
      KeyOf(client) + " fetched " + std::string(program) +
      " more than three times in a minute and never a script: its DHCP requests lack both option 77 "
      "(iPXE) and option 175, or another DHCP server hands it the program again";
  event.mac = client.mac;
  event.address = client.address;
  event.request = program;
  Report(std::move(event));
}

void Services::NoteScript(const Client& client) { loop_guard_.OnScript(KeyOf(client)); }

Client Services::Identify(Door door, Ipv4 peer) const {
  const PeerIdentity identity = identify_ ? identify_(peer) : PeerIdentity{};
  return {door, identity.origin, identity.mac, peer};
}

int64_t Services::NowMs() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::steady_clock;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace slipway
