// Manifests and revisions as they might stand on a damaged or edited disk: what is accepted survives a round
// trip.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/contract/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto manifest = slipway::DecodeManifest(text)) {
    const auto again = slipway::DecodeManifest(slipway::EncodeManifest(*manifest));
    if (!again || !(*again == *manifest)) std::abort();
  }
  if (const auto revision = slipway::DecodeRevision(text)) {
    const auto again = slipway::DecodeRevision(slipway::EncodeRevision(*revision));
    if (!again || !(*again == *revision)) std::abort();
  }
  return 0;
}
