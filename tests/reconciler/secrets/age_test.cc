#include "reconciler/secrets/age.h"

#include <gtest/gtest.h>

#include "tests/reconciler/secrets/seal.h"

namespace slipway::secrets {
namespace {

using Kind = AgeError::Kind;

Identities Own(unsigned number = 0) { return *ParseIdentities(TestIdentity(number)); }

std::string Open(std::string_view file, const Identities& identities) {
  const auto plain = DecryptAge(file, identities);
  return plain ? std::string(AsText(*plain)) : "refused: " + plain.error().detail;
}

TEST(Age, OpensWhatWasSealedAtEverySizeAroundAChunk) {
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{65535}, size_t{65536}, size_t{65537}, size_t{131072}, size_t{200000}}) {
    std::string plain;
    for (size_t i = 0; i < size; ++i) plain += static_cast<char>(i * 7 + i / 251);
    for (const Form form : {Form::kBinary, Form::kArmored})
      EXPECT_EQ(Open(SealAge(plain, TestRecipient(), form), Own()), plain) << size;
  }
}

TEST(Age, FindsTheIdentityAmongOthersAndPassesForeignStanzasOver) {
  AgeBend bend;
  bend.more_stanzas = {"-> some-plugin with args\nQUFB\n", "-> ssh-ed25519 abcd efgh\n\n"};
  Identities identities = Own(3);
  identities.push_back(Own(0).front());
  EXPECT_EQ(Open(SealAge("x", TestRecipient(), Form::kBinary, 5, bend), identities), "x");
}

TEST(Age, SaysWhomAFileIsFor) {
  const std::string foreign = Open(SealAge("x", TestRecipient(1), Form::kArmored), Own());
  EXPECT_EQ(foreign, "refused: it is encrypted to 1 X25519 recipient");
  AgeBend bend;
  bend.more_stanzas = {"-> mlkem768x25519 x\n\n"};
  EXPECT_NE(Open(SealAge("x", TestRecipient(1), Form::kBinary, 1, bend), Own()).find("post-quantum"),
            std::string::npos);
  bend.more_stanzas.clear();
  bend.header = [](std::string& header) { header = "age-encryption.org/v1\n-> scrypt abcd 18\n\n"; };
  EXPECT_NE(Open(SealAge("x", TestRecipient(), Form::kBinary, 1, bend), Own()).find("passphrase"),
            std::string::npos);
}

TEST(Age, RefusesEveryFlippedByte) {
  const Identities own = Own();
  for (const Form form : {Form::kBinary, Form::kArmored}) {
    const std::string good = SealAge("the canary sings at dawn", TestRecipient(), form);
    ASSERT_EQ(Open(good, own), "the canary sings at dawn");
    for (size_t i = 0; i < good.size(); ++i) {
      for (const unsigned bit : {0U, 1U, 5U, 7U}) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ (1U << bit));
        const auto plain = DecryptAge(bad, own);
        EXPECT_FALSE(plain.has_value()) << "byte " << i << " bit " << bit;
      }
    }
  }
}

TEST(Age, RefusesEveryTruncation) {
  const std::string good = SealAge("the canary sings at dawn", TestRecipient(), Form::kBinary);
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(DecryptAge(good.substr(0, size), Own()).has_value()) << size;
  EXPECT_FALSE(DecryptAge(good + "x", Own()).has_value());
}

TEST(Age, RefusesMalformedHeadersAlsoWhenTheirMacFits) {
  const char* const kBad[] = {"-> \n\n",           "->  two\n\n",   "-> a \n\n",   "-> a\tb\n\n",
                              "-> a\n===\n",       "-> a\nQUFBQ\n", "-> a\nQQ=\n", "nothing\n\n",
                              "-> X25519 abc\n\n", "-> X25519\n\n"};
  for (const char* stanza : kBad) {
    // Before the good one, so that nothing opens the file first.
    AgeBend bend;
    bend.header = [&](std::string& header) { header.insert(header.find("-> "), stanza); };
    const auto plain = DecryptAge(SealAge("x", TestRecipient(), Form::kBinary, 1, bend), Own());
    ASSERT_FALSE(plain) << stanza;
    EXPECT_EQ(plain.error().kind, Kind::kHeader) << stanza;
  }
}

}  // namespace
}  // namespace slipway::secrets
