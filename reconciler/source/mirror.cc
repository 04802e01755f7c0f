#include "reconciler/source/mirror.h"

#include <filesystem>
#include <mutex>
#include <vector>

namespace slipway {
namespace git {

void Start() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    // The mirror is ours, whoever owns the folder; the state directory's lock guards it.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Off by default; without it a power cut leaves references to objects that never reached the disk.
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, static_cast<size_t>(256) << 20U);
    // No configuration but our own decides what is fetched.
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
  });
}

}  // namespace git

namespace fs = std::filesystem;

namespace {

constexpr const char* kPacks = "/objects/pack";
/// Each fetch adds a pack, and each look-up asks every pack.
constexpr size_t kMostPacks = 40;

}  // namespace

/// What a killed fetch left: locks, and unfinished packs, each as large as what was being fetched.
void Mirror::RemoveLeftovers() const {
  std::error_code error;
  for (fs::recursive_directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename() == "objects") it.disable_recursion_pending();
    if (it->path().extension() == ".lock") fs::remove(it->path(), error);
  }
  error.clear();
  for (fs::directory_iterator it(path_ + kPacks, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with("pack-") || name.ends_with(".lock")) fs::remove(it->path(), error);
  }
}

SourceResult<void> Mirror::CompactWhenScattered() {
  std::vector<fs::path> packs;
  std::error_code error;
  for (fs::directory_iterator it(path_ + kPacks, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".pack") packs.push_back(it->path());
  }
  if (packs.size() <= kMostPacks) return {};
  const std::string doing = "packing the mirror " + path_;
  const auto repository = Open();
  if (!repository) return tl::make_unexpected(repository.error());
  git_packbuilder* builder = nullptr;
  git_revwalk* walk = nullptr;
  int code = git_packbuilder_new(&builder, *repository);
  const git::PackBuilder builder_owner(builder);
  if (code == 0) code = git_revwalk_new(&walk, *repository);
  const git::RevWalk walk_owner(walk);
  if (code == 0) code = git_revwalk_push_glob(walk, "refs/*");
  if (code == 0) code = git_packbuilder_insert_walk(builder, walk);
  if (code == 0) code = git_packbuilder_write(builder, nullptr, 0, nullptr, nullptr);
  if (code != 0) return LastGitError(code, doing);
  const std::string kept = std::string("pack-") + git_packbuilder_name(builder) + ".pack";
  // Only what is in the new pack is reachable. It is durable before the old ones go.
  for (const fs::path& pack : packs) {
    if (pack.filename() == kept) continue;
    fs::path index = pack;
    fs::remove(index.replace_extension(".idx"), error);
    fs::remove(pack, error);
  }
  Close();
  return {};
}

SourceResult<git_repository*> Mirror::Open() {
  if (repository_) return repository_.get();
  git::Start();
  std::error_code error;
  git_repository* opened = nullptr;
  if (fs::exists(path_, error)) {
    RemoveLeftovers();
    const int code = git_repository_open_bare(&opened, path_.c_str());
    if (code != 0) return LastGitError(code, "opening the mirror " + path_);
  } else {
    const int code = git_repository_init(&opened, path_.c_str(), 1);
    if (code != 0) return LastGitError(code, "making the mirror " + path_);
  }
  repository_.reset(opened);
  return opened;
}

SourceResult<void> Mirror::MoveAside() {
  repository_.reset();
  std::error_code error;
  fs::remove_all(path_ + ".damaged", error);
  fs::rename(path_, path_ + ".damaged", error);
  if (error && fs::exists(path_)) {
    return SourceFailure(SourceReason::kStorage, Reaction::kRetry,
                         "moving the damaged mirror " + path_ + " aside: " + error.message() +
                             "; remove it by hand, it is only a cache");
  }
  return {};
}

}  // namespace slipway
