#include "reconciler/trust/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::trust {
namespace {

using ::testing::ElementsAre;

TEST(ReadSshGood, NamesPrincipalKindAndFingerprint) {
  EXPECT_EQ(ReadSshGood("Good \"git\" signature for ada@x with ED25519 key SHA256:abc\n"),
            (Verdict{Finding::kGood, "ada@x, ED25519 key SHA256:abc", "SHA256:abc"}));
  EXPECT_EQ(ReadSshGood("Good \"git\" signature with RSA key SHA256:abc"),
            (Verdict{Finding::kGood, "RSA key SHA256:abc", "SHA256:abc"}));
  EXPECT_EQ(ReadSshGood("Good \"git\" signature for a with key x with ED25519 key SHA256:abc").signer,
            "a with key x, ED25519 key SHA256:abc")
      << "a principal may be called so";
}

TEST(ReadSshGood, IsNotGoodForAnythingElse) {
  for (const char* text : {"", "Good \"file\" signature for ada@x with ED25519 key SHA256:abc\n",
                           "bad\nGood \"git\" signature for ada@x with ED25519 key SHA256:abc\n",
                           "Good \"git\" signature for ada@x\n", "Could not verify signature.\n"}) {
    EXPECT_FALSE(ReadSshGood(text).good()) << text;
  }
}

TEST(ReadPrincipals, TakesLinesAndNotTooMany) {
  EXPECT_THAT(ReadPrincipals("ada@x\n\n*@y"), ElementsAre("ada@x", "*@y"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a\n";
  EXPECT_EQ(ReadPrincipals(many).size(), 16u);
}

const std::string kGoodStatus =
    "[GNUPG:] NEWSIG ada@x\n[GNUPG:] GOODSIG 020E5C776D3E0B98 Ada L <ada@x>\n"
    "[GNUPG:] VALIDSIG AF6A 2026-11-26 1795688175 0 4 0 22 8 00 BB6A\n";

TEST(ReadGpgvStatus, TakesOneGoodSignatureAndItsPrimaryKey) {
  EXPECT_EQ(ReadGpgvStatus(kGoodStatus),
            (Verdict{Finding::kGood, "Ada L <ada@x>, OpenPGP key BB6A", "BB6A"}));
}

TEST(ReadGpgvStatus, IsNotGoodWhereAnythingIsMissingOrMore) {
  for (const char* line : {"NEWSIG", "GOODSIG", "VALIDSIG"}) {
    std::string text = kGoodStatus;
    text.replace(text.find(line), 3, "XXX");
    EXPECT_FALSE(ReadGpgvStatus(text).good()) << line;
  }
  for (const char* line :
       {"BADSIG 1 x", "ERRSIG 1 1 1 00 1 9", "EXPSIG 1 x", "EXPKEYSIG 1 x", "REVKEYSIG 1 x"}) {
    EXPECT_FALSE(ReadGpgvStatus(kGoodStatus + "[GNUPG:] " + line + "\n").good()) << line;
  }
  EXPECT_FALSE(ReadGpgvStatus(kGoodStatus + kGoodStatus).good());
  std::string text_document = kGoodStatus;
  text_document.replace(text_document.find(" 00 "), 4, " 01 ");
  EXPECT_FALSE(ReadGpgvStatus(text_document).good());
  std::string forged = kGoodStatus;
  forged.replace(0, 1, "x[");
  EXPECT_FALSE(ReadGpgvStatus(forged).good());
}

TEST(ReadGpgvStatus, TellsWhatIsWrong) {
  const auto of = [](const std::string& words) { return ReadGpgvStatus("[GNUPG:] " + words + "\n").finding; };
  EXPECT_EQ(of("EXPKEYSIG 1 x"), Finding::kExpired);
  EXPECT_EQ(of("REVKEYSIG 1 x"), Finding::kRevoked);
  EXPECT_EQ(of("NO_PUBKEY 1"), Finding::kUnknownKey);
  EXPECT_EQ(of("ERRSIG F3 99 8 00 17 4"), Finding::kUnsupported);
  EXPECT_EQ(of("BADSIG 1 x"), Finding::kDamaged);
  EXPECT_EQ(of("NODATA 4"), Finding::kDamaged);
  EXPECT_EQ(ReadGpgvStatus("").finding, Finding::kDamaged);
}

}  // namespace
}  // namespace slipway::trust
