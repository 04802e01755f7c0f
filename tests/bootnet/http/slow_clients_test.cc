#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <fstream>

#include "tests/bootnet/net_fixture.h"

/// Clients that dawdle, and clients that are many.
namespace slipway {
namespace {

using namespace slipway::testing;

TEST(HttpSlowClients, LimitsTheConnectionsOfOneClient) {
  BootLimits limits;
  limits.http_connections_per_client = 3;
  RunningNetwork running({.limits = limits, .identify = AlwaysHost()});
  std::vector<std::unique_ptr<TestSocket>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<TestSocket>(TestSocket::Kind::kTcp, running.ports.http));
    held.back()->Send("GET /boot.ipxe HTTP/1.1\r\n\r\n");
    EXPECT_NE(held.back()->Receive(), "");
  }
  TestSocket fourth(TestSocket::Kind::kTcp, running.ports.http);
  EXPECT_TRUE(fourth.ReceiveUntilClosed().starts_with("HTTP/1.1 503"));
  EXPECT_TRUE(running.WaitForEvent("Busy").has_value());
  {
    TestSocket other_address(TestSocket::Kind::kTcp, running.ports.http, {0x7f000002});
    other_address.Send("GET /boot.ipxe HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(other_address.ReceiveUntilClosed().starts_with("HTTP/1.1 200"));
  }
  held.clear();
  for (int i = 0; i < 100 && running.network().counters().http_connections > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(HttpGet(running.ports.http, "/boot.ipxe").status, 200);
}

TEST(HttpSlowClients, LetsGoOfClientsThatDawdle) {
  BootLimits limits;
  limits.http_idle_ms = 200;
  limits.http_head_ms = 200;
  limits.http_stall_ms = 300;
  RunningNetwork running({.limits = limits, .identify = AlwaysHost()});
  TestSocket idle(TestSocket::Kind::kTcp, running.ports.http);
  EXPECT_EQ(idle.ReceiveUntilClosed(), "");
  // Every byte is in time, the head is not.
  TestSocket trickle(TestSocket::Kind::kTcp, running.ports.http);
  for (char c : std::string("GET /boot.ipxe HTTP/1.1\r\n")) {
    trickle.Send(std::string(1, c));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  trickle.Send("\r\n");
  EXPECT_EQ(trickle.ReceiveUntilClosed(), "");
}

TEST(HttpSlowClients, LetsGoOfAClientThatDoesNotRead) {
  BootLimits limits;
  limits.http_stall_ms = 200;
  RunningNetwork running({.limits = limits, .identify = AlwaysHost()});
  TestSocket lazy(TestSocket::Kind::kTcp, running.ports.http);
  const int small = 4096;
  ::setsockopt(lazy.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
  const std::string request = "GET /" + AssetPathOfSite() + " HTTP/1.1\r\n\r\n";
  std::string many;
  for (int i = 0; i < 60; ++i) many += request;  // more than the kernel buffers on both sides
  lazy.Send(many);
  EXPECT_TRUE(running.WaitForEvent("TimedOut").has_value());
}

TEST(HttpSlowClients, LosesTheLongestIdleConnectionWhenAllPlacesAreTaken) {
  BootLimits limits;
  limits.http_connections = 3;
  RunningNetwork running({.limits = limits, .identify = AlwaysHost()});
  std::vector<std::unique_ptr<TestSocket>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<TestSocket>(TestSocket::Kind::kTcp, running.ports.http));
    held.back()->Send("GET /boot.ipxe HTTP/1.1\r\n\r\n");
    EXPECT_NE(held.back()->Receive(), "");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // one after the other
  }
  EXPECT_EQ(HttpGet(running.ports.http, "/boot.ipxe").status, 200) << "idle connections give way";
  EXPECT_EQ(held[0]->ReceiveUntilClosed(), "") << "the oldest of them";
  held[1]->Send("GET /boot.ipxe HTTP/1.1\r\n\r\n");
  EXPECT_NE(held[1]->Receive(), "") << "the others stay";
}

TEST(HttpSlowClients, TurnsAwayWithRetryAfterWhenAllAreBusy) {
  BootLimits limits;
  limits.http_connections = 2;
  RunningNetwork running({.limits = limits, .identify = AlwaysHost()});
  TestSocket a(TestSocket::Kind::kTcp, running.ports.http);
  TestSocket b(TestSocket::Kind::kTcp, running.ports.http);
  for (TestSocket* half : {&a, &b}) half->Send("GET /boot.ip");
  for (int i = 0; i < 100 && running.network().counters().http_connections < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the halves are read
  TestSocket third(TestSocket::Kind::kTcp, running.ports.http);
  const std::string reply = third.ReceiveUntilClosed();
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 503 ")) << reply;
  EXPECT_NE(reply.find("\r\nRetry-After: "), std::string::npos);
}

long ResidentKib() {
  std::ifstream status("/proc/self/statm");
  long total = 0;
  long resident = 0;
  status >> total >> resident;
  return resident * 4;
}

TEST(HttpSlowClients, AreCarriedByTheThousandOnOneThread) {
#ifdef __SANITIZE_THREAD__
  constexpr long kShadow = 4;  ///< ThreadSanitizer keeps bytes of its own for each
#else
  constexpr long kShadow = 1;
#endif
  constexpr uint32_t kClients = 3'000;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < 3 * kClients)
    GTEST_SKIP() << "needs 9,000 descriptors, the hard limit is " << limit.rlim_max;
  RunningNetwork running({.identify = AlwaysHost()});
  const std::string path = AssetPathOfSite();
  const std::string bytes = SiteFiles().at(path);
  const long before = ResidentKib();
  std::vector<std::unique_ptr<TestSocket>> clients;
  for (uint32_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<TestSocket>(TestSocket::Kind::kTcp, running.ports.http,
                                                   Ipv4{0x7f000001 + (i % 250)}));
    // A third sends only part of a request, the others ask for a file and do not read it yet.
    clients.back()->Send(i % 3 == 0 ? "GET /boot.ipxe HTT" : "GET /" + path + " HTTP/1.0\r\n\r\n");
  }
  EXPECT_EQ(HttpGet(running.ports.http, "/boot.ipxe").status, 200) << "among them a quick one is served";
  EXPECT_GE(running.network().counters().http_connections, kClients - 1);
  EXPECT_LT(ResidentKib() - before, kShadow * 64 * 1024)
      << "KiB for three thousand connections, test clients included";
  size_t complete = 0;
  for (uint32_t i = 0; i < kClients; ++i) {
    if (i % 3 != 0) complete += clients[i]->ReceiveUntilClosed().ends_with(bytes) ? 1 : 0;
  }
  EXPECT_EQ(complete, kClients / 3 * 2);
}

}  // namespace
}  // namespace slipway
