#include "reconciler/source/mirror.h"

#include <filesystem>
#include <mutex>

namespace slipway {
namespace git {

void Start() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    // The mirror is ours, whoever owns the folder; the state directory's lock guards it.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Fetched objects are a cache of the remote's: a power cut costs a new clone, an fsync would cost every
    // fetch.
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, static_cast<size_t>(256) << 20U);
    // No configuration but our own decides what is fetched.
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
  });
}

}  // namespace git

namespace fs = std::filesystem;

void Mirror::RemoveStaleLocks() const {
  std::error_code error;
  for (fs::recursive_directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename() == "objects") it.disable_recursion_pending();
    if (it->path().extension() == ".lock") fs::remove(it->path(), error);
  }
}

SourceResult<git_repository*> Mirror::Open() {
  if (repository_) return repository_.get();
  git::Start();
  std::error_code error;
  git_repository* opened = nullptr;
  if (fs::exists(path_, error)) {
    RemoveStaleLocks();
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
