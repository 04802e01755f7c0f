// No byte of an encrypted value, of the MAC or of what it is bound to may be another.
#include <gtest/gtest.h>

#include "reconciler/secrets/decryptor.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway::secrets {
namespace {

constexpr std::string_view kCanary = "canary-7f3a9c";

/// Where the encrypted values stand: from `ENC[` to its bracket.
std::vector<std::pair<size_t, size_t>> EncryptedRanges(const std::string& text) {
  std::vector<std::pair<size_t, size_t>> ranges;
  for (size_t at = text.find("ENC["); at != std::string::npos; at = text.find("ENC[", at + 1))
    ranges.emplace_back(at, text.find(']', at) + 1);
  return ranges;
}

TEST(Sops, RefusesEveryFlippedByte) {
  const Decryptor decryptor(*ParseIdentities(TestIdentity()));
  const std::string good = SealSops("a: " + std::string(kCanary) + "\nb: [7, 2.5, true]\n");
  ASSERT_TRUE(decryptor.Read(good, "x.yaml").stream.problems.empty());
  const auto ranges = EncryptedRanges(good);
  ASSERT_EQ(ranges.size(), 5U);  // four values and the MAC
  size_t tried = 0;
  for (const auto& [begin, end] : ranges) {
    for (size_t i = begin; i < end; ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ (1U << bit));
        const OpenedYaml opened = decryptor.Read(bad, "x.yaml");
        ++tried;
        ASSERT_FALSE(opened.stream.problems.empty())
            << "byte " << i << " bit " << bit << " of " << good.substr(begin, end - begin);
        const bool deciphered = opened.stream.problems.front().code >= 1500;
        EXPECT_TRUE(!deciphered || opened.stream.documents.empty());
        for (const Diagnostic& problem : opened.stream.problems)
          EXPECT_EQ(FormatText(problem).find(kCanary), std::string::npos);
      }
    }
  }
  EXPECT_GT(tried, 5000U);
}

TEST(Sops, RefusesEveryRemovedByte) {
  const Decryptor decryptor(*ParseIdentities(TestIdentity()));
  const std::string good = SealSops("a: " + std::string(kCanary) + "\n");
  for (const auto& [begin, end] : EncryptedRanges(good)) {
    for (size_t i = begin; i < end; ++i) {
      std::string bad = good;
      bad.erase(i, 1);
      EXPECT_FALSE(decryptor.Read(bad, "x.yaml").stream.problems.empty()) << i;
    }
  }
}

TEST(Sops, RefusesAnotherTimeOfChange) {
  const Decryptor decryptor(*ParseIdentities(TestIdentity()));
  std::string text = SealSops("a: x\n");
  text.replace(text.find("15:41:17"), 8, "15:41:18");
  const OpenedYaml opened = decryptor.Read(text, "x.yaml");
  ASSERT_EQ(opened.stream.problems.size(), 1U);
  EXPECT_EQ(opened.stream.problems.front().code, 1504);
}

}  // namespace
}  // namespace slipway::secrets
