#include "bootnet/dhcp/lease_request.h"

#include "bootnet/dhcp/classify.h"
#include "bootnet/dhcp/encode.h"
#include "bootnet/dhcp/netboot.h"

namespace slipway::dhcp {
namespace {

std::string Bytes(const Packet& packet, uint8_t code) {
  const auto value = packet.options.Find(code);
  if (!value) return {};
  return {value->begin(), value->begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(value->size(), 255))};
}

}  // namespace

LeaseRequest::LeaseRequest(const Packet& from, const LocalSide& side, const Snapshot& live,
                           int64_t unix_seconds)
    : packet(from),
      local(side),
      snapshot(live),
      now(unix_seconds),
      server_id(ServerIdFor(from, side.address)),
      event(DescribePacket(from, Door::kDhcp)) {}

Binding LeaseRequest::MakeBinding(Ipv4 address, BindingState state, int64_t until) const {
  Binding binding;
  binding.address = address;
  binding.mac = packet.mac;
  binding.state = state;
  binding.until = until;
  binding.circuit = CircuitOf(packet);
  binding.client_id = Bytes(packet, kOptClientId);
  binding.hostname = Bytes(packet, kOptHostName);
  return binding;
}

/// The boot file, "" for none; nothing when it does not fit. Sets the event's words.
std::optional<std::string> LeaseRequest::WriteBoot(ReplyWriter& writer, MessageType type) {
  event.outcome = Outcome::kAnswered;
  event.reason = type == MessageType::kOffer ? "Offered" : "Leased";
  std::optional<NetbootClient> client = Classify(packet);
  if (!client) return "";
  const auto netboot = DecideNetboot(packet, std::move(*client), local, snapshot, event);
  if (!netboot) {
    event.outcome = Outcome::kAnswered;
    event.message += "; it gets an address and nothing to boot";
    return "";
  }
  if (!WriteNetboot(writer, packet, *netboot, Carrier::kAddress, type, local.address)) return std::nullopt;
  return netboot->file;
}

std::optional<Grant> LeaseRequest::WriteGrant(Ipv4 address, MessageType type, std::string_view hostname) {
  Grant grant;
  ReplyWriter writer(packet, type, {server_id, local.address});
  writer.SetYourAddress(address);
  if (type == MessageType::kOffer) writer.SetClientAddress({});
  if (type != MessageType::kBootp) {
    grant.terms = TermsFor(packet, *subnet);
    WriteTerms(writer, grant.terms);
  }
  const auto file = WriteBoot(writer, type);
  if (!file) return std::nullopt;
  WriteSubnetOptions(writer, packet, *subnet, hostname);
  auto payload = writer.Finish();
  if (!payload) return std::nullopt;
  event.address = address;
  event.answer = std::string(ToString(type)) + " " + address.ToString() + (file->empty() ? "" : " " + *file);
  event.bytes = payload->size();
  grant.reply = Send(std::move(*payload), address);
  return grant;
}

std::optional<Reply> LeaseRequest::WriteInform(std::string_view hostname) {
  ReplyWriter writer(packet, MessageType::kAck, {server_id, local.address});
  const auto file = WriteBoot(writer, MessageType::kAck);
  if (!file) return std::nullopt;
  if (event.reason == "Leased") event.reason = "Informed";
  WriteSubnetOptions(writer, packet, *subnet, hostname);
  auto payload = writer.Finish();
  if (!payload) return std::nullopt;
  event.answer = "ACK" + (file->empty() ? "" : " " + *file);
  event.bytes = payload->size();
  return Reply{std::move(*payload), Destination::kCiaddr, packet.ciaddr, {}};
}

Reply LeaseRequest::WriteNak(std::string_view why) const {
  ReplyWriter writer(packet, MessageType::kNak, {server_id, {}});
  writer.SetClientAddress({});
  const bool relayed = !packet.giaddr.IsUnspecified();
  // The relay must not send it to an address that the client is being told to give up.
  if (relayed) writer.SetBroadcastFlag();
  writer.AddIfFits(kOptMessage, {reinterpret_cast<const uint8_t*>(why.data()), why.size()});
  Reply reply{writer.Finish().value_or(std::vector<uint8_t>{}), Destination::kBroadcast, {}, {}};
  if (relayed) {
    reply.destination = Destination::kRelay;
    reply.address = packet.giaddr;
  }
  return reply;
}

Reply LeaseRequest::Send(std::vector<uint8_t> payload, Ipv4 yiaddr) const {
  Reply reply{std::move(payload), Destination::kBroadcast, {}, {}};
  if (!packet.giaddr.IsUnspecified()) {
    reply.destination = Destination::kRelay;
    reply.address = packet.giaddr;
  } else if (!packet.ciaddr.IsUnspecified() && packet.type != MessageType::kDiscover) {
    reply.destination = Destination::kCiaddr;
    reply.address = packet.ciaddr;
  } else if (!packet.WantsBroadcast()) {
    reply.destination = Destination::kYiaddr;
    reply.address = yiaddr;
    reply.mac = packet.mac;
  }
  return reply;
}

}  // namespace slipway::dhcp
