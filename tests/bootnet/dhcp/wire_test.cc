#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>

#include "bootnet/boot_network.h"
#include "tests/bootnet/dhcp/packets.h"
#include "tests/bootnet/world.h"

/// Whole frames on two cables in a network namespace: a machine without an address broadcasts, and the answer
/// leaves by the interface and from the address that it came in on.
namespace slipway {
namespace {

using namespace slipway::testing;

constexpr int kCannot = 77;
constexpr size_t kUdpAt = 14 + 20;
constexpr size_t kPayloadAt = kUdpAt + 8;

void PutWord(Bytes& bytes, size_t at, size_t value) {
  bytes[at] = static_cast<uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<uint8_t>(value);
}

size_t WordAt(const Bytes& bytes, size_t at) { return static_cast<size_t>(bytes[at]) << 8U | bytes[at + 1]; }

/// Ethernet, IPv4 and UDP around a payload: 0.0.0.0:68 to 255.255.255.255:67, all broadcast.
Bytes BroadcastFrame(const Mac& from, const Bytes& payload) {
  Bytes frame(kPayloadAt, 0);
  std::fill_n(frame.begin(), 6, 0xff);
  std::copy(from.bytes.begin(), from.bytes.end(), frame.begin() + 6);
  PutWord(frame, 12, 0x0800);
  frame[14] = 0x45;
  PutWord(frame, 16, 20 + 8 + payload.size());
  frame[22] = 64;
  frame[23] = IPPROTO_UDP;
  std::fill_n(frame.begin() + 30, 4, 0xff);
  size_t sum = 0;
  for (size_t at = 14; at < kUdpAt; at += 2) sum += WordAt(frame, at);
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  PutWord(frame, 24, ~sum & 0xffffU);
  PutWord(frame, kUdpAt, 68);
  PutWord(frame, kUdpAt + 2, 67);
  PutWord(frame, kUdpAt + 4, 8 + payload.size());
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

class Cable {
 public:
  explicit Cable(const char* interface)
      : fd_(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP))) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    good_ = ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Cable() { ::close(fd_); }
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  bool Send(const Bytes& frame) const {
    return good_ && ::send(fd_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size());
  }
  /// The next frame that came in from the other end; {} when there is none.
  Bytes Receive() const {
    for (;;) {
      Bytes frame(2000);
      sockaddr_ll from{};
      socklen_t length = sizeof(from);
      const ssize_t n =
          ::recvfrom(fd_, frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (n < 0) return {};
      frame.resize(static_cast<size_t>(n));
      if (from.sll_pkttype != PACKET_OUTGOING) return frame;
    }
  }

 private:
  int fd_;
  bool good_ = false;
};

/// The exit code says which expectation failed.
int OfferOnTheWire() {
  if (::unshare(CLONE_NEWNET) != 0) return kCannot;
  if (std::system("ip link add lan0 type veth peer name far0 && ip link add lan1 type veth peer name far1 && "
                  "ip addr add 192.0.2.1/24 dev lan0 && ip addr add 198.51.100.1/24 dev lan1 && "
                  "for i in lan0 lan1 far0 far1; do ip link set $i up || exit 1; done") != 0) {
    return kCannot;
  }
  boost::asio::io_context io;
  BootNetworkConfig config;
  config.interfaces = {"lan0", "lan1"};
  BootNetwork network(io, config, nullptr, MakeBootFiles());
  if (!network.Start()) return 1;
  network.SetCatalog(MakeSnapshot().catalog);
  const Cable first("far0");
  const Cable second("far1");
  if (!second.Send(BroadcastFrame(kBeta, Ended(FirmwarePacket(kBeta, dhcp::MessageType::kDiscover, 7)))))
    return 2;
  if (!first.Send(
          BroadcastFrame(kStranger, Ended(FirmwarePacket(kStranger, dhcp::MessageType::kDiscover, 7))))) {
    return 3;
  }
  io.run_for(std::chrono::milliseconds(300));
  const Bytes frame = second.Receive();
  if (frame.size() < kPayloadAt + 300) return 4;
  if (frame[0] != 0xff || frame[5] != 0xff) return 5;
  if (LongAt(frame, 26) != Ipv4::Parse("198.51.100.1")->value || LongAt(frame, 30) != 0xffffffff) return 6;
  if (WordAt(frame, kUdpAt) != 67 || WordAt(frame, kUdpAt + 2) != 68) return 7;
  const Bytes offer(frame.begin() + kPayloadAt, frame.end());
  if (OptionOf(offer, dhcp::kOptServerId).value != Bytes{198, 51, 100, 1}) return 8;
  if (LongAt(offer, 20) != Ipv4::Parse("198.51.100.1")->value) return 9;
  if (FileOf(offer) != "snponly.efi") return 10;
  if (!second.Receive().empty()) return 11;
  if (!first.Receive().empty()) return 12;  // the stranger's cable stays silent
  return 0;
}

TEST(DhcpOnTheWire, AnswersABroadcastByTheInterfaceAndAddressItCameInOn) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(OfferOnTheWire());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kCannot) GTEST_SKIP() << "needs root and `ip` to make a network namespace";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace slipway
