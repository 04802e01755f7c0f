#include "reconciler/cli/plan_memory.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "reconciler/cli/build_id.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

/// XDG Base Directory Specification: a path that is not absolute is as good as none.
std::string UsersFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "slipway";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".cache" / "slipway" : "";
}

/// Equal for the same folder, however it is named.
std::string Named(const std::string& place, const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::canonical(place, error);
  return (error ? place : whole.string()) + '\n' + fs::path(path).lexically_normal().string();
}

}  // namespace

PlanMemory::PlanMemory() : ops_(MakePosixFileOps(Readers::kOwner)) {}

void PlanMemory::AddTo(CLI::App& command) {
  command
      .add_option("--cache", folder_,
                  "folder of what is remembered between runs: digests, nothing that files say "
                  "(default: $XDG_CACHE_HOME/slipway)")
      ->option_text("DIR");
  command.add_flag("--no-cache", off_, "look at everything, and remember nothing");
}

std::optional<plan::PlanCache> PlanMemory::Open() const {
  const std::string folder = folder_.empty() ? UsersFolder() : folder_;
  const std::string build = BuildId();
  if (off_ || folder.empty() || build.empty()) return std::nullopt;
  return plan::PlanCache(*ops_, fs::absolute(folder), build);
}

std::optional<plan::KnownFleet> PlanMemory::Find(const std::string& place, const std::string& path) const {
  const auto cache = Open();
  return cache ? cache->Find(Named(place, path)) : std::nullopt;
}

void PlanMemory::Keep(const std::string& place, const std::string& path,
                      const plan::KnownFleet& known) const {
  const auto cache = Open();
  if (!cache) return;
  const auto kept = cache->Keep(Named(place, path), known);
  if (kept || folder_.empty()) return;
  std::fprintf(stderr, "slipway: warning: nothing can be remembered in %s: %s\n", folder_.c_str(),
               std::generic_category().message(kept.error().code).c_str());
}

}  // namespace slipway::cli
