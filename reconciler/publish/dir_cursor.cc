#include "reconciler/publish/dir_cursor.h"

#include <cerrno>

namespace slipway {

IoResult<int> DirCursor::At(std::string_view folder) {
  if (folder.empty()) return root_;
  if (open_.valid() && folder == folder_) return open_.get();
  open_.Close();
  folder_ = std::string(folder);
  auto opened = ops_.OpenDir(root_, folder_);
  if (!opened && opened.error().code == ENOENT && missing_ == Missing::kMake) {
    const auto made = Make(folder_);
    if (!made) return tl::make_unexpected(made.error());
    opened = ops_.OpenDir(root_, folder_);
  }
  if (!opened) return tl::make_unexpected(opened.error());
  open_ = std::move(*opened);
  return open_.get();
}

IoResult<void> DirCursor::Make(const std::string& folder) {
  for (size_t end = folder.find('/'); true; end = folder.find('/', end + 1)) {
    const std::string part = folder.substr(0, end);
    const auto done = ops_.MakeDir(root_, part);
    if (done) made_.push_back(part);
    if (!done && done.error().code != EEXIST) return done;
    if (end == std::string::npos) return {};
  }
}

}  // namespace slipway
