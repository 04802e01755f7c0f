#include <gtest/gtest.h>

#include <fstream>

#include "tests/bootnet/net_fixture.h"

namespace slipway {
namespace {

using namespace slipway::testing;

TEST(HttpServer, ServesEveryFileOfTheGenerationWithItsBytes) {
  RunningNetwork running({.identify = AlwaysHost()});
  for (const auto& [path, bytes] : SiteFiles()) {
    const HttpReply reply = HttpGet(running.ports.http, "/" + path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_TRUE(reply.body == bytes) << path;
    EXPECT_NE(reply.head.find("\r\nETag: \"" + Sha256::Of(bytes).ToHex() + "\"\r\n"), std::string::npos)
        << path;
    EXPECT_NE(reply.head.find("\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n"),
              std::string::npos);
  }
  const auto event = running.WaitForEvent("Host");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->door, Door::kHttp);
  EXPECT_EQ(event->outcome, Outcome::kAnswered);
}

TEST(HttpServer, ServesBootProgramsUnderTheirFolder) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  const HttpReply get = HttpGet(running.ports.http, "/ipxe/snponly.efi");
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(Sha256::Of(get.body), MakeBootFiles().Find("snponly.efi")->digest);
  EXPECT_NE(get.head.find("Content-Type: application/efi"), std::string::npos);
  const HttpReply head = HttpAsk(running.ports.http, "HEAD /ipxe/snponly.efi HTTP/1.1");
  EXPECT_EQ(head.head, get.head);
  EXPECT_EQ(head.body, "");
}

TEST(HttpServer, KeepsAConnectionForSeveralRequestsEvenPipelined) {
  RunningNetwork running({.identify = AlwaysHost()});
  TestSocket socket(TestSocket::Kind::kTcp, running.ports.http);
  const std::string request = "GET /boot.ipxe HTTP/1.1\r\n\r\n";
  const std::string body = SiteFiles().at("boot.ipxe");
  for (int i = 0; i < 3; ++i) {
    socket.Send(request);
    std::string got;
    while (!got.ends_with(body)) {
      const std::string part = socket.Receive();
      ASSERT_FALSE(part.empty());
      got += part;
    }
    EXPECT_NE(got.find("Connection: keep-alive"), std::string::npos);
  }
  socket.Send(request + request + "GET /boot.ipxe HTTP/1.0\r\n\r\n");
  const std::string rest = socket.ReceiveUntilClosed();
  size_t count = 0;
  for (size_t at = rest.find(body); at != std::string::npos; at = rest.find(body, at + 1)) ++count;
  EXPECT_EQ(count, 3U);
}

TEST(HttpServer, ARequestInheritsNothingFromTheOneBeforeOnItsConnection) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  TestSocket socket(TestSocket::Kind::kTcp, running.ports.http);
  const std::string config = MachineConfigPath(kBeta);
  socket.Send("GET /" + config + " HTTP/1.1\r\nRange: bytes=1-2\r\n\r\nGET /" + config +
              " HTTP/1.1\r\nIf-Match: \"another\"\r\n\r\nGET /nothing HTTP/1.0\r\n\r\n");
  const std::string got = socket.ReceiveUntilClosed();
  EXPECT_TRUE(got.starts_with("HTTP/1.1 206 ")) << got;
  // The text of a refusal leaves, where the file of the answer before was in memory.
  const size_t second = got.find("HTTP/1.1 412 ");
  ASSERT_NE(second, std::string::npos) << got;
  EXPECT_NE(got.find("PreconditionFailed: ", second), std::string::npos) << got;
  const size_t third = got.find("HTTP/1.1 404 ");
  ASSERT_NE(third, std::string::npos) << got;
  EXPECT_NE(got.find("NotFound: ", third), std::string::npos) << got;
  const auto event = running.WaitForEvent("NotFound");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->digest, "");
  EXPECT_EQ(event->revision, "");
  EXPECT_EQ(event->size, 0U);
  EXPECT_EQ(event->served, Served::kOther);
}

TEST(HttpServer, SendsRangesForResume) {
  RunningNetwork running({.identify = AlwaysHost()});
  const std::string path = AssetPathOfSite();
  const std::string bytes = SiteFiles().at(path);
  const HttpReply reply = HttpAsk(running.ports.http, "GET /" + path + " HTTP/1.1\r\nRange: bytes=100000-");
  EXPECT_EQ(reply.status, 206);
  EXPECT_TRUE(reply.body == bytes.substr(100'000));
}

TEST(HttpServer, RefusesWithTheReasonFirst) {
  RunningNetwork running({.identify = AlwaysMac(kStranger)});
  const HttpReply reply = HttpGet(running.ports.http, "/" + MachineConfigPath(kBeta));
  EXPECT_EQ(reply.status, 403);
  EXPECT_TRUE(reply.body.starts_with("Slipway: not approved in Git\nUnknownMachine: ")) << reply.body;
  const auto event = running.WaitForEvent("UnknownMachine");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->mac, kStranger);
  EXPECT_EQ(event->outcome, Outcome::kRefused);
}

TEST(HttpServer, NeverRedirectsAndTakesOnlyGetAndHead) {
  RunningNetwork running({.identify = AlwaysHost()});
  const uint16_t port = running.ports.http;
  EXPECT_EQ(HttpGet(port, "//boot.ipxe").status, 200);
  EXPECT_EQ(HttpGet(port, "/nodes").status, 404);
  EXPECT_EQ(HttpAsk(port, "DELETE /boot.ipxe HTTP/1.1").status, 405);
  EXPECT_EQ(HttpAsk(port, "POST /boot.ipxe HTTP/1.1\r\nContent-Length: 3").status, 413);
  EXPECT_EQ(HttpAsk(port, "nonsense").status, 400);
  EXPECT_EQ(HttpAsk(port, "GET / HTTP/1.1").status, 400);
  EXPECT_EQ(HttpAsk(port, "GET /" + std::string(9000, 'a') + " HTTP/1.1").status, 431);
}

TEST(HttpServer, SaysWhenNothingIsServedYet) {
  RunningNetwork running({.identify = AlwaysHost(), .served = RunningNetwork::Options::Served::kNothing});
  const HttpReply reply = HttpGet(running.ports.http, "/boot.ipxe");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.head.find("Retry-After: 5"), std::string::npos);
  EXPECT_TRUE(reply.body.starts_with("Slipway: no revision served yet\nNothingServed: "));
}

TEST(HttpServer, KeepsWhatIpxeSaysOfAMachine) {
  RunningNetwork running({.site = {.unknown = UnknownAction::kReport}, .identify = AlwaysMac(kStranger)});
  HttpGet(running.ports.http, "/boot.ipxe?uuid=abc&serial=S%201&manufacturer=ACME&product=X");
  const auto event = running.WaitForEvent("UnknownMachine");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->serial, "S 1");
  EXPECT_EQ(event->product, "ACME X");
  EXPECT_EQ(event->request, "GET /boot.ipxe");
}

TEST(HttpServer, AnUnknownMachineWaitsAtItsScreenAndTellsWhatItIs) {
  RunningNetwork running({.site = {.unknown = UnknownAction::kWait}, .identify = AlwaysMac(kStranger)});
  const HttpReply reply =
      HttpGet(running.ports.http, "/unknown?tries=1&mac=52:54:00:00:00:02&serial=S%201&asset=rack%203");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.starts_with("#!ipxe\n"));
  EXPECT_NE(reply.body.find("sleep 10"), std::string::npos);
  const auto event = running.WaitForEvent("UnknownMachine");
  ASSERT_TRUE(event.has_value());
  ASSERT_NE(event->facts, nullptr);
  EXPECT_EQ(event->facts->macs.front(), kStranger) << "what the network shows, before what is said";
  EXPECT_EQ(event->facts->macs.size(), 2U);
  EXPECT_EQ(event->facts->asset, "rack 3");
}

TEST(HttpServer, ACardThatTheNodeLacksIsNoNewMachineAndLoopsNowhere) {
  RunningNetwork running({.site = {.unknown = UnknownAction::kWait}, .identify = AlwaysMac(kStranger)});
  const HttpReply reply = HttpGet(running.ports.http, "/unknown?mac0=" + kAlpha1.ToColons());
  EXPECT_NE(reply.body.find("one of node alpha"), std::string::npos);
  EXPECT_NE(reply.body.find("sleep 5"), std::string::npos);
  const auto event = running.WaitForEvent("UnknownMachine");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->facts, nullptr);
}

TEST(HttpServer, DoesNotServeAFileThatWasEditedOnDisk) {
  RunningNetwork running({.identify = AlwaysHost()});
  std::ofstream(running.state_dir() + "/current/boot.ipxe", std::ios::app) << "tampered";
  const HttpReply reply = HttpGet(running.ports.http, "/boot.ipxe");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body.find("tampered"), std::string::npos);
  EXPECT_TRUE(running.WaitForEvent("FileUnreadable").has_value());
}

}  // namespace
}  // namespace slipway
