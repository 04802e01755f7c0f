#include "tests/reconciler/import/fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper.h"
#include "reconciler/import/talosctl.h"
#include "reconciler/render/renderer.h"
#include "reconciler/talos/documents.h"
#include "schema/fleet/load.h"

namespace slipway::imports {
namespace {

namespace fs = std::filesystem;

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ReadFile ReaderOf(const Files& files) {
  return [files](const std::string& path) -> Result<std::optional<std::string>> {
    const auto found = files.find(path.starts_with("./") ? path.substr(2) : path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
}

void FillMacs(Files& files) {
  int number = 1;
  for (auto& [path, text] : files) {
    const size_t at = text.find("macs: []");
    if (at == std::string::npos) continue;
    text.replace(at, 8, "macs: [\"02:00:00:00:00:" + std::to_string(10 + number++) + "\"]");
  }
}

bool DropEmpty(yaml::Value& value) {
  if (yaml::Mapping* mapping = value.AsMapping()) {
    std::erase_if(*mapping, [](yaml::Entry& entry) { return DropEmpty(entry.value); });
    std::sort(mapping->begin(), mapping->end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return mapping->empty();
  }
  if (yaml::Sequence* sequence = value.AsSequence()) {
    for (yaml::Value& item : *sequence) DropEmpty(item);
    return sequence->empty();
  }
  return value.IsNull() || (value.AsString() != nullptr && value.AsString()->empty());
}

}  // namespace

Files FilesOf(const std::string& folder) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = ReadWhole(entry.path());
  }
  return files;
}

std::string BundleText() {
  return ReadWhole(fs::path(SLIPWAY_SOURCE_DIR) / "tests/testdata/bundle/secrets.yaml");
}

Result<Imported> Talhelper(const Files& files) {
  TalhelperInput input;
  input.name = "talconfig.yaml";
  input.config = files.at("talconfig.yaml");
  input.read = ReaderOf(files);
  return ImportTalhelper(input);
}

Result<Imported> Talosctl(const Files& files) {
  TalosctlInput input;
  input.name = "folder";
  for (const auto& [path, bytes] : files) input.files.push_back(path);
  input.read = ReaderOf(files);
  return ImportTalosctl(input);
}

Rendered Render(Files files) {
  FillMacs(files);
  Rendered rendered;
  const auto tree = MakeMemoryTree(files);
  FleetLoader loader;
  const auto loaded = loader.Load(*tree);
  EXPECT_TRUE(loaded) << loaded.error().message;
  if (!loaded) return rendered;
  rendered.diagnostics = loaded->diagnostics;
  if (!loaded->fleet) return rendered;
  Renderer renderer;
  const auto outcome = renderer.MakePlan(*loaded->fleet, *tree);
  EXPECT_TRUE(outcome) << outcome.error().message;
  rendered.diagnostics.insert(rendered.diagnostics.end(), outcome->diagnostics.begin(),
                              outcome->diagnostics.end());
  if (!outcome->plan) return rendered;
  for (Diagnostic& problem : Renderer::Check(*outcome->plan))
    rendered.diagnostics.push_back(std::move(problem));
  if (HasErrors(rendered.diagnostics)) return rendered;
  const RenderedTree& items = outcome->plan->tree;
  for (const auto& node : loaded->fleet->nodes) {
    const std::string path = "talos/configs/" + node->macs.front().value.ToHyphens() + ".yaml";
    for (size_t i = 0; i < items.items.size(); ++i) {
      if (items.items[i].path != path) continue;
      const auto bytes = items.produce(i);
      EXPECT_TRUE(bytes);
      for (yaml::Document& document : yaml::Read(*bytes, path).documents) {
        rendered.configs[node->name].push_back(std::move(document.root));
      }
    }
  }
  return rendered;
}

std::string Normal(std::vector<yaml::Value> documents) {
  std::vector<std::string> texts;
  for (yaml::Value& document : documents) {
    const talos::DocumentId id = talos::IdOf(document);
    if (!DropEmpty(document)) texts.push_back("# " + id.kind + ' ' + id.name + '\n' + yaml::Write(document));
  }
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& text : texts) all += text;
  return all;
}

std::string RemarksOf(const Imported& imported, RemarkKind kind) {
  std::string all;
  for (const Remark& remark : imported.remarks) {
    if (remark.kind == kind) all += FormatRemark(remark) + '\n';
  }
  return all;
}

yaml::Value MainField(const std::vector<yaml::Value>& documents, const std::string& path) {
  for (const yaml::Value& document : documents) {
    if (!talos::IsMain(document)) continue;
    const yaml::Value* at = &document;
    for (size_t begin = 0; at != nullptr && begin <= path.size();) {
      const size_t end = std::min(path.find('.', begin), path.size());
      at = at->Find(path.substr(begin, end - begin));
      begin = end + 1;
    }
    if (at != nullptr) return *at;
  }
  return {};
}

yaml::Value DocumentOf(const std::vector<yaml::Value>& documents, const std::string& kind,
                       const std::string& name) {
  for (const yaml::Value& document : documents) {
    if (Text(document, "kind") == kind && (name.empty() || Text(document, "name") == name)) return document;
  }
  return {};
}

}  // namespace slipway::imports
