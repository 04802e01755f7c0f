#include "reconciler/publish/state_dir.h"

#include <cerrno>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"
#include "schema/contract/manifest.h"

namespace slipway {
namespace {

Result<Fd> OpenFolder(FileOps& ops, const std::string& state_path, int dir, std::string_view name) {
  const std::string path = state_path + "/" + std::string(name);
  const auto made = EnsureDir(ops, dir, std::string(name));
  if (!made) return IoError("making " + path, made.error());
  auto folder = ops.OpenDir(dir, std::string(name));
  if (!folder) return IoError("opening " + path, folder.error());
  return std::move(*folder);
}

}  // namespace

Result<StateDir> StateDir::Open(FileOps& ops, const std::string& path) {
  StateDir state;
  state.ops = &ops;
  state.path = path;
  const auto made = EnsureDir(ops, kNoDir, path);
  if (!made) return IoError("making the state directory " + path, made.error());
  auto root = ops.OpenDir(kNoDir, path);
  if (!root) return IoError("opening the state directory " + path, root.error());
  state.root = std::move(*root);
  const auto locked = ops.Lock(state.root.get());
  if (!locked && locked.error().code == EWOULDBLOCK) {
    return Retry("opening the state directory " + path +
                 ": another slipway process works on it; stop that one or use another state_dir");
  }
  if (!locked) return IoError("locking the state directory " + path, locked.error());

  const struct {
    Fd* target;
    const Fd* parent;
    std::string_view name;
  } folders[] = {{&state.generations, &state.root, kGenerationsName},
                 {&state.staging, &state.root, kStagingName},
                 {&state.assets, &state.root, kAssetStoreName},
                 {&state.partial, &state.assets, kPartialName}};
  for (const auto& folder : folders) {
    auto opened = OpenFolder(ops, path, folder.parent->get(), folder.name);
    if (!opened) return tl::make_unexpected(opened.error());
    *folder.target = std::move(*opened);
  }
  return state;
}

}  // namespace slipway
