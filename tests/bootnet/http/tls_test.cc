#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <thread>

#include "tests/bootnet/http/certificate.h"
#include "tests/bootnet/net_fixture.h"

/// The same files over TLS: same gate, same caps, same time-outs.
namespace slipway {
namespace {

using namespace slipway::testing;

class HttpsServer : public ::testing::Test {
 protected:
  void Install(const Certificate& made) {
    std::ofstream(certificate()) << made.certificate;
    std::ofstream(key()) << made.key;
  }
  std::string certificate() const { return folder_.path() + "/boot.crt"; }
  std::string key() const { return folder_.path() + "/boot.key"; }
  RunningNetwork::Options Serving(PeerLookup identify = AlwaysHost(), BootLimits limits = {}) {
    Install(MakeCertificate("first"));
    return {.limits = limits, .identify = std::move(identify), .tls = {{certificate(), key()}}};
  }

 private:
  TempDir folder_;
};

std::string Get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n"; }

TEST_F(HttpsServer, ServesEveryFileWithItsBytes) {
  RunningNetwork running(Serving());
  for (const auto& [path, bytes] : SiteFiles()) {
    const TlsReply reply = TlsAsk(running.ports.https, Get("/" + path));
    EXPECT_TRUE(reply.all.starts_with("HTTP/1.1 200 OK\r\n")) << path << reply.problem;
    EXPECT_TRUE(reply.all.ends_with("\r\n\r\n" + bytes)) << path;
    EXPECT_EQ(reply.common_name, "first");
  }
  const TlsReply program = TlsAsk(running.ports.https, Get("/ipxe/snponly.efi"));
  EXPECT_TRUE(program.all.ends_with("\r\n\r\n" + ProgramOf(70'000)));
  EXPECT_EQ(HttpGet(running.ports.http, "/boot.ipxe").status, 200) << "in clear beside it";
}

TEST_F(HttpsServer, PassesTheSameGate) {
  RunningNetwork running(Serving(AlwaysMac(kStranger)));
  const TlsReply reply = TlsAsk(running.ports.https, Get("/" + MachineConfigPath(kBeta)));
  EXPECT_TRUE(reply.all.starts_with("HTTP/1.1 403 ")) << reply.all;
  EXPECT_EQ(reply.all.find(kConfigMark), std::string::npos);
  EXPECT_TRUE(running.WaitForEvent("UnknownMachine").has_value());
}

TEST_F(HttpsServer, AnswersRangesHeadsAndSeveralRequests) {
  RunningNetwork running(Serving());
  const std::string path = "/" + AssetPathOfSite();
  const std::string bytes = SiteFiles().at(AssetPathOfSite());
  const std::string requests = "HEAD " + path + " HTTP/1.1\r\n\r\nGET " + path +
                               " HTTP/1.1\r\nRange: bytes=100000-\r\n\r\n" + Get("/boot.ipxe");
  const TlsReply reply = TlsAsk(running.ports.https, requests);
  EXPECT_NE(reply.all.find("HTTP/1.1 206 "), std::string::npos);
  EXPECT_NE(reply.all.find(bytes.substr(100'000)), std::string::npos);
  EXPECT_TRUE(reply.all.ends_with(SiteFiles().at("boot.ipxe")));
}

TEST_F(HttpsServer, SpeaksTls12AndNewerOnly) {
  RunningNetwork running(Serving());
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe"), TLS1_3_VERSION).version, "TLSv1.3");
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe"), TLS1_2_VERSION).version, "TLSv1.2");
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe"), TLS1_1_VERSION).problem, "no handshake");
}

TEST_F(HttpsServer, TakesANewCertificateWhenTheFilesChange) {
  RunningNetwork running(Serving());
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe")).common_name, "first");
  const Certificate second = MakeCertificate("second");
  std::ofstream(certificate()) << second.certificate;
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe")).common_name, "first")
      << "half of the pair is none";
  const auto event = running.WaitForEvent("TlsFilesUnusable");
  ASSERT_TRUE(event.has_value());
  EXPECT_NE(event->message.find("is not the key of"), std::string::npos) << event->message;
  std::ofstream(key()) << second.key;
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe")).common_name, "second");
}

TEST_F(HttpsServer, LimitsConnectionsTogetherWithThoseInClear) {
  BootLimits limits;
  limits.http_connections_per_client = 2;
  RunningNetwork running(Serving(AlwaysHost(), limits));
  TestSocket clear(TestSocket::Kind::kTcp, running.ports.http);
  clear.Send("GET /boot.ipxe HTTP/1.1\r\n\r\n");
  EXPECT_NE(clear.Receive(), "");
  TestSocket silent(TestSocket::Kind::kTcp, running.ports.https);
  for (int i = 0; i < 100 && running.network().counters().http_connections < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(TlsAsk(running.ports.https, Get("/boot.ipxe")).problem, "no handshake");
  EXPECT_TRUE(running.WaitForEvent("Busy").has_value());
}

TEST_F(HttpsServer, LetsGoOfWhoeverNeverShakesHands) {
  BootLimits limits;
  limits.http_head_ms = 200;
  RunningNetwork running(Serving(AlwaysHost(), limits));
  TestSocket silent(TestSocket::Kind::kTcp, running.ports.https);
  EXPECT_EQ(silent.ReceiveUntilClosed(), "");
  TestSocket plain(TestSocket::Kind::kTcp, running.ports.https);
  plain.Send("GET /boot.ipxe HTTP/1.1\r\n\r\n");
  EXPECT_EQ(plain.ReceiveUntilClosed().find("HTTP"), std::string::npos);
  EXPECT_TRUE(TlsAsk(running.ports.https, Get("/boot.ipxe")).all.starts_with("HTTP/1.1 200"));
}

TEST_F(HttpsServer, NamesTheSettingOfAFileThatCannotBeUsed) {
  boost::asio::io_context io;
  BootNetworkConfig config;
  config.dhcp = BootNetworkConfig::DhcpMode::kOff;
  config.address = Ipv4{0x7f000001};
  config.tftp_port = config.http_port = 0;
  config.https_port = 0;
  config.tls_certificate = certificate();
  config.tls_key = key();
  BootNetwork network(io, config, nullptr, MakeBootFiles());
  const auto started = network.Start();
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().message.find("boot.tls_certificate"), std::string::npos)
      << started.error().message;
  EXPECT_NE(network.ports().http, 0) << "the rest serves";
  EXPECT_EQ(network.ports().https, 0);
}

}  // namespace
}  // namespace slipway
