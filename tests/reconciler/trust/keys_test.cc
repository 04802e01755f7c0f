#include "reconciler/trust/keys.h"

#include <gtest/gtest.h>

namespace slipway::trust {
namespace {

constexpr const char* kBlock =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: x\n\nbWFu\r\nbWFu\n=abcd\n-----END PGP PUBLIC KEY "
    "BLOCK-----\n";

TEST(KeySet, OfHostAndServedRevisionIsTheirUnion) {
  const KeySet joined = Join({"a", "r", "k\n"}, {"b\n", "s", ""});
  EXPECT_EQ(joined, (KeySet{"a\nb\n", "r\ns", "k\n"}));
  EXPECT_TRUE(KeySet{}.empty());
  EXPECT_TRUE((KeySet{"", "revoked", ""}.empty()));
  EXPECT_FALSE(joined.empty());
}

TEST(KeySet, HasADigestThatTellsItsPartsApart) {
  EXPECT_EQ(DigestOf({"a", "b", "c"}), DigestOf({"a", "b", "c"}));
  EXPECT_NE(DigestOf({"ab", "", "c"}), DigestOf({"a", "b", "c"}));
  EXPECT_NE(DigestOf({"", "a", ""}), DigestOf({"a", "", ""}));
}

TEST(Dearmor, TakesEveryBlockAndWhatStandsBetweenThem) {
  EXPECT_EQ(DearmorKeys(""), std::vector<std::string>());
  EXPECT_EQ(DearmorKeys(std::string("Ada's key:\n") + kBlock + "and Bob's\n" + kBlock),
            (std::vector<std::string>{"manman", "manman"}));
}

TEST(Dearmor, RefusesADamagedBlock) {
  for (const char* text :
       {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFu\n", "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWF\n-----END PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----"}) {
    EXPECT_FALSE(DearmorKeys(text)) << text;
    EXPECT_FALSE(DearmorKeys(std::string(kBlock) + text)) << text;
  }
}

}  // namespace
}  // namespace slipway::trust
