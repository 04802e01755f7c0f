#include "bootnet/dhcp/answer.h"

#include "bootnet/dhcp/classify.h"
#include "bootnet/dhcp/encode.h"
#include "bootnet/dhcp/netboot.h"

namespace slipway::dhcp {
namespace {

void StaySilent(Answer& answer, std::string_view reason, std::string_view message) {
  answer.event.outcome = Outcome::kIgnored;
  answer.event.reason = reason;
  answer.event.message = message;
}

/// The message we may send for this one, or why there is none.
struct Dialogue {
  std::optional<MessageType> reply;
  std::string_view reason;
  std::string_view message;
};

Dialogue DialogueFor(const Packet& packet, Port port, Ipv4 server) {
  const bool to_us = packet.options.Address(kOptServerId).value_or(server) == server;
  const bool asks_boot_server = packet.type == MessageType::kRequest || packet.type == MessageType::kInform;
  if (port == Port::kPxe) {
    if (asks_boot_server) return {MessageType::kAck, {}, {}};
    return {std::nullopt, "NotBootServerRequest", "only a boot server request is answered on this port"};
  }
  if (packet.type == MessageType::kDiscover) return {MessageType::kOffer, {}, {}};
  if (asks_boot_server && BootItemOf(packet) && to_us) return {MessageType::kAck, {}, {}};
  if (packet.type == MessageType::kRequest) {
    // The client is taking its address from the site's DHCP server; a word from us would only confuse it.
    return {std::nullopt, "AddressRequest", "the site's DHCP server answers this one"};
  }
  return {std::nullopt, "NotForProxy", "a message that concerns address leases only"};
}

std::optional<std::vector<uint8_t>> WriteReply(const Packet& packet, const Netboot& netboot, MessageType type,
                                               const LocalSide& local) {
  ReplyWriter writer(packet, type, {ServerIdFor(packet, local.address), local.address});
  // A relay sends what has no such flag to yiaddr (RFC 1542 section 5.4), and a proxy gives no address.
  if (!packet.giaddr.IsUnspecified()) writer.SetBroadcastFlag();
  if (!WriteNetboot(writer, packet, netboot, Carrier::kProxy, type, local.address)) return std::nullopt;
  return writer.Finish();
}

Reply Address(std::vector<uint8_t> payload, const Packet& packet, Port port, MessageType type) {
  Reply reply{std::move(payload), Destination::kBroadcast, {}};
  if (port == Port::kPxe) {
    reply.destination = Destination::kSource;
  } else if (!packet.giaddr.IsUnspecified()) {
    reply.destination = Destination::kRelay;
    reply.address = packet.giaddr;
  } else if (type == MessageType::kAck && !packet.ciaddr.IsUnspecified()) {
    reply.destination = Destination::kCiaddr;
    reply.address = packet.ciaddr;
  }
  return reply;
}

}  // namespace

std::optional<std::string_view> ForgedAddress(const Packet& packet) {
  if (!packet.giaddr.IsUnspecified() && !IsUnicast(packet.giaddr)) return "giaddr is no address of a relay";
  if (!packet.ciaddr.IsUnspecified() && !IsUnicast(packet.ciaddr)) return "ciaddr is no address of a machine";
  return std::nullopt;
}

Answer AnswerPacket(std::span<const uint8_t> bytes, Port port, const LocalSide& local,
                    const Snapshot& snapshot) {
  Packet packet;
  const auto parsed = Parse(bytes, packet);
  if (parsed) return AnswerPacket(packet, port, local, snapshot);
  Answer answer;
  answer.event.door = port == Port::kServer ? Door::kDhcp : Door::kPxe;
  StaySilent(answer, ToString(parsed.error()), "not a DHCP request that can be read");
  return answer;
}

Answer AnswerPacket(const Packet& packet, Port port, const LocalSide& local, const Snapshot& snapshot) {
  Answer answer{std::nullopt, DescribePacket(packet, port == Port::kServer ? Door::kDhcp : Door::kPxe)};
  BootEvent& event = answer.event;
  std::optional<NetbootClient> client = Classify(packet);
  if (!client) {
    StaySilent(answer, "NotPxe", "not a network boot client");
    return answer;
  }
  event.arch = client->arch_name;
  if (const auto forged = ForgedAddress(packet)) {
    StaySilent(answer, "ForgedAddress", *forged);
    return answer;
  }
  const Dialogue dialogue = DialogueFor(packet, port, ServerIdFor(packet, local.address));
  if (!dialogue.reply) {
    StaySilent(answer, dialogue.reason, dialogue.message);
    return answer;
  }
  const auto netboot = DecideNetboot(packet, std::move(*client), local, snapshot, event);
  if (!netboot) return answer;
  auto payload = WriteReply(packet, *netboot, *dialogue.reply, local);
  if (!payload) {
    StaySilent(answer, "ReplyTooLong", "the reply does not fit into what this client takes");
    return answer;
  }
  event.answer = std::string(ToString(*dialogue.reply)) + " " + netboot->file;
  event.bytes = payload->size();
  answer.reply = Address(std::move(*payload), packet, port, *dialogue.reply);
  return answer;
}

}  // namespace slipway::dhcp
