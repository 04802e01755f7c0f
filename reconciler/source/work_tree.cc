#include "reconciler/source/work_tree.h"

#include <git2.h>

#include "reconciler/source/git_handle.h"

namespace slipway {
namespace {

/// 40 hex digits; "" where there is no memory for it.
std::string BlobId(const std::string& bytes) {
  git_oid oid;
  if (git_odb_hash(&oid, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) != 0) return {};
  std::string id(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(id.data(), &oid);
  return id;
}

/// What stands for inode and times has colons in it.
bool IsBlobId(const std::string& id) { return id.find(':') == std::string::npos; }

class WorkTree : public SourceTree {
 public:
  explicit WorkTree(std::unique_ptr<SourceTree> files) : files_(std::move(files)) {
    entries_ = files_->entries();
    for (Entry& entry : entries_) {
      if (entry.size > kLargestIdentified) continue;
      const auto bytes = files_->Read(entry, kLargestIdentified);
      std::string id = bytes ? BlobId(*bytes) : "";
      if (!id.empty()) entry.content_id = std::move(id);
    }
  }

  const std::vector<Entry>& entries() const override { return entries_; }

  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    auto bytes = files_->Read(entry, max_bytes);
    if (bytes && IsBlobId(entry.content_id) && BlobId(*bytes) != entry.content_id)
      return Retry("reading " + entry.path + ": it was changed meanwhile; ask again");
    return bytes;
  }

 private:
  std::unique_ptr<SourceTree> files_;
  std::vector<Entry> entries_;
};

}  // namespace

Result<std::unique_ptr<SourceTree>> ReadWorkTree(const std::string& folder) {
  git::Start();
  auto files = MakeDirectoryTree(folder);
  if (!files) return tl::make_unexpected(files.error());
  return std::make_unique<WorkTree>(std::move(*files));
}

}  // namespace slipway
