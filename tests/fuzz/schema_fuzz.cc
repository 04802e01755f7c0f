// A schema as Talos publishes them and a document, parted by a line of `====`: reading the schema ends with a
// reason or with one that checks any document.
#include <cstdint>
#include <string_view>

#include "reconciler/talos/official_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kLine = "====\n";
  const size_t at = text.find(kLine);
  const auto schema = slipway::talos::OfficialSchema::Parse(text.substr(0, at));
  if (!schema || at == std::string_view::npos) return 0;
  slipway::yaml::Stream stream = slipway::yaml::Read(text.substr(at + kLine.size()), "fuzz.yaml");
  slipway::talos::Documents documents;
  for (slipway::yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  for (const auto& finding : (*schema)->Check(documents)) {
    if (finding.message.empty() || finding.fix.empty()) __builtin_trap();
  }
  return 0;
}
