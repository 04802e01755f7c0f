#include "bootnet/net/packet_socket.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "bootnet/net/frames.h"
#include "tests/bootnet/dhcp/packets.h"

/// Frames on a cable in a network namespace.
namespace slipway {
namespace {

using testing::Bytes;

constexpr int kCannot = 77;
constexpr Mac kFar{{2, 0, 0, 0, 0, 9}};

/// The frame in VLAN 90, as IEEE 802.1Q has it on a trunk.
Bytes Tagged(Bytes frame) {
  const Bytes tag{0x81, 0x00, 0x00, 90};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return frame;
}

/// How many of `frames` an open socket of that kind hears, on the other end of the cable.
int Heard(FrameKind kind, const std::vector<Bytes>& frames) {
  boost::asio::io_context io;
  const auto open = [&](const char* name, FrameKind what) {
    Interface interface;
    interface.name = name;
    interface.index = static_cast<int>(::if_nametoindex(name));
    return PacketSocket::Open(io, interface, what);
  };
  const auto near = open("lan0", kind);
  const auto far = open("far0", FrameKind::kNone);
  if (!near || !far) return -1;
  int heard = 0;
  (*near)->Receive([&](std::span<const uint8_t>) { ++heard; });
  for (const Bytes& frame : frames) {
    if (!(*far)->Send(frame)) return -1;
  }
  io.run_for(std::chrono::milliseconds(200));
  return heard;
}

/// The exit code says which expectation failed.
int HearACable() {
  if (::unshare(CLONE_NEWNET) != 0) return kCannot;
  if (std::system(
          "ip link add lan0 type veth peer name far0 && ip link set lan0 up && ip link set far0 up") != 0)
    return kCannot;
  const Bytes payload(300, 7);
  const auto udp = [&](uint16_t port) {
    return BuildUdpFrame(
        {kFar, kBroadcastMac, *Ipv4::Parse("192.0.2.1"), *Ipv4::Parse("255.255.255.255"), 67, port, payload});
  };
  const Bytes probe = BuildArpProbe(kFar, *Ipv4::Parse("192.0.2.7"));
  if (Heard(FrameKind::kDhcpReplies, {udp(68), udp(67), udp(68), probe}) != 2) return 1;
  if (Heard(FrameKind::kDhcpReplies, {Tagged(udp(68)), udp(68), Tagged(udp(68))}) != 1) return 2;
  if (Heard(FrameKind::kArp, {probe, udp(68), probe}) != 2) return 3;
  if (Heard(FrameKind::kArp, {Tagged(probe), probe, Tagged(probe)}) != 1) return 4;
  return 0;
}

TEST(PacketSocket, HearsItsKindAndNothingThatIsTaggedForAnotherVlan) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(HearACable());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kCannot) GTEST_SKIP() << "needs root and `ip` to make a network namespace";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace slipway
