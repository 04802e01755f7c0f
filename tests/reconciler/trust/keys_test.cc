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

TEST(RevokedKeys, KeepTheirListsApartAndTheirLinesTogether) {
  const std::string list("SSHKRL\n\0\xff\n\nbytes", 16);
  const std::string text = AsText(list);
  EXPECT_EQ(text.find('\0'), std::string::npos);
  EXPECT_EQ(AsText("ssh-ed25519 AAAA\n"), "ssh-ed25519 AAAA\n");
  using Files = std::vector<std::string>;
  EXPECT_EQ(RevocationFiles(""), Files());
  EXPECT_EQ(RevocationFiles("a\n\nb"), (Files{"a\nb\n"}));
  EXPECT_EQ(RevocationFiles(Join({"", "a", ""}, {"", text, ""}).revoked_keys), (Files{"a\n", list}));
  EXPECT_EQ(RevocationFiles(text + "a\n" + text), (Files{"a\n", list, list}));
  for (size_t cut = 50; cut + 1 < text.size(); ++cut)
    EXPECT_FALSE(RevocationFiles(text.substr(0, cut))) << cut;
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
