// Any bytes as an encrypted file: reading must end, and nothing is handed out beside a problem of the
// encryption. After an `S`, a YAML stream to encrypt: it must come back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reconciler/secrets/decryptor.h"
#include "tests/reconciler/secrets/seal.h"

namespace {

using namespace slipway;

bool CanBeSealed(const yaml::Stream& stream) {
  if (!stream.problems.empty() || stream.documents.empty()) return false;
  for (const yaml::Document& document : stream.documents) {
    if (document.root.AsMapping() == nullptr || document.root.AsMapping()->empty()) return false;
    if (document.root.Find("sops") != nullptr) return false;
  }
  return true;
}

void ExpectRoundTrip(std::string_view text, const secrets::Decryptor& decryptor) {
  const yaml::Stream plain = yaml::Read(text, "fuzz.yaml");
  if (!CanBeSealed(plain)) return;
  secrets::SopsSealing sealing;
  sealing.rule = "unencrypted_regex: a^";  // fits no name
  yaml::Limits wide;
  wide.bytes = 64U << 20U;
  wide.nodes = 10'000'000;
  wide.scalar_bytes = 8U << 20U;
  const auto opened = decryptor.Read(secrets::SealSops(text, sealing), "fuzz.yaml", wide);
  if (!opened.stream.problems.empty()) std::abort();
  if (opened.stream.documents.size() != plain.documents.size()) std::abort();
  for (size_t i = 0; i < plain.documents.size(); ++i) {
    if (!(opened.stream.documents[i].root == plain.documents[i].root)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const kDecryptor =
      new secrets::Decryptor(*secrets::ParseIdentities(secrets::TestIdentity()));
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto opened = kDecryptor->Read(bytes, "fuzz.yaml");
  const bool refused = !opened.stream.problems.empty() && opened.stream.problems.back().code >= 1500;
  if (refused && !opened.stream.documents.empty()) std::abort();
  if (bytes.starts_with('S')) ExpectRoundTrip(bytes.substr(1), *kDecryptor);
  return 0;
}
