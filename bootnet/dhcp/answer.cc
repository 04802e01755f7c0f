#include "bootnet/dhcp/answer.h"

#include <array>

#include "bootnet/catalog/cross_check.h"
#include "bootnet/dhcp/classify.h"
#include "bootnet/dhcp/encode.h"

namespace slipway::dhcp {
namespace {

constexpr uint8_t kPxeBootItem = 71;
/// Higher than the router's 0, so that iPXE prefers our file name to one the site's DHCP server sends.
constexpr std::array<uint8_t, 3> kIpxePriority{0x01, 0x01, 0x05};
/// PXE discovery control: boot straight from `file`, no menu, no discovery. BIOS ROMs need it, and UEFI
/// firmware of some makers refuses offers that have it.
constexpr std::array<uint8_t, 4> kPxeDirect{0x06, 0x01, 0x08, 0xff};

std::optional<std::span<const uint8_t>> BootItem(const Packet& packet) {
  const auto area = packet.options.Find(kOptVendorSpecific);
  if (!area) return std::nullopt;
  const auto item = FindSuboption(*area, kPxeBootItem);
  if (!item || item->size() != 4) return std::nullopt;
  return item;
}

Answer Silent(BootEvent event, std::string_view reason, std::string message) {
  event.outcome = Outcome::kIgnored;
  event.reason = reason;
  event.message = std::move(message);
  return {std::nullopt, std::move(event)};
}

std::string ScriptUrl(const Manifest& manifest) {
  return manifest.boot_server.ToString() + "/" + std::string(kEntryScriptPath);
}

/// UEFI HTTP boot has no name server unless the site's DHCP gives one: the literal address always works.
std::string ProgramUrl(const Manifest& manifest, const LocalSide& local, const BootFile& file) {
  BootServerUrl base = manifest.boot_server;
  if (!Ipv4::Parse(base.host)) base = {local.address.ToString(), local.http_port};
  return base.ToString() + "/" + std::string(kBootFileFolder) + file.name;
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
  if (asks_boot_server && BootItem(packet) && to_us) return {MessageType::kAck, {}, {}};
  if (packet.type == MessageType::kRequest) {
    // The client is taking its address from the site's DHCP server; a word from us would only confuse it.
    return {std::nullopt, "AddressRequest", "the site's DHCP server answers this one"};
  }
  return {std::nullopt, "NotForProxy", "a message that concerns address leases only"};
}

/// Writes what is to be booted; false when it does not fit.
bool WriteBootFile(ReplyWriter& writer, const NetbootClient& client, const std::string& file) {
  if (client.dialect == NetbootClient::Dialect::kHttp) {
    // UEFI HTTP boot measures option 67 and wants the bare URI.
    writer.Add(kOptBootFileName, file);
    return file.size() <= 255;
  }
  if (writer.SetFile(file)) return true;
  if (file.size() > 254) return false;
  writer.AddTerminated(kOptBootFileName, file);
  return true;
}

std::optional<std::vector<uint8_t>> WriteReply(const Packet& packet, const NetbootClient& client,
                                               MessageType type, const LocalSide& local,
                                               const std::string& file) {
  ReplyWriter writer(packet, type, local.address);
  const bool http = client.dialect == NetbootClient::Dialect::kHttp;
  writer.Add(kOptVendorClass, std::string_view(http ? "HTTPClient" : "PXEClient"));
  if (const auto id = packet.options.Find(kOptMachineId)) writer.Add(kOptMachineId, *id);
  if (!http) writer.SetServerName(local.address.ToString());
  if (!WriteBootFile(writer, client, file)) return std::nullopt;
  const auto item = BootItem(packet);
  const bool direct = client.boot_class.platform == Platform::kBios &&
                      client.boot_class.stage == BootStage::kFirmware && !http;
  if (item && type == MessageType::kAck) {
    std::vector<uint8_t> area;
    if (direct) area.assign(kPxeDirect.begin(), kPxeDirect.end() - 1);
    area.insert(area.end(), {kPxeBootItem, 4});
    area.insert(area.end(), item->begin(), item->end());
    area.push_back(kOptEnd);
    writer.Add(kOptVendorSpecific, area);
  } else if (direct) {
    writer.Add(kOptVendorSpecific, kPxeDirect);
  }
  if (client.boot_class.stage == BootStage::kIpxe) writer.Add(kOptIpxe, kIpxePriority);
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

BootEvent Describe(const Packet& packet, BootEvent event) {
  event.mac = packet.mac;
  if (!packet.ciaddr.IsUnspecified()) event.address = packet.ciaddr;
  event.request = ToString(packet.type);
  event.vendor_class = packet.options.Text(kOptVendorClass);
  event.user_class = packet.options.Text(kOptUserClass);
  event.uuid = UuidOf(packet);
  return event;
}

}  // namespace

Answer AnswerPacket(std::span<const uint8_t> bytes, Port port, const LocalSide& local,
                    const Snapshot& snapshot) {
  BootEvent event;
  event.door = port == Port::kServer ? Door::kDhcp : Door::kPxe;
  Packet packet;
  if (const auto parsed = Parse(bytes, packet); !parsed) {
    return Silent(std::move(event), ToString(parsed.error()), "not a DHCP request that can be read");
  }
  event = Describe(packet, std::move(event));
  const std::optional<NetbootClient> client = Classify(packet);
  if (!client) return Silent(std::move(event), "NotPxe", "not a network boot client");
  event.arch = client->arch_name;
  const Dialogue dialogue = DialogueFor(packet, port, local.address);
  if (!dialogue.reply) return Silent(std::move(event), dialogue.reason, std::string(dialogue.message));

  Client asking{event.door, ClientOrigin::kPeer, packet.mac, packet.ciaddr};
  Decision decision = Decide(asking, client->boot_class, snapshot);
  event.outcome = decision.outcome;
  event.reason = ToString(decision.reason);
  event.message = std::move(decision.message);
  if (decision.machine != nullptr) event.node = decision.machine->node;
  if (decision.outcome != Outcome::kAnswered) return {std::nullopt, std::move(event)};
  if (decision.machine != nullptr) CrossCheck(*decision.machine, client->boot_class.platform, event);

  const Manifest& manifest = snapshot.catalog->manifest();
  std::string file;
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    const bool http = client->dialect == NetbootClient::Dialect::kHttp;
    file = http ? ProgramUrl(manifest, local, **program) : (*program)->name;
  } else {
    file = ScriptUrl(manifest);
  }
  auto payload = WriteReply(packet, *client, *dialogue.reply, local, file);
  if (!payload) {
    return Silent(std::move(event), "ReplyTooLong", "the reply does not fit into what this client takes");
  }
  event.answer = std::string(ToString(*dialogue.reply)) + " " + file;
  event.bytes = payload->size();
  return {Address(std::move(*payload), packet, port, *dialogue.reply), std::move(event)};
}

}  // namespace slipway::dhcp
