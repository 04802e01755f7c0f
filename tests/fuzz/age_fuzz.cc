// Any bytes as an age file: reading must end. After an `S`, bytes to encrypt: they must come back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reconciler/secrets/age.h"
#include "tests/reconciler/secrets/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway::secrets;
  static const auto* const kIdentities = new Identities(*ParseIdentities(TestIdentity()));
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)DecryptAge(bytes, *kIdentities);
  (void)ParseIdentities(bytes);
  if (!bytes.starts_with('S')) return 0;
  const std::string_view plain = bytes.substr(1);
  const auto back = DecryptAge(
      SealAge(plain, TestRecipient(), size % 2 == 0 ? Form::kBinary : Form::kArmored), *kIdentities);
  if (!back || AsText(*back) != plain) std::abort();
  return 0;
}
