#include "bootnet/dhcp/lease_service.h"

#include <time.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace slipway::dhcp {
namespace {

/// Addresses that turn out to be in use, for one packet.
constexpr int kMostRounds = 4;

int64_t SecondsOf(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec;
}

}  // namespace

LeaseService::LeaseService(boost::asio::io_context& io, std::shared_ptr<Services> services,
                           const LeaseSettings& settings, std::string path)
    : io_(io),
      services_(std::move(services)),
      server_(settings),
      path_(std::move(path)),
      unix_start_(SecondsOf(CLOCK_REALTIME)),
      boot_start_(SecondsOf(CLOCK_BOOTTIME)) {}

std::shared_ptr<LeaseService> LeaseService::Make(boost::asio::io_context& io,
                                                 std::shared_ptr<Services> services,
                                                 const LeaseSettings& settings, std::string path) {
  return std::shared_ptr<LeaseService>(new LeaseService(io, std::move(services), settings, std::move(path)));
}

int64_t LeaseService::Now() const { return unix_start_ + SecondsOf(CLOCK_BOOTTIME) - boot_start_; }

Result<void> LeaseService::Open() {
  if (store_) return {};
  auto opened = LeaseStore::Open(path_);
  open_trouble_ = opened ? "" : opened.error().message;
  if (!opened) return tl::make_unexpected(opened.error());
  for (Binding& binding : opened->bindings) server_.Restore(std::move(binding));
  numbers_ = std::move(opened->numbers);
  store_ = std::move(opened->store);
  store_->OnCommit([&io = io_](std::vector<LeaseStore::Done> waiting, LeaseStore::Kept kept) {
    boost::asio::post(io, [waiting = std::move(waiting), kept] {
      for (const LeaseStore::Done& done : waiting) done(kept);
    });
  });
  if (!opened->warning.empty()) {
    BootEvent event;
    event.door = Door::kDhcp;
    event.outcome = Outcome::kFailed;
    event.reason = "LeasesLost";
    event.message = opened->warning;
    services_->Report(std::move(event));
  }
  return {};
}

void LeaseService::SetOwn(std::vector<Ipv4> own) {
  if (own == own_) return;
  own_ = std::move(own);
  planned_.reset();
}

bool LeaseService::IsOwn(Ipv4 address) const {
  return std::find(own_.begin(), own_.end(), address) != own_.end();
}

std::optional<Mac> LeaseService::HolderOf(Ipv4 address) const {
  const Binding* binding = server_.table().At(address);
  if (binding == nullptr || binding->state != BindingState::kBound || !IsLive(*binding, Now())) {
    return std::nullopt;
  }
  return binding->mac;
}

void LeaseService::FollowCatalog(const Snapshot& snapshot) {
  if (!snapshot.catalog || snapshot.catalog == planned_) return;
  planned_ = snapshot.catalog;
  server_.SetPlan(std::make_shared<const AddressPlan>(planned_->manifest(), own_));
}

void LeaseService::Handle(const Packet& packet, const Side& side) { Run(packet, side, 0); }

void LeaseService::Run(const Packet& packet, const Side& side, int rounds) {
  const Snapshot snapshot = services_->live.Get();
  FollowCatalog(snapshot);
  LeaseStep step = server_.Handle(packet, side.local, snapshot, side.scope, Now());
  if (!step.probe) return Keep(std::move(step), side);
  const Ipv4 address = *step.probe;
  const auto again = [self = shared_from_this(), packet = std::make_shared<Packet>(packet), side, address,
                      rounds](std::optional<Mac> user) {
    self->NoteProbe(address, user);
    self->Run(*packet, side, rounds + 1);
  };
  if (rounds < kMostRounds && side.prober && side.prober->Check(address, again)) return;
  step.event.outcome = Outcome::kFailed;
  step.event.reason = "CannotProbe";
  step.event.message = "could not find out whether somebody uses " + address.ToString();
  side.send(std::nullopt, std::move(step.event));
}

void LeaseService::Keep(LeaseStep step, const Side& side) {
  if (step.records.empty()) return side.send(std::move(step.reply), std::move(step.event));
  auto kept = [send = side.send, reply = std::move(step.reply),
               event = std::move(step.event)](LeaseStore::Kept outcome) mutable {
    if (outcome == LeaseStore::Kept::kNo) {
      reply.reset();
      event.outcome = Outcome::kFailed;
      event.reason = "LeaseNotKept";
      event.message = "the lease could not be written to disk, so it was not given";
    }
    send(std::move(reply), std::move(event));
  };
  store_->Write(std::move(step.records), [kept = std::make_shared<decltype(kept)>(std::move(kept))](
                                             LeaseStore::Kept outcome) { (*kept)(outcome); });
}

void LeaseService::NoteProbe(Ipv4 address, std::optional<Mac> user) {
  LeaseServer::ProbeNews news = server_.NoteProbe(address, user, Now());
  if (news.record) store_->Write({std::move(*news.record)}, [](LeaseStore::Kept) {});
  if (news.event) services_->Report(std::move(*news.event));
}

void LeaseService::KeepReady(Ipv4 local, const std::shared_ptr<Prober>& prober) {
  if (!store_) return;
  FollowCatalog(services_->live.Get());
  for (const Ipv4 address : server_.WantedReady(local, Now())) {
    prober->Check(address, [weak = weak_from_this(), address](std::optional<Mac> user) {
      if (const auto self = weak.lock()) self->NoteProbe(address, user);
    });
  }
}

bool LeaseService::HasRange(Ipv4 local) {
  FollowCatalog(services_->live.Get());
  const Subnet* subnet = server_.plan().SubnetOf(local);
  return subnet != nullptr && !subnet->ranges.empty();
}

std::vector<PoolStatus> LeaseService::Pools() {
  FollowCatalog(services_->live.Get());
  return server_.Pools(Now());
}

std::string LeaseService::trouble() const { return store_ ? store_->trouble() : open_trouble_; }

std::optional<int64_t> LeaseService::Number(const std::string& name) const {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void LeaseService::Remember(const std::string& name, int64_t value) {
  numbers_[name] = value;
  if (store_) store_->WriteNumber(name, value);
}

}  // namespace slipway::dhcp
