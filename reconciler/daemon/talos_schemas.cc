#include "reconciler/daemon/talos_schemas.h"

#include <algorithm>
#include <filesystem>

#include "reconciler/daemon/files.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> JsonFilesOf(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path().string());
  }
  if (error) return FixInput("reading the schemas in " + folder + ": " + error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<OfficialSchemas> LoadTalosSchemas(const std::string& folder) {
  OfficialSchemas schemas;
  if (folder.empty()) return schemas;
  const auto paths = JsonFilesOf(folder);
  if (!paths) return tl::make_unexpected(paths.error());
  for (const std::string& path : *paths) {
    const auto text = ReadSmallFile(path);
    if (!text) return tl::make_unexpected(text.error());
    if (!*text) return FixInput("there is no " + path);
    auto schema = talos::OfficialSchema::Parse(**text);
    if (!schema) return FixInput(path + " is no schema of Talos that can be used: " + schema.error().message);
    const int minor = (*schema)->minor();
    if (!schemas.emplace(minor, std::move(*schema)).second)
      return FixInput(path + " is a second schema of Talos 1." + std::to_string(minor));
  }
  return schemas;
}

}  // namespace slipway
