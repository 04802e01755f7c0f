#include "reconciler/cli/fleet_input.h"

#include <algorithm>
#include <filesystem>

#include "reconciler/source/work_tree.h"

namespace slipway::cli {

void FleetInput::AddTo(CLI::App& command, const std::string& name) {
  command.add_option(name, place, "folder of the fleet, or a repository with --revision")
      ->capture_default_str();
  command.add_option("--revision", revision,
                     "read this commit of it instead of the files as they are: a branch, a tag, a "
                     "hash, HEAD~1");
  command.add_option("--path", path, "folder of the repository that holds the fleet, with --revision");
}

Result<std::unique_ptr<SourceTree>> FleetInput::Open(FleetHolder& holder) const {
  if (revision.empty()) return MakeDirectoryTree(place);
  return std::filesystem::exists(place) ? OpenLocal(holder) : OpenRemote(holder);
}

Result<std::unique_ptr<SourceTree>> FleetInput::OpenWithGitIds(FleetHolder& holder) const {
  return revision.empty() ? ReadWorkTree(place) : Open(holder);
}

Result<std::unique_ptr<SourceTree>> FleetInput::OpenLocal(FleetHolder& holder) const {
  auto opened = LocalRepository::Open(place);
  if (!opened) return tl::make_unexpected(opened.error().error);
  holder.local = std::move(*opened);
  const auto found = holder.local->Resolve(revision);
  if (!found) return tl::make_unexpected(found.error().error);
  auto tree = holder.local->ReadTree(*found, path);
  if (!tree) return tl::make_unexpected(tree.error().error);
  return std::move(*tree);
}

/// Through a mirror of its own, which is gone afterwards.
Result<std::unique_ptr<SourceTree>> FleetInput::OpenRemote(FleetHolder& holder) const {
  const bool commit =
      revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  const std::string mirror =
      std::filesystem::temp_directory_path() / ("slipway-" + std::to_string(::getpid()) + ".git");
  SourceConfig config;
  config.url = place;
  config.path = path;
  (commit ? config.commit : config.branch) = revision;
  holder.remote = std::make_unique<GitSource>(config, mirror);
  auto fetched = holder.remote->Fetch();
  if (!fetched && !commit && fetched.error().reason == SourceReason::kReferenceNotFound) {
    std::swap(config.branch, config.tag);
    holder.remote = std::make_unique<GitSource>(config, mirror);
    fetched = holder.remote->Fetch();
  }
  auto tree = fetched ? holder.remote->ReadTree(*fetched)
                      : SourceResult<std::unique_ptr<SourceTree>>(tl::make_unexpected(fetched.error()));
  std::filesystem::remove_all(mirror);  // open descriptors and mappings keep what is still read
  if (!tree) return tl::make_unexpected(tree.error().error);
  return std::move(*tree);
}

}  // namespace slipway::cli
