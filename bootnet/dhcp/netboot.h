#pragma once

#include <optional>
#include <string>

#include "bootnet/dhcp/answer.h"
#include "bootnet/dhcp/classify.h"
#include "bootnet/dhcp/encode.h"

/// What a reply tells a machine that boots from the network, the same beside another DHCP server and as one.
namespace slipway::dhcp {

struct Netboot {
  NetbootClient client;
  std::string file;  ///< a name for TFTP, or a URL
};

/// Which kind of reply carries it.
enum class Carrier : uint8_t {
  kProxy,    ///< yiaddr 0, beside the address of another server
  kAddress,  ///< our own OFFER or ACK of an address
};

/// What is known of the packet's sender, for the journal.
BootEvent DescribePacket(const Packet& packet, Door door);

/// Asks the gate how this client goes on; nothing when it does not. The event says which and why.
std::optional<Netboot> DecideNetboot(const Packet& packet, NetbootClient client, const LocalSide& local,
                                     const Snapshot& snapshot, BootEvent& event);

/// The PXE boot item (option 43, suboption 71) that a client asks a boot server for.
std::optional<std::span<const uint8_t>> BootItemOf(const Packet& packet);

/// Writes the boot file and the options that make firmware take it; false when they do not fit. With an
/// address of ours UEFI gets no option 60: without option 43 it would wait for a boot server instead of
/// booting.
bool WriteNetboot(ReplyWriter& writer, const Packet& packet, const Netboot& netboot, Carrier carrier,
                  MessageType type, Ipv4 next_server);

}  // namespace slipway::dhcp
