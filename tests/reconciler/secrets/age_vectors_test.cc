// The vectors that age's implementations share, where they are at hand.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <map>
#include <vector>

#include "reconciler/secrets/age.h"
#include "reconciler/secrets/age_header.h"
#include "tests/reconciler/secrets/shared_data.h"

namespace slipway::secrets {
namespace {

namespace fs = std::filesystem;

struct Vector {
  std::map<std::string, std::string> head;
  std::string identities;
  std::string file;
};

std::string Inflate(const std::string& bytes) {
  std::string out(64U << 20U, '\0');
  uLongf size = out.size();
  EXPECT_EQ(::uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                         reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
            Z_OK);
  out.resize(size);
  return out;
}

Vector Parse(std::string text) {
  Vector vector;
  while (true) {
    const size_t end = text.find('\n');
    const std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    if (line.empty()) break;
    const size_t colon = line.find(": ");
    const std::string key = line.substr(0, colon);
    if (key == "identity") vector.identities += line.substr(colon + 2) + '\n';
    vector.head[key] = line.substr(colon + 2);
  }
  vector.file = vector.head["compressed"] == "zlib" ? Inflate(text) : text;
  return vector;
}

std::string Sha256Hex(std::string_view bytes) {
  unsigned char digest[32];
  EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 15U];
  }
  return hex;
}

std::string Outcome(const Vector& vector) {
  Identities identities;
  if (!vector.identities.empty()) {
    auto parsed = ParseIdentities(vector.identities);
    if (!parsed) return "bad identity: " + parsed.error().message;
    identities = *std::move(parsed);
  }
  // What does not even begin like armor is taken for a binary file.
  if (vector.head.contains("armored") && !Dearmor(vector.file)) {
    return DecryptAge(vector.file, identities) ? "opened all the same" : "armor failure";
  }
  const auto plain = DecryptAge(vector.file, identities);
  if (plain) return Sha256Hex(AsText(*plain)) == vector.head.at("payload") ? "success" : "another payload";
  switch (plain.error().kind) {
    case AgeError::Kind::kArmor:
      return "armor failure";
    case AgeError::Kind::kHeader:
      return "header failure";
    case AgeError::Kind::kHmac:
      return "HMAC failure";
    case AgeError::Kind::kPayload:
      return "payload failure";
    case AgeError::Kind::kNoMatch:
      return "no match";
  }
  return "";
}

TEST(AgeVectors, EachHasTheOutcomeThatItsHeadNames) {
  const fs::path folder = SharedData("age");
  if (!fs::exists(folder)) GTEST_SKIP() << "there are no vectors in " << folder;
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "README.md") continue;
    const Vector vector = Parse(ReadWhole(entry.path()));
    // A passphrase or a post-quantum identity cannot be given here.
    if (vector.head.contains("passphrase") || vector.identities.find("-PQ-") != std::string::npos) continue;
    EXPECT_EQ(Outcome(vector), vector.head.at("expect")) << name;
    ++count;
  }
  EXPECT_GT(count, 60U);
}

}  // namespace
}  // namespace slipway::secrets
