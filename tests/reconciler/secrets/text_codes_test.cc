#include "reconciler/secrets/text_codes.h"

#include <gtest/gtest.h>

#include "reconciler/secrets/crypto.h"

namespace slipway::secrets {
namespace {

std::string Decoded(std::string_view text, Padding padding) {
  const auto bytes = DecodeBase64(text, padding);
  return bytes ? std::string(AsText(*bytes)) : "refused";
}

TEST(Base64, ReadsTheVectorsOfRfc4648) {
  EXPECT_EQ(Decoded("", Padding::kRequired), "");
  EXPECT_EQ(Decoded("Zg==", Padding::kRequired), "f");
  EXPECT_EQ(Decoded("Zm8=", Padding::kRequired), "fo");
  EXPECT_EQ(Decoded("Zm9v", Padding::kRequired), "foo");
  EXPECT_EQ(Decoded("Zm9vYmFy", Padding::kRequired), "foobar");
  EXPECT_EQ(Decoded("Zm9vYg", Padding::kNone), "foob");
  EXPECT_EQ(Decoded("Zm9vYmE", Padding::kNone), "fooba");
}

TEST(Base64, RefusesWhatNoEncoderWrites) {
  for (const char* text : {"Zg=", "Zg", "Zh==", "Zm9=", "=", "====", "A===", "AAAA====", "Zm9v\n", "Zm 9",
                           "Zm9-", "Zg==Zg==", "AAAAA==="}) {
    EXPECT_EQ(Decoded(text, Padding::kRequired), "refused") << text;
  }
  for (const char* text : {"Zg==", "Z", "Zh", "Zm9vY", "Zm9vYm"})
    EXPECT_EQ(Decoded(text, Padding::kNone), "refused") << text;
}

TEST(Bech32, ReadsTheVectorsOfBip173) {
  EXPECT_TRUE(DecodeBech32("A12UEL5L"));
  EXPECT_TRUE(DecodeBech32("a12uel5l"));
  const auto long_prefix = DecodeBech32(
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs");
  ASSERT_TRUE(long_prefix);
  EXPECT_EQ(long_prefix->prefix,
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio");
  EXPECT_TRUE(DecodeBech32(
      "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j"));
}

TEST(Bech32, RefusesDamage) {
  for (const char* text : {"", "1nwldj5", "A1G7SGD8", "10a06t8", "1qzzfhee", "x1b4n0q5v", "li1dgmt3",
                           "de1lg7wt\xff", "a12uEl5l", "a12uel5m", "pzry9x0s0muk"}) {
    EXPECT_FALSE(DecodeBech32(text)) << text;
  }
}

TEST(Bech32, ComesBackFromWhatIsWritten) {
  for (size_t size = 0; size < 40; ++size) {
    SecretBytes bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(i * 37 + size));
    const std::string text = EncodeBech32("age", bytes);
    const auto back = DecodeBech32(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(back->prefix, "age");
    EXPECT_TRUE(EqualInConstantTime(back->data, bytes));
    for (size_t i = 0; i < text.size(); ++i) {
      std::string damaged = text;
      damaged[i] = damaged[i] == 'q' ? 'p' : 'q';
      EXPECT_FALSE(DecodeBech32(damaged).has_value()) << damaged;
    }
  }
}

SecretBytes FromHex(std::string_view text) {
  SecretBytes bytes;
  for (size_t i = 0; i < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

TEST(Crypto, X25519HoldsTheVectorOfRfc7748) {
  const auto shared = X25519(FromHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                             FromHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
  ASSERT_TRUE(shared);
  EXPECT_EQ(AsText(*shared),
            AsText(FromHex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")));
  EXPECT_FALSE(X25519(SecretBytes(32, 7), SecretBytes(32)));  // the shared secret would be zeros
  EXPECT_FALSE(X25519(SecretBytes(32, 7), SecretBytes(31, 9)));
  EXPECT_FALSE(X25519(SecretBytes(33, 7), SecretBytes(32, 9)));
}

TEST(Crypto, HkdfHoldsTheVectorsOfRfc5869) {
  const SecretBytes input(22, 0x0b);
  std::string salt;
  for (char c = 0; c <= 0x0c; ++c) salt += c;
  std::string info;
  for (int c = 0xf0; c <= 0xf9; ++c) info += static_cast<char>(c);
  const auto first = [](const SecretBytes& key) { return key[0] << 16U | key[1] << 8U | key[2]; };
  EXPECT_EQ(first(HkdfSha256(input, AsBytes(salt), info)), 0x3cb25f);
  EXPECT_EQ(first(HkdfSha256(input, {}, "")), 0x8da4e7);
}

}  // namespace
}  // namespace slipway::secrets
