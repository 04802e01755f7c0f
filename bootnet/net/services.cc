#include "bootnet/net/services.h"

#include <ctime>
#include <random>

namespace slipway {
namespace {

LoopGuard::Machine MachineOf(const Client& client) {
  if (client.mac) return *client.mac;
  return client.address;
}

constexpr uint32_t kReportsPerRepeat = 32;  ///< a line takes as long as three answers
constexpr size_t kRepeatsAtATime = 16;      // then packets have their turn

uint64_t RandomSeed() {
  std::random_device random;
  return uint64_t{random()} << 32U | random();
}

int64_t WallMs() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

Services::Services(const BootNetworkConfig& config, std::function<void(BootEvent)> sink, Snapshot snapshot)
    : live(std::move(snapshot)),
      limits(config.limits),
      sink_(std::move(sink)),
      identify_(config.identify),
      installs_(config.installs),
      on_install_(config.on_install),
      fold_(RandomSeed()) {}

void Services::Report(BootEvent&& event) {
  event.time_ms = WallMs();
  outcomes[static_cast<size_t>(event.outcome)].fetch_add(1, std::memory_order_relaxed);
  if (event.door == Door::kTftp || event.door == Door::kHttp) {
    body_bytes.fetch_add(event.bytes, std::memory_order_relaxed);
  }
  if (event.served != Served::kOther && event.outcome == Outcome::kAnswered) FollowInstall(event);
  if (!sink_) return;
  // Thousands may be due at once; whoever asks now does not wait for all their lines.
  if (++reports_ % kReportsPerRepeat == 0 && fold_.HasDue(event.time_ms)) FlushRepeats(Flush::kOne);
  if (fold_.Take(event, event.time_ms) == EventFold::Verdict::kTell) sink_(std::move(event));
}

bool Services::FlushRepeats(Flush which) {
  const int64_t now = WallMs();
  for (BootEvent& event : which == Flush::kAll
                              ? fold_.DrainAll()
                              : fold_.Drain(now, which == Flush::kOne ? 1 : kRepeatsAtATime)) {
    event.time_ms = now;
    if (sink_) sink_(std::move(event));
  }
  return fold_.HasDue(now);
}

void Services::FollowInstall(const BootEvent& event) {
  const bool script = event.served == Served::kScript || event.served == Served::kWipeScript;
  if (script && event.address) sightings_.Note(*event.address, event.node, NowMs());
  if (!installs_ || !live.CountsInstalls()) return;
  const Snapshot snapshot = live.Get();
  if (!snapshot.catalog) return;
  const BootEvent* seen = &event;
  BootEvent named;
  if (event.address && event.served == Served::kInitramfs && event.node.empty()) {
    // Behind a relay an asset does not say who fetched it; the script before it did.
    if (const auto sighting = sightings_.Find(*event.address)) {
      named = event;
      named.node = sighting->node;
      seen = &named;
    }
  }
  Keep(progress_.OnServed(*seen, *snapshot.catalog, *installs_, snapshot.now));
}

void Services::Keep(std::vector<InstallChange> changes) {
  if (changes.empty()) return;
  for (const InstallChange& change : changes) installs_->Set(change.mac, change.record);
  if (on_install_) on_install_(std::move(changes));
}

void Services::NoteInstalled(const PendingInstall& install) {
  const Snapshot snapshot = live.Get();
  if (!snapshot.catalog || !installs_) return;
  const std::string evidence =
      "its Talos API at " + install.address.ToString() + " has a certificate of its cluster";
  auto changes = InstallProgress::OnEvidence(install.node, install.revision, evidence, *snapshot.catalog,
                                             *installs_, snapshot.now);
  if (changes.empty()) return;
  BootEvent event;
  event.door = Door::kInstall;
  event.outcome = Outcome::kAnswered;
  event.reason = "InstallCompleted";
  event.message = "node " + install.node + " has completed installation " + std::to_string(install.revision) +
                  ": " + evidence;
  event.mac = changes.front().mac;
  event.address = install.address;
  event.node = install.node;
  Keep(std::move(changes));
  Report(std::move(event));
}

std::vector<PendingInstall> Services::PendingNow() const {
  const Snapshot snapshot = live.Get();
  if (!snapshot.catalog || !installs_) return {};
  return PendingInstalls(*snapshot.catalog, *installs_, snapshot.now);
}

void Services::NoteProgram(const Client& client, std::string_view program) {
  if (client.origin == ClientOrigin::kHost) return;
  if (loop_guard_.OnBootProgram(MachineOf(client), program, NowMs()) != LoopGuard::Verdict::kTell) return;
  BootEvent event;
  event.door = client.door;
  event.outcome = Outcome::kFailed;
  event.reason = "BootLoop";
  event.message =
      (client.mac ? client.mac->ToColons() : client.address.ToString()) + " fetched " + std::string(program) +
      " more than three times in a minute and never a script: its DHCP requests lack both option 77 "
      "(iPXE) and option 175, or another DHCP server hands it the program again";
  event.mac = client.mac;
  event.address = client.address;
  event.request = program;
  Report(std::move(event));
}

void Services::NoteScript(const Client& client) { loop_guard_.OnScript(MachineOf(client)); }

PeerIdentity Services::LookUp(Ipv4 peer) const {
  PeerIdentity identity = identify_ ? identify_(peer) : PeerIdentity{};
  if (identity.mac || identity.origin == ClientOrigin::kHost) return identity;
  if (lease_holder) identity.mac = lease_holder(peer);
  if (!identity.mac) identity.mac = address_book_.Find(peer, NowMs());
  return identity;
}

Client Services::Identify(Door door, Ipv4 peer) const { return Describe(door, peer, LookUp(peer)); }

Client Services::Describe(Door door, Ipv4 peer, const PeerIdentity& identity) const {
  Client client{door, identity.origin, identity.mac, peer};
  if (const auto sighting = sightings_.Find(peer)) {
    client.script_node = sighting->node;
    client.script_age_ms = NowMs() - sighting->at_ms;
  }
  return client;
}

int64_t UnixNow() {
  using std::chrono::duration_cast, std::chrono::seconds, std::chrono::system_clock;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

int64_t Services::CoarseMs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

int64_t Services::NowMs() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::steady_clock;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace slipway
