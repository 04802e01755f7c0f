#include "bootnet/boot_network.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>

#include "tests/bootnet/net_fixture.h"

namespace slipway {
namespace {

using namespace slipway::testing;

BootNetworkConfig Loopback() {
  BootNetworkConfig config;
  config.interfaces = {"lo"};
  config.address = Ipv4{0x7f000001};
  config.dhcp_port = config.pxe_port = config.tftp_port = config.http_port = 0;
  return config;
}

TEST(BootNetwork, OpensEveryServer) {
  boost::asio::io_context io;
  BootNetwork network(io, Loopback(), nullptr, {});
  ASSERT_TRUE(network.Start().has_value());
  const BootPorts ports = network.ports();
  for (uint16_t port : {ports.dhcp, ports.pxe, ports.tftp, ports.http}) EXPECT_NE(port, 0);
}

TEST(BootNetwork, NamesTheSettingWhenAPortIsInUseAndKeepsTheOthersUp) {
  boost::asio::io_context io;
  BootNetwork first(io, Loopback(), nullptr, {});
  ASSERT_TRUE(first.Start().has_value());
  BootNetworkConfig config = Loopback();
  config.http_port = first.ports().http;
  config.pxe_port = first.ports().pxe;
  std::vector<BootEvent> events;
  BootNetwork second(io, config, [&](BootEvent event) { events.push_back(std::move(event)); }, {});
  const auto started = second.Start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reaction, Reaction::kFixInput);
  EXPECT_NE(started.error().message.find("boot.http_port"), std::string::npos) << started.error().message;
  EXPECT_NE(started.error().message.find("boot.dhcp"), std::string::npos);
  EXPECT_EQ(second.ports().http, 0);
  EXPECT_NE(second.ports().tftp, 0);
  EXPECT_NE(second.ports().dhcp, 0);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().reason, "CannotListen");
}

TEST(BootNetwork, TakesAPortThatBecomesFree) {
  boost::asio::io_context io;
  auto first = std::make_unique<BootNetwork>(io, Loopback(), nullptr, BootFiles{});
  ASSERT_TRUE(first->Start().has_value());
  BootNetworkConfig config = Loopback();
  config.tftp_port = first->ports().tftp;
  std::string reason;
  BootNetwork second(io, config, [&](BootEvent event) { reason = event.reason; }, {});
  ASSERT_FALSE(second.Start().has_value());
  const uint16_t wanted = config.tftp_port;
  first.reset();
  io.run_for(std::chrono::milliseconds(2500));
  EXPECT_EQ(second.ports().tftp, wanted);
  EXPECT_EQ(reason, "ServersUp");
}

TEST(BootNetwork, WantsAnInterfaceForDhcp) {
  boost::asio::io_context io;
  BootNetworkConfig config = Loopback();
  config.interfaces.clear();
  BootNetwork network(io, config, nullptr, {});
  const auto started = network.Start();
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().message.find("boot.interfaces"), std::string::npos);
}

TEST(BootNetwork, ServesWithoutInterfacesWhereDhcpIsOff) {
  boost::asio::io_context io;
  BootNetworkConfig config = Loopback();
  config.interfaces.clear();
  config.dhcp = BootNetworkConfig::DhcpMode::kOff;
  BootNetwork network(io, config, nullptr, {});
  ASSERT_TRUE(network.Start().has_value());
  EXPECT_NE(network.ports().http, 0);
  EXPECT_EQ(network.ports().dhcp, 0);
}

TEST(BootNetwork, WaitsForAnInterfaceThatIsNotThere) {
  boost::asio::io_context io;
  BootNetworkConfig config = Loopback();
  config.interfaces = {"nowhere0"};
  std::string reason;
  BootNetwork network(io, config, [&](BootEvent event) { reason = event.reason; }, {});
  EXPECT_TRUE(network.Start().has_value());
  EXPECT_EQ(reason, "InterfaceMissing");
  EXPECT_EQ(network.ports().http, 0);
}

int Shell(const char* command) { return std::system(command); }

/// Runs in a network namespace of its own; the exit code says how far it came.
int InterfaceComesAndGoes() {
  if (::unshare(CLONE_NEWNET) != 0) return 77;
  if (Shell("ip link add later0 type veth") != 0) return 77;
  if (Shell("ip link del later0") != 0) return 77;
  boost::asio::io_context io;
  BootNetworkConfig config;
  config.interfaces = {"later0"};
  std::vector<std::string> reasons;
  BootNetwork network(io, config, [&](BootEvent event) { reasons.push_back(event.reason); }, {});
  if (!network.Start()) return 1;
  if (Shell(
          "ip link add later0 type veth && ip addr add 192.0.2.1/24 dev later0 && ip link set later0 up") !=
      0) {
    return 2;
  }
  io.run_for(std::chrono::milliseconds(2500));
  if (network.ports().dhcp != 67 || network.ports().http != 8080) return 3;
  // Deleted and made again under the same name it is another interface: sockets bound to the old one hear
  // nothing.
  if (Shell("ip link del later0 && ip link add later0 type veth && ip addr add 192.0.2.1/24 dev later0 && "
            "ip link set later0 up") != 0) {
    return 4;
  }
  io.run_for(std::chrono::milliseconds(2500));
  if (network.ports().dhcp != 67) return 5;
  if (Shell("ip link del later0") != 0) return 6;
  io.run_for(std::chrono::milliseconds(2500));
  if (network.ports().dhcp != 0) return 7;
  return reasons == std::vector<std::string>{"InterfaceMissing", "InterfaceAppeared", "InterfaceMissing"} ? 0
                                                                                                          : 8;
}

TEST(BootNetwork, PicksUpAnInterfaceThatAppearsLater) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(InterfaceComesAndGoes());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs root and `ip` to make a network namespace";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace slipway
