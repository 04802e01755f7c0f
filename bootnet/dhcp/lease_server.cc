#include "bootnet/dhcp/lease_server.h"

#include "bootnet/dhcp/classify.h"
#include "bootnet/dhcp/encode.h"
#include "bootnet/dhcp/netboot.h"

namespace slipway::dhcp {
namespace {

LeaseStep Silent(LeaseRequest& request, std::string_view reason, std::string message) {
  LeaseStep step;
  step.event = std::move(request.event);
  step.event.outcome = Outcome::kIgnored;
  step.event.reason = reason;
  step.event.message = std::move(message);
  return step;
}

constexpr int64_t kVerdictSeconds = 10;
constexpr size_t kMostVerdicts = 4096;

bool IsHeldBy(const Binding* binding, const Mac& mac, int64_t now) {
  return binding != nullptr && binding->mac == mac && IsLive(*binding, now);
}

}  // namespace

void LeaseServer::SetPlan(std::shared_ptr<const AddressPlan> plan) {
  plan_ = std::move(plan);
  allocator_.Reset();
  full_since_.clear();
}

LeaseStep LeaseServer::Handle(const Packet& packet, const LocalSide& local, const Snapshot& snapshot,
                              Scope scope, int64_t now) {
  LeaseRequest request(packet, local, snapshot, now);
  request.event.node = plan_->NodeOf(packet.mac);
  if (const auto forged = ForgedAddress(packet)) {
    return Silent(request, "ForgedAddress", std::string(*forged));
  }
  const Ipv4 hint = SubnetHint(packet, local.arrival, local.address);
  request.subnet = plan_->SubnetOf(hint);
  const bool foreign =
      scope == Scope::kOwnRanges &&
      (request.subnet == nullptr || request.subnet->ranges.empty() || !packet.giaddr.IsUnspecified());
  if (foreign || (BootItemOf(packet) && packet.type != MessageType::kDiscover)) {
    Answer answer = AnswerPacket(packet, Port::kServer, local, snapshot);
    return {std::move(answer.reply), {}, std::nullopt, std::move(answer.event)};
  }
  if (request.subnet == nullptr) {
    return Silent(request, "NoSubnet", "the Site names no subnet around " + hint.ToString());
  }
  switch (packet.type) {
    case MessageType::kDiscover:
      return Discover(request);
    case MessageType::kRequest:
      return Take(request);
    case MessageType::kDecline:
      return Decline(request);
    case MessageType::kRelease:
      return Release(request);
    case MessageType::kInform:
      return Inform(request);
    case MessageType::kBootp:
      return Bootp(request);
    case MessageType::kOffer:
    case MessageType::kAck:
    case MessageType::kNak:
      break;
  }
  return Silent(request, "NotForServer", "a message that only servers send");
}

LeaseStep LeaseServer::NoAddress(LeaseRequest& request) {
  const Subnet& subnet = *request.subnet;
  if (subnet.ranges.empty()) {
    return Silent(request, "NoRange",
                  subnet.cidr.ToString() + " has no range, and the machine has no fixed address in it");
  }
  full_since_.try_emplace(subnet.cidr.Network().value, request.now);
  LeaseStep step = Silent(request, "PoolFull",
                          "every address in the ranges of " + subnet.cidr.ToString() +
                              " is leased, reserved or in conflict: widen them, or shorten leaseTime");
  step.event.outcome = Outcome::kFailed;
  return step;
}

std::optional<LeaseStep> LeaseServer::TurnAway(LeaseRequest& request) {
  const Packet& packet = request.packet;
  if (circuits_.Take(CircuitOf(packet), *request.subnet, *plan_, table_, request.now)) return std::nullopt;
  ++circuit_full_[request.subnet->cidr.Network().value];
  return Silent(request, "CircuitFull",
                "machines behind the same port of the relay " + packet.giaddr.ToString() +
                    " have as many addresses of " + request.subnet->cidr.ToString() + " as are free for all");
}

LeaseStep LeaseServer::Probe(LeaseRequest& request, Ipv4 address) {
  // Held meanwhile, so that nobody else is offered it.
  const Binding* before = table_.At(address);
  if (before == nullptr || !IsLive(*before, request.now)) {
    table_.Put(request.MakeBinding(address, BindingState::kOffered, request.now + kOfferSeconds));
  }
  LeaseStep step = Silent(request, "Probing", "asking whether somebody uses " + address.ToString());
  step.probe = address;
  return step;
}

LeaseServer::Clear LeaseServer::IsClear(Ipv4 address, const Mac& mac, int64_t now) const {
  const Binding* held = table_.At(address);
  const bool live = held != nullptr && IsLive(*held, now);
  if (live && held->mac == mac && (held->state == BindingState::kBound || held->checked)) return Clear::kYes;
  const bool others = live && held->mac != mac;
  if (settings_.probing == LeaseSettings::Probing::kOff) return others ? Clear::kNo : Clear::kYes;
  const auto verdict = verdicts_.find(address.value);
  if (verdict == verdicts_.end() || now >= verdict->second.until) return Clear::kAsk;
  return verdict->second.user.value_or(mac) == mac ? Clear::kYes : Clear::kNo;
}

std::optional<Choice> LeaseServer::Choose(const LeaseRequest& request) {
  const Packet& packet = request.packet;
  const auto wanted = packet.options.Address(kOptRequestedAddress);
  const auto fixed = plan_->FixedOf(packet.mac);
  const auto use_fixed = fixed && IsClear(*fixed, packet.mac, request.now) == Clear::kNo
                             ? Allocator::FixedAddress::kNotNow
                             : Allocator::FixedAddress::kFirst;
  return allocator_.Choose(packet.mac, use_fixed, wanted, *request.subnet, *plan_, table_, request.now);
}

LeaseStep LeaseServer::Discover(LeaseRequest& request) {
  const Packet& packet = request.packet;
  const uint32_t network = request.subnet->cidr.Network().value;
  const auto choice = Choose(request);
  if (!choice) return NoAddress(request);
  full_since_.erase(network);
  const Binding* held = table_.At(choice->address);
  const bool known = held != nullptr && held->mac == packet.mac;
  if (!known && choice->source != Choice::Source::kFixed) {
    if (newcomers_.Take(network, request.now * 1000) != RateCap::Verdict::kPass) {
      return Silent(request, "TooManyNewMachines",
                    "more new machines asked than an honest network has; this one may ask again");
    }
    if (auto step = TurnAway(request)) return *std::move(step);
  }
  if (choice->check == Choice::Check::kFirst &&
      IsClear(choice->address, packet.mac, request.now) == Clear::kAsk) {
    return Probe(request, choice->address);
  }
  if (!known || held->state != BindingState::kBound || !IsLive(*held, request.now)) {
    Binding offer = request.MakeBinding(choice->address, BindingState::kOffered, request.now + kOfferSeconds);
    offer.checked = true;
    table_.Put(std::move(offer));
  }
  return Give(request, choice->address, MessageType::kOffer);
}

LeaseStep LeaseServer::Take(LeaseRequest& request) {
  const Packet& packet = request.packet;
  const auto server = packet.options.Address(kOptServerId);
  const auto asked = packet.options.Address(kOptRequestedAddress);
  if (server && *server != request.server_id) {
    for (const Ipv4 address : std::vector<Ipv4>(table_.AddressesOf(packet.mac))) {
      if (table_.At(address)->state == BindingState::kOffered) table_.Erase(address);
    }
    return Silent(request, "OtherServer", "it takes the offer of " + server->ToString());
  }
  if (asked) return TakeAddress(request, *asked);
  if (!packet.ciaddr.IsUnspecified()) return TakeAddress(request, packet.ciaddr);
  return Silent(request, "NoAddressAsked", "a REQUEST that names no address");
}

LeaseStep LeaseServer::TakeAddress(LeaseRequest& request, Ipv4 address) {
  const Packet& packet = request.packet;
  const auto refuse = [&](std::string_view reason, const std::string& why) {
    return Nak(request, reason, address.ToString() + " " + why);
  };
  if (!request.subnet->cidr.Contains(address)) {
    return refuse("WrongNetwork", "is not of " + request.subnet->cidr.ToString());
  }
  const auto fixed = plan_->FixedOf(packet.mac);
  const bool should_move = fixed && *fixed != address && request.subnet->cidr.Contains(*fixed) &&
                           Allocator::MayHold(*fixed, packet.mac, *plan_, table_, request.now);
  if (should_move) return refuse("Moved", "is no longer its address; Git says " + fixed->ToString());
  if (!Allocator::MayHold(address, packet.mac, *plan_, table_, request.now)) {
    return refuse("NotAvailable", "belongs to another machine, or to no range");
  }
  // Who renews uses the address already; it may be our memory that is lost.
  const Binding* held = table_.At(address);
  const bool its_own = held != nullptr && held->mac == packet.mac;
  const bool others = held != nullptr && IsLive(*held, request.now) && !its_own;
  if (!its_own && fixed != address && packet.ciaddr.IsUnspecified()) {
    if (auto step = TurnAway(request)) return *std::move(step);
  }
  if (others || packet.ciaddr.IsUnspecified()) {
    switch (IsClear(address, packet.mac, request.now)) {
      case Clear::kYes:
        break;
      case Clear::kAsk:
        return Probe(request, address);
      case Clear::kNo:
        return refuse("NotAvailable", "is in use by another machine");
    }
  }
  return Give(request, address, MessageType::kAck);
}

LeaseStep LeaseServer::Give(LeaseRequest& request, Ipv4 address, MessageType type) {
  const std::string& hostname = plan_->HostnameOf(request.packet.mac);
  auto written = request.WriteGrant(address, type, hostname);
  if (!written) {
    return Silent(request, "ReplyTooLong", "the reply does not fit into what this client takes");
  }
  LeaseStep step;
  if (type == MessageType::kAck) {
    Binding lease =
        request.MakeBinding(address, BindingState::kBound, request.now + int64_t{written->terms.lease});
    // A renewal comes past the relay, which would have said where from.
    const Binding* held = table_.At(address);
    if (lease.circuit == 0 && held != nullptr && held->mac == lease.mac) lease.circuit = held->circuit;
    table_.Put(lease);
    verdicts_.erase(address.value);  // from now on somebody does use it
    step.records.push_back(std::move(lease));
  }
  step.reply = std::move(written->reply);
  step.event = std::move(request.event);
  return step;
}

LeaseStep LeaseServer::Nak(LeaseRequest& request, std::string_view reason, std::string message) {
  LeaseStep step;
  step.reply = request.WriteNak(message);
  step.event = std::move(request.event);
  step.event.outcome = Outcome::kRefused;
  step.event.reason = reason;
  step.event.message = std::move(message);
  step.event.answer = "NAK";
  return step;
}

LeaseStep LeaseServer::Decline(LeaseRequest& request) {
  const auto address = request.packet.options.Address(kOptRequestedAddress);
  const auto server = request.packet.options.Address(kOptServerId);
  if (!address || server.value_or(request.server_id) != request.server_id) {
    return Silent(request, "OtherServer", "a DECLINE for another server");
  }
  if (!IsHeldBy(table_.At(*address), request.packet.mac, request.now)) {
    return Silent(request, "NotItsAddress",
                  "it declines " + address->ToString() + ", which it does not have");
  }
  Binding conflict = request.MakeBinding(*address, BindingState::kConflict, request.now + kConflictSeconds);
  table_.Put(conflict);
  LeaseStep step = Silent(request, "Declined",
                          address->ToString() +
                              " is in use by another machine, says the one that got it; "
                              "nobody is offered it for ten minutes");
  step.event.outcome = Outcome::kFailed;
  step.event.address = address;
  step.records.push_back(std::move(conflict));
  return step;
}

LeaseStep LeaseServer::Release(LeaseRequest& request) {
  const Ipv4 address = request.packet.ciaddr;
  const Binding* held = table_.At(address);
  if (!IsHeldBy(held, request.packet.mac, request.now) || held->state != BindingState::kBound) {
    return Silent(request, "NotItsAddress", "it releases " + address.ToString() + ", which it does not have");
  }
  Binding released = *held;
  released.state = BindingState::kReleased;
  released.until = request.now;
  table_.Put(released);
  LeaseStep step = Silent(request, "Released", address.ToString() + " is free again");
  step.event.outcome = Outcome::kAnswered;
  step.records.push_back(std::move(released));
  return step;
}

LeaseStep LeaseServer::Inform(LeaseRequest& request) {
  if (!request.subnet->cidr.Contains(request.packet.ciaddr)) {
    return Silent(request, "WrongNetwork", "an INFORM from an address of another network");
  }
  auto reply = request.WriteInform(plan_->HostnameOf(request.packet.mac));
  if (!reply) return Silent(request, "ReplyTooLong", "the reply does not fit into what this client takes");
  LeaseStep step;
  step.reply = std::move(*reply);
  step.event = std::move(request.event);
  return step;
}

LeaseStep LeaseServer::Bootp(LeaseRequest& request) {
  const auto fixed = plan_->FixedOf(request.packet.mac);
  if (!fixed || !request.subnet->cidr.Contains(*fixed)) {
    return Silent(request, "Bootp", "BOOTP clients get an address only where their Node has a fixed one");
  }
  if (!Allocator::MayHold(*fixed, request.packet.mac, *plan_, table_, request.now)) {
    return Silent(request, "NotAvailable", fixed->ToString() + " is in use by another machine");
  }
  return Give(request, *fixed, MessageType::kBootp);
}

LeaseServer::ProbeNews LeaseServer::NoteProbe(Ipv4 address, std::optional<Mac> user, int64_t now) {
  if (verdicts_.size() >= kMostVerdicts) {
    std::erase_if(verdicts_, [&](const auto& item) { return now >= item.second.until; });
  }
  if (verdicts_.size() < kMostVerdicts) verdicts_[address.value] = {now + kVerdictSeconds, user};
  const Binding* held = table_.At(address);
  const bool live = held != nullptr && IsLive(*held, now);
  if (!user) {
    const Subnet* subnet = plan_->SubnetOf(address);
    if (!live && subnet != nullptr) allocator_.NoteReady(*subnet, address, now);
    return {};
  }
  // Its holder, or the machine that is about to become it, answers for it. Or two machines use one address:
  // then the one that has the lease is in the right.
  if (live && (held->mac == *user || held->state != BindingState::kOffered)) return {};
  return Conflict(address, *user, now);
}

LeaseServer::ProbeNews LeaseServer::Conflict(Ipv4 address, const Mac& user, int64_t now) {
  Binding conflict;
  conflict.address = address;
  conflict.mac = user;
  conflict.state = BindingState::kConflict;
  conflict.until = now + kConflictSeconds;
  table_.Put(conflict);
  BootEvent event;
  event.door = Door::kDhcp;
  event.outcome = Outcome::kFailed;
  event.reason = "AddressInUse";
  event.mac = user;
  event.address = address;
  event.node = plan_->NodeOf(user);
  event.message = address.ToString() + " is used by " + user.ToColons() +
                  ", which has no lease for it; nobody is offered it for ten minutes";
  return {std::move(conflict), std::move(event)};
}

std::vector<Ipv4> LeaseServer::WantedReady(Ipv4 local, int64_t now) {
  const Subnet* subnet = plan_->SubnetOf(local);
  if (subnet == nullptr || settings_.probing == LeaseSettings::Probing::kOff) return {};
  return allocator_.WantedReady(*subnet, *plan_, table_, now);
}

std::vector<PoolStatus> LeaseServer::Pools(int64_t now) const {
  std::vector<PoolStatus> pools;
  for (const Subnet& subnet : plan_->subnets()) {
    PoolStatus& pool = pools.emplace_back();
    pool.subnet = subnet.cidr;
    pool.dynamic = plan_->DynamicCount(subnet);
    const auto full = full_since_.find(subnet.cidr.Network().value);
    if (full != full_since_.end()) pool.full_since = full->second;
    const auto turned_away = circuit_full_.find(subnet.cidr.Network().value);
    if (turned_away != circuit_full_.end()) pool.circuit_full = turned_away->second;
  }
  table_.ForEach([&](const Binding& binding) {
    if (!IsLive(binding, now) || binding.state == BindingState::kOffered) return;
    for (PoolStatus& pool : pools) {
      if (!pool.subnet.Contains(binding.address)) continue;
      if (binding.state == BindingState::kConflict) {
        ++pool.conflicts;
      } else {
        ++(plan_->IsDynamic(binding.address) ? pool.bound : pool.fixed);
      }
    }
  });
  return pools;
}

}  // namespace slipway::dhcp
