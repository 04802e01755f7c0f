#include "bootnet/dhcp/netboot.h"

#include <array>

#include "bootnet/catalog/cross_check.h"

namespace slipway::dhcp {
namespace {

constexpr uint8_t kPxeBootItem = 71;
/// Higher than the router's 0, so that iPXE prefers our file name to one the site's DHCP server sends.
constexpr std::array<uint8_t, 3> kIpxePriority{0x01, 0x01, 0x05};
/// no-pxedhcp: this server is the only one, so iPXE need not wait two seconds for a proxy.
constexpr std::array<uint8_t, 3> kIpxeNoProxy{0xb0, 0x01, 0x01};
/// PXE discovery control: boot straight from `file`, no menu, no discovery. BIOS ROMs need it, and UEFI
/// firmware of some makers refuses offers that have it.
constexpr std::array<uint8_t, 4> kPxeDirect{0x06, 0x01, 0x08, 0xff};

std::string ScriptUrl(const Manifest& manifest) {
  return manifest.boot_server.ToString() + "/" + std::string(kEntryScriptPath);
}

/// UEFI HTTP boot has no name server unless the site's DHCP gives one: the literal address always works.
std::string ProgramUrl(const Manifest& manifest, const LocalSide& local, const BootFile& file) {
  BootServerUrl base = manifest.boot_server;
  if (!Ipv4::Parse(base.host)) base = {local.address.ToString(), local.http_port};
  return base.ToString() + "/" + std::string(kBootFileFolder) + file.name;
}

/// False when the name does not fit.
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

void WriteVendorArea(ReplyWriter& writer, const Packet& packet, bool direct, MessageType type) {
  const auto item = BootItemOf(packet);
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
}

}  // namespace

BootEvent DescribePacket(const Packet& packet, Door door) {
  BootEvent event;
  event.door = door;
  event.mac = packet.mac;
  if (!packet.ciaddr.IsUnspecified()) event.address = packet.ciaddr;
  event.request = ToString(packet.type);
  event.vendor_class = packet.options.Text(kOptVendorClass);
  event.user_class = packet.options.Text(kOptUserClass);
  event.uuid = UuidOf(packet);
  return event;
}

std::optional<std::span<const uint8_t>> BootItemOf(const Packet& packet) {
  const auto area = packet.options.Find(kOptVendorSpecific);
  if (!area) return std::nullopt;
  const auto item = FindSuboption(*area, kPxeBootItem);
  if (!item || item->size() != 4) return std::nullopt;
  return item;
}

std::optional<Netboot> DecideNetboot(const Packet& packet, NetbootClient client, const LocalSide& local,
                                     const Snapshot& snapshot, BootEvent& event) {
  event.arch = client.arch_name;
  const Client asking{event.door, ClientOrigin::kPeer, packet.mac, packet.ciaddr};
  Decision decision = Decide(asking, client.boot_class, snapshot);
  event.outcome = decision.outcome;
  event.reason = ToString(decision.reason);
  event.message = std::move(decision.message);
  if (decision.machine != nullptr) event.node = decision.machine->node;
  if (decision.outcome != Outcome::kAnswered) return std::nullopt;
  if (decision.machine != nullptr) CrossCheck(*decision.machine, client.boot_class.platform, event);

  const Manifest& manifest = snapshot.catalog->manifest();
  Netboot netboot{std::move(client), {}};
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    const bool http = netboot.client.dialect == NetbootClient::Dialect::kHttp;
    netboot.file = http ? ProgramUrl(manifest, local, **program) : (*program)->name;
  } else {
    netboot.file = ScriptUrl(manifest);
  }
  return netboot;
}

bool WriteNetboot(ReplyWriter& writer, const Packet& packet, const Netboot& netboot, Carrier carrier,
                  MessageType type, Ipv4 next_server) {
  const NetbootClient& client = netboot.client;
  const bool http = client.dialect == NetbootClient::Dialect::kHttp;
  const bool ipxe = client.boot_class.stage == BootStage::kIpxe;
  const bool direct = client.boot_class.platform == Platform::kBios &&
                      client.boot_class.stage == BootStage::kFirmware && !http;
  if (http) {
    writer.Add(kOptVendorClass, std::string_view("HTTPClient"));
  } else if (carrier == Carrier::kProxy || direct) {
    writer.Add(kOptVendorClass, std::string_view("PXEClient"));
  }
  if (const auto id = packet.options.Find(kOptMachineId)) writer.Add(kOptMachineId, *id);
  if (!http) writer.SetServerName(next_server.ToString());
  if (!WriteBootFile(writer, client, netboot.file)) return false;
  WriteVendorArea(writer, packet, direct, type);
  if (ipxe) writer.Add(kOptIpxe, carrier == Carrier::kProxy ? kIpxePriority : kIpxeNoProxy);
  return true;
}

}  // namespace slipway::dhcp
