#include "reconciler/publish/successor.h"

#include <algorithm>

#include "reconciler/publish/dir_cursor.h"
#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {

Result<bool> LinkAhead(const StateDir& state, DigestCache& cache, const Generation& current,
                       Successor& successor, size_t files) {
  const auto& all = current.manifest.files;
  if (successor.linked == all.size()) return false;
  if (successor.tree == nullptr) {
    auto begun = StagedTree::Begin(state, cache);
    if (!begun) return tl::make_unexpected(begun.error());
    successor.tree = std::move(*begun);
  }
  const auto source = state.ops->OpenDir(state.generations.get(), current.name);
  if (!source) return IoError("opening " + current.name, source.error());
  DirCursor folders(*state.ops, source->get(), DirCursor::Missing::kFail);
  for (const size_t end = std::min(all.size(), successor.linked + files); successor.linked < end;
       ++successor.linked) {
    const FileEntry& file = all[successor.linked];
    const auto folder = folders.At(FolderOf(file.path));
    if (!folder) return IoError("opening the folder of " + file.path, folder.error());
    const std::string name(BaseNameOf(file.path));
    // Checked now too, not only when it is published: the name may stand for another inode by then.
    const auto state_of_file = cache.Check(*state.ops, *folder, name, file.digest, file.size);
    if (!state_of_file) return IoError("checking " + file.path, state_of_file.error());
    if (*state_of_file != FileState::kIntact) return Retry(file.path + " was changed on the disk");
    const auto how = successor.tree->Link(*folder, name, file.path, file.digest);
    if (!how) return tl::make_unexpected(how.error());
    if (*how == StagedTree::How::kCopied) return Retry("this filesystem has no hard links");
  }
  if (successor.linked < all.size()) return true;
  const auto durable = successor.tree->MakeDurable();
  if (!durable) return tl::make_unexpected(durable.error());
  return false;
}

}  // namespace slipway
