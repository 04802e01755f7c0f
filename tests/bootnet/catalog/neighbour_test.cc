#include "bootnet/catalog/neighbour.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "bootnet/net/interface.h"

namespace slipway {
namespace {

TEST(IdentifyPeer, KnowsLoopbackForTheHost) {
  EXPECT_EQ(IdentifyPeer({0x7f000001}).origin, ClientOrigin::kHost);
  EXPECT_EQ(IdentifyPeer({0x7f010203}).origin, ClientOrigin::kHost);
}

/// The exit code says which expectation failed.
int InANamespace() {
  if (::unshare(CLONE_NEWNET) != 0) return 77;
  if (std::system("ip link add lan0 type veth && ip addr add 192.0.2.1/24 dev lan0 && "
                  "ip addr add 192.0.2.9/24 dev lan0 && ip link set lan0 up && "
                  "ip neigh add 192.0.2.50 lladdr 02:00:00:00:be:0a dev lan0 nud permanent && "
                  "ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev lan0 nud permanent && "
                  "ip route add default via 192.0.2.254") != 0) {
    return 77;
  }
  const Mac mac{{0x02, 0, 0, 0, 0xbe, 0x0a}};
  if (IdentifyPeer(*Ipv4::Parse("192.0.2.1")).origin != ClientOrigin::kHost) return 1;
  const PeerIdentity neighbour = IdentifyPeer(*Ipv4::Parse("192.0.2.50"));
  if (neighbour.origin != ClientOrigin::kPeer || neighbour.mac != mac) return 2;
  if (IdentifyPeer(*Ipv4::Parse("192.0.2.51")).mac) return 3;
  // Behind the router: its MAC must not speak for the machines that it forwards.
  const PeerIdentity routed = IdentifyPeer(*Ipv4::Parse("198.51.100.7"));
  if (routed.mac || routed.origin != ClientOrigin::kPeer) return 4;
  if (FindInterface("lan0", std::nullopt)->address != *Ipv4::Parse("192.0.2.1")) return 5;
  if (FindInterface("lan0", Ipv4::Parse("192.0.2.9"))->address != *Ipv4::Parse("192.0.2.9")) return 6;
  if (FindInterface("lan1", std::nullopt)) return 7;
  return 0;
}

TEST(IdentifyPeer, TellsNeighboursFromRoutedMachinesAndTheHost) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(InANamespace());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs root and `ip` to make a network namespace";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace slipway
