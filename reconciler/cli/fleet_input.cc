#include "reconciler/cli/fleet_input.h"

#include <algorithm>
#include <filesystem>

namespace slipway::cli {

void FleetInput::AddTo(CLI::App& command, const std::string& name) {
  command.add_option(name, place, "folder of the fleet, or a repository with --revision")
      ->capture_default_str();
  command.add_option("--revision", revision,
                     "read this branch, tag or full commit instead of the files as they are");
  command.add_option("--path", path, "folder of the repository that holds the fleet, with --revision");
}

Result<std::unique_ptr<SourceTree>> FleetInput::Open(std::unique_ptr<GitSource>& holder) const {
  if (revision.empty()) return MakeDirectoryTree(place);
  const std::string url = std::filesystem::exists(place) ? std::filesystem::absolute(place).string() : place;
  const bool commit =
      revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  const std::string mirror =
      std::filesystem::temp_directory_path() / ("slipway-" + std::to_string(::getpid()) + ".git");
  SourceConfig config;
  config.url = url;
  config.path = path;
  (commit ? config.commit : config.branch) = revision;
  holder = std::make_unique<GitSource>(config, mirror);
  auto fetched = holder->Fetch();
  if (!fetched && !commit && fetched.error().reason == SourceReason::kReferenceNotFound) {
    std::swap(config.branch, config.tag);
    holder = std::make_unique<GitSource>(config, mirror);
    fetched = holder->Fetch();
  }
  auto tree = fetched ? holder->ReadTree(*fetched)
                      : SourceResult<std::unique_ptr<SourceTree>>(tl::make_unexpected(fetched.error()));
  std::filesystem::remove_all(mirror);  // open descriptors and mappings keep what is still read
  if (!tree) return tl::make_unexpected(tree.error().error);
  return std::move(*tree);
}

}  // namespace slipway::cli
