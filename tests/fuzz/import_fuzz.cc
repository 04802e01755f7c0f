// A talconfig, its talenv and a file beside it, parted by lines of `====`: whatever they say, importing ends,
// and what it writes is YAML that loading has only diagnostics for. A second import of the same is equal.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "reconciler/import/talhelper.h"
#include "schema/fleet/load.h"

namespace {

namespace imports = slipway::imports;

std::string_view Cut(std::string_view& text) {
  constexpr std::string_view kLine = "====\n";
  const size_t at = text.find(kLine);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + kLine.size());
  return part;
}

const std::string& Bundle() {
  static const auto* const kText = [] {
    std::ifstream file(SLIPWAY_SOURCE_DIR "/tests/testdata/bundle/secrets.yaml");
    return new std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }();
  return *kText;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string config(Cut(text));
  const std::string variables(Cut(text));
  const std::string beside(text);
  imports::TalhelperInput input;
  input.name = "talconfig.yaml";
  input.config = config;
  input.read = [&](const std::string& path) -> slipway::Result<std::optional<std::string>> {
    if (path.find("talenv") != std::string::npos) return variables;
    if (path.find("talsecret") != std::string::npos) return Bundle();
    if (path.find("none") != std::string::npos) return std::optional<std::string>();
    return beside;
  };
  input.environment = [](const std::string& name) {
    return name == "SET" ? std::optional<std::string>("a value") : std::nullopt;
  };
  const auto imported = imports::ImportTalhelper(input);
  if (!imported) return 0;
  const auto again = imports::ImportTalhelper(input);
  if (!again || again->files != imported->files) std::abort();
  const auto tree = slipway::MakeMemoryTree(imported->files);
  const auto loaded = slipway::FleetLoader().Load(*tree);
  if (!loaded) std::abort();
  for (const slipway::Diagnostic& diagnostic : loaded->diagnostics) {
    if (diagnostic.code >= 1100) continue;
    std::fprintf(stderr, "%s\n", slipway::FormatText(diagnostic).c_str());
    std::abort();  // no YAML
  }
  return 0;
}
