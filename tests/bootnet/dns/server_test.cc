#include "bootnet/dns/server.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "tests/bootnet/dns/questions.h"
#include "tests/bootnet/net_fixture.h"

/// The real sockets on loopback, asked by dig as well.
namespace slipway {
namespace {

using namespace slipway::testing;

class DnsServer : public ::testing::Test {
 protected:
  DnsServer() {
    services_ = std::make_shared<Services>(BootNetworkConfig{}, nullptr, MakeSnapshot());
    services_->live.SetCatalog(CatalogOf(3));
    auto opened = dns::Server::Open(io_, std::make_shared<dns::ZoneSource>(services_),
                                    {Ipv4{0x7f000001}, std::nullopt, 0});
    if (!opened) throw std::runtime_error(opened.error().message);
    server_ = std::move(*opened);
    port_ = server_->port();
    thread_ = std::thread([this] {
      const auto work = boost::asio::make_work_guard(io_);
      io_.run();
    });
  }
  ~DnsServer() override {
    boost::asio::post(io_, [this] {
      server_.reset();
      boost::asio::post(io_, [this] { io_.stop(); });
    });
    thread_.join();
  }

  static std::shared_ptr<const Catalog> CatalogOf(uint32_t addresses) {
    Manifest manifest = SiteManifest();
    manifest.dns = {true, "home.arpa", 60};
    manifest.names = {{"api.home.arpa", {}}, {"node1.home.arpa", {{0x0a000032}}}};
    for (uint32_t i = 0; i < addresses; ++i) manifest.names[0].addresses.push_back({0x0a000101 + i});
    return std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  }

  std::string Dig(const std::string& words) const {
    const std::string command =
        "dig @127.0.0.1 -p " + std::to_string(port_) + " +time=5 +tries=1 " + words + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    char buffer[512];
    while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) text += buffer;
    ::pclose(pipe);
    return text;
  }

  boost::asio::io_context io_;
  std::shared_ptr<Services> services_;
  std::unique_ptr<dns::Server> server_;
  uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(DnsServer, IsUnderstoodByDig) {
  if (Dig("-v").find("DiG") == std::string::npos) GTEST_SKIP() << "needs dig (bind9-dnsutils)";
  EXPECT_EQ(Dig("+short node1.home.arpa A"), "10.0.0.50\n");
  EXPECT_EQ(Dig("+short +tcp NODE1.home.arpa A"), "10.0.0.50\n");
  EXPECT_EQ(Dig("+short -x 10.0.0.50"), "node1.home.arpa.\n");
  EXPECT_NE(Dig("node1.home.arpa AAAA").find("status: NOERROR"), std::string::npos);
  EXPECT_NE(Dig("nobody.home.arpa A").find("status: NXDOMAIN"), std::string::npos);
  EXPECT_NE(Dig("example.org A").find("status: REFUSED"), std::string::npos);
  EXPECT_NE(Dig("+edns=1 +noednsneg node1.home.arpa A").find("BADVERS"), std::string::npos);
  const std::string soa = Dig("home.arpa SOA");
  EXPECT_NE(soa.find("ns.home.arpa. hostmaster.home.arpa. 1 3600 600 86400 60"), std::string::npos) << soa;
  for (const char* trouble : {"malformed", "Warning", "WARNING: Message", "bad", "extra bytes"}) {
    EXPECT_EQ(Dig("+noall +answer +authority +comments api.home.arpa ANY").find(trouble), std::string::npos);
  }
}

TEST_F(DnsServer, GivesACrowdByTcpAfterATruncatedAnswer) {
  services_->live.SetCatalog(CatalogOf(100));
  if (Dig("-v").find("DiG") == std::string::npos) GTEST_SKIP() << "needs dig (bind9-dnsutils)";
  const std::string text = Dig("+noedns api.home.arpa A");
  EXPECT_NE(text.find("ANSWER: 100"), std::string::npos) << text;
  EXPECT_NE(text.find("Truncated, retrying in TCP"), std::string::npos) << text;
}

TEST_F(DnsServer, FollowsWhatIsServed) {
  TestSocket client(TestSocket::Kind::kUdp, port_);
  const std::vector<uint8_t> query = Question("api.home.arpa", 1);
  const std::string bytes(query.begin(), query.end());
  client.Send(bytes);
  EXPECT_EQ(client.Receive()[7], 3);
  services_->live.SetCatalog(CatalogOf(5));
  client.Send(bytes);
  EXPECT_EQ(client.Receive()[7], 5);
}

TEST_F(DnsServer, CountsWhatBecameOfQueries) {
  TestSocket client(TestSocket::Kind::kUdp, port_);
  for (const char* name : {"node1.home.arpa", "node1.home.arpa", "nobody.home.arpa", "example.org"}) {
    const std::vector<uint8_t> query = Question(name, 1);
    client.Send(std::string(query.begin(), query.end()));
    EXPECT_FALSE(client.Receive().empty()) << name;
  }
  client.Send("no header");  // passed over; what follows it shows that it was read
  client.Send(std::string(12, '\0'));
  EXPECT_FALSE(client.Receive().empty());
  DnsCounters counted;
  std::copy(services_->dns_queries.begin(), services_->dns_queries.end(), counted.begin());
  EXPECT_EQ(counted, (DnsCounters{2, 1, 1, 1, 1}));
}

TEST_F(DnsServer, PassesOverASourceThatAsksTooMuch) {
  TestSocket client(TestSocket::Kind::kUdp, port_);
  TestSocket other(TestSocket::Kind::kUdp, port_, {0x7f000002});
  const std::vector<uint8_t> query = Question("node1.home.arpa", 1);
  const std::string bytes(query.begin(), query.end());
  std::vector<uint8_t> last = query;
  last[0] = 0x11;
  for (int i = 0; i < 4000; ++i) client.Send(bytes);
  int answered = 0;
  const timeval soon{0, 200'000};
  for (const TestSocket* socket : {&client, &other}) {
    ::setsockopt(socket->fd(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
  }
  std::string reply;
  // The kernel may have dropped it where the flood filled the buffer; then it is asked again, as resolvers
  // do.
  for (int i = 0; i < 20 && reply.empty(); ++i) {
    other.Send(std::string(last.begin(), last.end()));
    reply = other.Receive();
  }
  EXPECT_EQ(reply.substr(0, 1), "\x11") << "a neighbour is answered";
  while (!client.Receive().empty()) ++answered;
  EXPECT_GT(answered, 0);
  EXPECT_LT(answered, 3500);
}

TEST_F(DnsServer, BoundsItsTcpConnectionsPerClient) {
  std::vector<std::unique_ptr<TestSocket>> held;
  for (size_t i = 0; i < dns::TcpListener::kMostPerClient; ++i) {
    held.push_back(std::make_unique<TestSocket>(TestSocket::Kind::kTcp, port_));
  }
  std::vector<uint8_t> query = Question("node1.home.arpa", 1);
  std::string bytes{'\0', static_cast<char>(query.size())};
  bytes.append(query.begin(), query.end());
  held.back()->Send(bytes);
  EXPECT_GT(held.back()->Receive().size(), 12U);
  TestSocket over(TestSocket::Kind::kTcp, port_);
  over.Send(bytes);
  EXPECT_EQ(over.Receive(), "");
  TestSocket neighbour(TestSocket::Kind::kTcp, port_, {0x7f000002});
  neighbour.Send(bytes);
  EXPECT_GT(neighbour.Receive().size(), 12U);
}

}  // namespace
}  // namespace slipway
