#include "bootnet/http/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bootnet/http/identity.h"

namespace slipway::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Mac kSeen = *Mac::Parse("52:54:00:00:00:01");
const Mac kOther = *Mac::Parse("52:54:00:00:00:02");

TEST(ReadFacts, TakesWhatIpxeTellsWithTheCardThatTheNetworkShowedFirst) {
  const auto facts = ReadFacts(
      "/unknown?tries=3&mac=52:54:00:00:00:02&mac0=52:54:00:00:00:02&mac1=52:54:00:00:00:01&mac2=&arch=x86_64"
      "&uuid=4C4C4544-0051-3610-8057-B7C04F4D3533&serial=7CQ%2063V3&asset=a%26b&manufacturer=ACME&product=X%"
      "3DY",
      kSeen);
  ASSERT_TRUE(facts);
  EXPECT_THAT(facts->macs, ElementsAre(kSeen, kOther));
  EXPECT_EQ(facts->uuid, "4c4c4544-0051-3610-8057-b7c04f4d3533");
  EXPECT_EQ(facts->serial, "7CQ 63V3");
  EXPECT_EQ(facts->asset, "a&b");
  EXPECT_EQ(facts->manufacturer, "ACME");
  EXPECT_EQ(facts->product, "X=Y");
  EXPECT_EQ(facts->arch, "x86_64");
  EXPECT_THAT(ReadFacts("/unknown?mac=52:54:00:00:00:02", std::nullopt)->macs, ElementsAre(kOther));
}

TEST(ReadFacts, NothingWithoutACardAndNoneThatNoCardHas) {
  EXPECT_FALSE(ReadFacts("/unknown", std::nullopt));
  EXPECT_FALSE(
      ReadFacts("/unknown?mac=00:00:00:00:00:00&mac1=ff:ff:ff:ff:ff:ff&mac2=x&uuid=a", std::nullopt));
  EXPECT_EQ(ReadFacts("/unknown?uuid=00000000-0000-0000-0000-000000000000", kSeen)->uuid, "");
  std::string many = "/unknown?x=1";
  for (int i = 10; i < 99; ++i) many += "&mac=52:54:00:00:01:" + std::to_string(i);
  EXPECT_EQ(ReadFacts(many, kSeen)->macs.size(), kMostMacs);
  EXPECT_EQ(ReadFacts("/unknown?serial=" + std::string(5'000, 'x'), kSeen)->serial.size(), kMaxFact);
}

TEST(WaitingScript, NamesTheMachineAndItsPullRequestAndLooksAgainLaterAndLater) {
  Waiting waiting;
  waiting.base_url = "http://10.0.5.10:8080";
  waiting.facts.macs = {kSeen, kOther};
  waiting.facts.serial = "7CQ63V3";
  const std::string first = WaitingScript(waiting);
  EXPECT_TRUE(first.starts_with("#!ipxe\n"));
  EXPECT_THAT(first, HasSubstr("MAC 52:54:00:00:00:02"));
  EXPECT_THAT(first, HasSubstr("7CQ63V3"));
  EXPECT_THAT(first, HasSubstr("merge a Node"));
  EXPECT_THAT(first, HasSubstr("inc slipway-tries ||\nsleep 5 ||\n"));
  EXPECT_THAT(first, HasSubstr("chain --replace --autofree http://10.0.5.10:8080/boot.ipxe"));
  EXPECT_THAT(first, Not(HasSubstr("kernel")));
  waiting.pull = "pull request 7 would approve it as worker-3: https://forge.example.org/infra/fleet/pulls/7";
  EXPECT_THAT(WaitingScript(waiting), HasSubstr("echo Slipway: " + waiting.pull + "\n"));
  uint32_t before = 0;
  for (uint32_t tries = 0; tries < 5; ++tries) {
    EXPECT_GT(WaitSeconds(tries), before);
    before = WaitSeconds(tries);
  }
  EXPECT_EQ(WaitSeconds(4'000'000'000), 60U);
  EXPECT_EQ(ReadTries("/unknown?tries=4294967296"), 0U);
  EXPECT_EQ(ReadTries("/unknown?tries=-1"), 0U);
  EXPECT_EQ(ReadTries("/unknown?tries=7"), 7U);
}

TEST(WaitingScript, NothingThatAMachineSaysIsACommandOrASetting) {
  Waiting waiting;
  waiting.base_url = "http://a";
  waiting.facts.macs = {kSeen};
  for (const char* hostile :
       {"x\nchain http://evil/", "${net0/mac}", "a || shell", "a && shell", "\"'`\\;", "\x1b[2J", "# x"}) {
    waiting.facts.uuid = waiting.facts.serial = waiting.facts.manufacturer = waiting.facts.product = hostile;
    waiting.pull = hostile;
    const std::string script = WaitingScript(waiting);
    EXPECT_THAT(script, Not(HasSubstr("\nchain http://evil/")));
    for (const char* mark : {"${", "|| shell", "&&", "\"", "'", "`", "\\", " ; ", "\x1b", "# x"}) {
      EXPECT_EQ(script.find(mark), std::string::npos) << mark << " in\n" << script;
    }
    size_t chains = 0;
    for (size_t at = script.find("\nchain"); at != std::string::npos; at = script.find("\nchain", at + 1))
      ++chains;
    EXPECT_EQ(chains, 1U);
  }
}

TEST(WaitingScript, ACardOfANodeThatDoesNotNameItIsToldSoAndOneThatIsApprovedGoesOn) {
  Waiting waiting;
  waiting.base_url = "http://a";
  waiting.facts.macs = {kSeen};
  waiting.node = "worker-1";
  EXPECT_THAT(WaitingScript(waiting), HasSubstr("one of node worker-1"));
  waiting.then = Waiting::Then::kGoOn;
  const std::string script = WaitingScript(waiting);
  EXPECT_THAT(script, HasSubstr("sleep 2 ||\nchain --replace --autofree http://a/boot.ipxe"));
  EXPECT_THAT(script, Not(HasSubstr("not approved")));
}

}  // namespace
}  // namespace slipway::http
