#include "reconciler/secrets/identity.h"

#include <gtest/gtest.h>

#include "tests/reconciler/secrets/seal.h"

namespace slipway::secrets {
namespace {

// A pair that age's test vectors use, so it opens nothing of anybody's.
constexpr const char* kKnown = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

TEST(ParseIdentities, ReadsWhatAgeKeygenWrites) {
  const auto identities = ParseIdentities("# created: 2024-11-12T13:33:42Z\n# public key: age1x\n\n" +
                                          TestIdentity() + "\r\n  " + TestIdentity(1) + "  \n");
  ASSERT_TRUE(identities);
  ASSERT_EQ(identities->size(), 2U);
  EXPECT_EQ((*identities)[0].Recipient(), TestRecipient());
  EXPECT_EQ((*identities)[1].Recipient(), TestRecipient(1));
  EXPECT_TRUE(ParseIdentities(kKnown));
}

TEST(ParseIdentities, SaysWhatALineIsWithoutQuotingIt) {
  const struct {
    std::string text;
    size_t line;
    const char* says;
  } kCases[] = {
      {"# nothing\n\n", 0, "no identity in it"},
      {TestIdentity() + "\nAGE-SECRET-KEY-PQ-1XYZ\n", 2, "post-quantum"},
      {"AGE-PLUGIN-YUBIKEY-1XYZ\n", 1, "plugin"},
      {"-----BEGIN AGE ENCRYPTED FILE-----\n", 1, "passphrase"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\n", 1, "SSH key"},
      {TestRecipient() + "\n", 1, "recipient"},
      {"\n" + TestIdentity().substr(0, 70) + "\n", 2, "changed or missing"},
      {"hunter2\n", 1, "no age identity"},
  };
  for (const auto& c : kCases) {
    const auto identities = ParseIdentities(c.text);
    ASSERT_FALSE(identities) << c.text;
    EXPECT_EQ(identities.error().line, c.line) << c.text;
    EXPECT_NE(identities.error().message.find(c.says), std::string::npos) << identities.error().message;
    EXPECT_EQ(identities.error().message.find("hunter2"), std::string::npos);
  }
}

TEST(ParseIdentities, RefusesEveryChangedCharacter) {
  const std::string good = kKnown;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'Q' ? 'P' : 'Q';
    EXPECT_FALSE(ParseIdentities(bad)) << bad;
  }
  std::string lower = good;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  EXPECT_FALSE(ParseIdentities(lower));
}

}  // namespace
}  // namespace slipway::secrets
