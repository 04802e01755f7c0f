#include "bootnet/dns/answer.h"

#include <gtest/gtest.h>

#include "bootnet/dns/message.h"
#include "tests/bootnet/dns/questions.h"

namespace slipway::dns {
namespace {

using namespace slipway::testing;
using Bytes = std::vector<uint8_t>;

constexpr Ipv4 kLocal{0x0a000002};

Zone MakeZone(size_t endpoint_addresses = 3) {
  Manifest manifest;
  manifest.dns = {true, "home.arpa", 60};
  std::vector<Ipv4> many;
  for (uint32_t i = 0; i < endpoint_addresses; ++i) many.push_back({0x0a000101 + i});
  manifest.names = {{"api.prod.home.arpa", many},
                    {"controlplane.talos", {{0x0a000032}}},
                    {"node1.home.arpa", {{0x0a000032}}}};
  return Zone(manifest);
}

struct Reply {
  int rcode = -1;
  bool authoritative = false;
  bool truncated = false;
  int answers = 0;
  int authorities = 0;
  Bytes bytes;
};

Reply Ask(const Bytes& query, Transport transport = Transport::kUdp, const Zone& zone = MakeZone()) {
  Reply reply;
  const auto bytes = Answer(query, transport, zone, kLocal);
  if (!bytes) return reply;
  reply.bytes = *bytes;
  EXPECT_GE(bytes->size(), 12U);
  EXPECT_EQ((*bytes)[0], query[0]);
  EXPECT_EQ((*bytes)[1], query[1]);
  EXPECT_EQ((*bytes)[2] & 0x80, 0x80);
  EXPECT_EQ((*bytes)[3] & 0x80, 0) << "recursion is not available";
  reply.rcode = (*bytes)[3] & 15;
  reply.authoritative = ((*bytes)[2] & 4) != 0;
  reply.truncated = ((*bytes)[2] & 2) != 0;
  reply.answers = (*bytes)[6] << 8 | (*bytes)[7];
  reply.authorities = (*bytes)[8] << 8 | (*bytes)[9];
  return reply;
}

bool Holds(const Reply& reply, const Bytes& part) {
  return std::search(reply.bytes.begin(), reply.bytes.end(), part.begin(), part.end()) != reply.bytes.end();
}

TEST(DnsAnswer, GivesTheAddressesOfAnEndpoint) {
  const Reply reply = Ask(Question("api.prod.home.arpa", kTypeA));
  EXPECT_EQ(reply.rcode, 0);
  EXPECT_TRUE(reply.authoritative);
  EXPECT_EQ(reply.answers, 3);
  EXPECT_TRUE(Holds(reply, {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 1, 1}));
  EXPECT_EQ(Ask(Question("controlplane.talos", kTypeA)).answers, 1);
}

TEST(DnsAnswer, TakesAnyCaseAndEchoesIt) {
  const Reply reply = Ask(Question("NODE1.Home.arpa", kTypeA));
  EXPECT_EQ(reply.answers, 1);
  EXPECT_TRUE(Holds(reply, {5, 'N', 'O', 'D', 'E', '1', 4, 'H', 'o', 'm', 'e'}));
}

TEST(DnsAnswer, SaysThatThereIsNoSuchRecordOfANameThatExists) {
  for (const char* name : {"node1.home.arpa", "controlplane.talos", "home.arpa", "prod.home.arpa"}) {
    const Reply reply = Ask(Question(name, kTypeAaaa));
    EXPECT_EQ(reply.rcode, 0) << name;
    EXPECT_EQ(reply.answers, 0) << name;
    EXPECT_EQ(reply.authorities, 1) << name << ": an SOA says how long to remember it";
  }
}

TEST(DnsAnswer, KnowsWhatDoesNotExistInItsDomainOnly) {
  const Reply none = Ask(Question("nobody.home.arpa", kTypeA));
  EXPECT_EQ(none.rcode, 3);
  EXPECT_TRUE(none.authoritative);
  EXPECT_EQ(none.authorities, 1);
  for (const char* name : {"example.org", "talos", "xhome.arpa", "arpa", ""}) {
    const Reply refused = Ask(Question(name, kTypeA));
    EXPECT_EQ(refused.rcode, 5) << name;
    EXPECT_FALSE(refused.authoritative);
    EXPECT_EQ(refused.answers + refused.authorities, 0);
  }
}

TEST(DnsAnswer, NamesTheMachinesBehindServedAddressesOnly) {
  const Reply reply = Ask(Question("50.0.0.10.in-addr.arpa", kTypePtr));
  EXPECT_EQ(reply.answers, 2);
  EXPECT_TRUE(Holds(reply, {5, 'n', 'o', 'd', 'e', '1', 4, 'h', 'o', 'm', 'e', 4, 'a', 'r', 'p', 'a', 0}));
  EXPECT_EQ(Ask(Question("9.0.0.10.in-addr.arpa", kTypePtr)).rcode, 5);
  EXPECT_EQ(Ask(Question("50.0.0.10.in-addr.arpa", kTypeA)).answers, 0);
}

TEST(DnsAnswer, NamesItselfAsTheDomainsServer) {
  EXPECT_EQ(Ask(Question("home.arpa", kTypeSoa)).answers, 1);
  EXPECT_EQ(Ask(Question("home.arpa", kTypeNs)).answers, 1);
  EXPECT_TRUE(Holds(Ask(Question("ns.home.arpa", kTypeA)), {0, 4, 10, 0, 0, 2}));
}

TEST(DnsAnswer, AnswersAnyWithWhatAWouldGive) {
  EXPECT_EQ(Ask(Question("node1.home.arpa", kTypeAny)).answers, 1);
  EXPECT_EQ(Ask(Question("node1.home.arpa", kTypeA, 3)).rcode, 5) << "class CHAOS";
}

TEST(DnsAnswer, FitsIntoWhatTheClientTakes) {
  const Zone crowd = MakeZone(100);
  const Bytes query = Question("api.prod.home.arpa", kTypeA);
  const Reply plain = Ask(query, Transport::kUdp, crowd);
  EXPECT_TRUE(plain.truncated);
  EXPECT_EQ(plain.answers, 0);
  EXPECT_LE(plain.bytes.size(), 512U);
  const Reply edns = Ask(WithEdns(query, 4096), Transport::kUdp, crowd);
  EXPECT_TRUE(edns.truncated) << "1,600 bytes are more than one unfragmented packet";
  const Reply tcp = Ask(query, Transport::kTcp, crowd);
  EXPECT_FALSE(tcp.truncated);
  EXPECT_EQ(tcp.answers, 100);
  const Reply fits = Ask(WithEdns(query, 1400), Transport::kUdp, MakeZone(60));
  EXPECT_FALSE(fits.truncated);
  EXPECT_EQ(fits.answers, 60);
  EXPECT_EQ(Ask(WithEdns(query, 0), Transport::kUdp, MakeZone(20)).answers, 20) << "less than 512 means 512";
}

TEST(DnsAnswer, SpeaksEdnsOnlyWhereItIsSpokenTo) {
  const Bytes query = Question("node1.home.arpa", kTypeA);
  EXPECT_EQ(Ask(query).bytes[11], 0);
  const Reply reply = Ask(WithEdns(query, 1232));
  EXPECT_EQ(reply.bytes[11], 1);
  const Reply version = Ask(WithEdns(query, 1232, 1));
  EXPECT_EQ(version.answers, 0);
  const size_t opt = version.bytes.size() - 11;
  EXPECT_EQ(version.bytes[opt + 5], 1) << "BADVERS is 16: its upper bits are in the OPT record";
}

TEST(DnsAnswer, NeverAnswersAResponseNorHalfAHeader) {
  Bytes response = Question("node1.home.arpa", kTypeA);
  response[2] |= 0x80;
  EXPECT_EQ(Ask(response).rcode, -1);
  for (size_t size = 0; size < 12; ++size) EXPECT_EQ(Ask(Bytes(size, 0)).rcode, -1);
  EXPECT_EQ(Ask(Question("node1.home.arpa", kTypeA)).rcode, 0);
}

TEST(DnsAnswer, CallsBrokenQuestionsBroken) {
  const Bytes good = Question("node1.home.arpa", kTypeA);
  for (size_t size = 12; size < good.size(); ++size) {
    EXPECT_EQ(Ask(Bytes(good.begin(), good.begin() + static_cast<long>(size))).rcode, 1) << size;
  }
  Bytes pointer = good;
  pointer[12] = 0xc0;
  pointer[13] = 12;
  EXPECT_EQ(Ask(pointer).rcode, 1) << "a name that points to itself";
  Bytes two = good;
  two[5] = 2;
  EXPECT_EQ(Ask(two).rcode, 1);
  Bytes twice = WithEdns(WithEdns(good, 512), 512);
  twice[11] = 2;
  EXPECT_EQ(Ask(twice).rcode, 1);
  Bytes many = good;
  many[10] = 0xff;
  EXPECT_EQ(Ask(many).rcode, 1);
  Bytes update = good;
  update[2] = 5 << 3;
  EXPECT_EQ(Ask(update).rcode, 5);
  EXPECT_EQ(Ask(Question(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                             "." + std::string(63, 'd'),
                         kTypeA))
                .rcode,
            1)
      << "longer than 255 bytes";
}

TEST(DnsAnswer, RefusesEverythingWhereTheSiteAsksForNoDns) {
  Manifest manifest;
  manifest.names = {{"node1.home.arpa", {{1}}}};
  EXPECT_EQ(Ask(Question("node1.home.arpa", kTypeA), Transport::kUdp, Zone(manifest)).rcode, 5);
}

TEST(DnsAnswer, IsNeverMuchLongerThanTheQuestion) {
  for (const char* name : {"node1.home.arpa", "nobody.home.arpa", "home.arpa", "example.org"}) {
    for (const uint16_t type : {kTypeA, kTypeAny, kTypeSoa, kTypeNs, kTypeAaaa}) {
      const Bytes query = Question(name, type);
      EXPECT_LE(Ask(query).bytes.size(), query.size() + 120) << name << ' ' << type;
    }
  }
}

}  // namespace
}  // namespace slipway::dns
