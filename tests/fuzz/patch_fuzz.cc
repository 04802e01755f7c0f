// A release's minor number, a config and a patch, parted by lines of `====`: whatever they say, patching
// ends, and what it makes is a config that can be written, read and decoded again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "reconciler/talos/merge.h"

namespace {

using slipway::talos::Documents;
namespace talos = slipway::talos;
namespace yaml = slipway::yaml;

std::string_view Cut(std::string_view& text) {
  constexpr std::string_view kLine = "====\n";
  const size_t at = text.find(kLine);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + kLine.size());
  return part;
}

bool Parse(std::string_view text, Documents& documents, const yaml::Limits& limits) {
  yaml::Stream stream = yaml::Read(text, "fuzz.yaml", limits);
  for (yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  return stream.problems.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view head = Cut(text);
  const int minor = talos::kOldestMinor + (head.empty() ? 0 : head.front() % 7);
  const talos::TypeModel& model = talos::TypeModel::Of(minor);
  const yaml::Limits limits;
  Documents config;
  if (!Parse(Cut(text), config, limits)) return 0;
  if (!talos::Decode(config, model, talos::Purpose::kConfig).empty()) return 0;
  Documents parts;
  if (!Parse(text, parts, limits)) return 0;
  const auto patch = talos::LoadPatch(std::move(parts), model);
  if (!patch || !talos::ApplyPatch(config, *patch, model)) return 0;
  std::vector<const yaml::Value*> order;
  for (const yaml::Value& document : config) order.push_back(&document);
  yaml::Limits wide;
  wide.bytes = 64U << 20U;
  wide.nodes = 10'000'000;
  wide.depth = 200;
  Documents again;
  if (!Parse(yaml::Write(order), again, wide)) std::abort();
  const talos::Problems problems = talos::Decode(again, model, talos::Purpose::kConfig);
  if (problems.empty()) return 0;
  std::fprintf(stderr, "%s\n", problems.front().message.c_str());
  std::abort();
}
