// Any bytes: reading must end within its bounds, and what was read must come back from what is written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/fleet/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway::yaml;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Stream first = Read(bytes, "fuzz.yaml");
  if (!first.problems.empty()) return 0;
  std::vector<const Value*> roots;
  for (const Document& document : first.documents) roots.push_back(&document.root);
  // Expanded aliases and quoting make the text longer than what it came from.
  Limits wide;
  wide.bytes = 64U << 20U;
  wide.nodes = 10'000'000;
  const Stream second = Read(Write(roots), "fuzz.yaml", wide);
  if (!second.problems.empty() || second.documents.size() != first.documents.size()) std::abort();
  for (size_t i = 0; i < first.documents.size(); ++i) {
    if (!(first.documents[i].root == second.documents[i].root)) std::abort();
  }
  return 0;
}
