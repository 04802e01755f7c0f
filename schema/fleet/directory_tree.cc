#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "schema/fleet/source_tree.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;

class DirectoryTree : public SourceTree {
 public:
  DirectoryTree(std::string folder, std::vector<Entry> entries)
      : folder_(std::move(folder)), entries_(std::move(entries)) {}

  const std::vector<Entry>& entries() const override { return entries_; }

  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    const std::string path = folder_ + '/' + entry.path;
    if (entry.kind == EntryKind::kSymlink) {
      std::error_code error;
      const fs::path target = fs::read_symlink(path, error);
      if (error) return FixInput("reading the link " + entry.path + ": " + error.message());
      return target.string();
    }
    // Whatever the file has become since it was listed: no link is followed, and no pipe waited for.
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return FixInput("opening " + entry.path + ": " + std::strerror(errno));
    std::string bytes;
    const int failure = ReadAll(descriptor, max_bytes, bytes);
    close(descriptor);
    if (failure != 0) return Retry("reading " + entry.path + ": " + std::strerror(failure));
    if (bytes.size() > max_bytes) {
      return FixInput("reading " + entry.path + ": more than " + std::to_string(max_bytes) + " bytes");
    }
    return bytes;
  }

 private:
  /// Up to one byte more than allowed, so that the caller sees when there is more. 0 or errno.
  static int ReadAll(int descriptor, uint64_t max_bytes, std::string& bytes) {
    struct stat info {};
    if (fstat(descriptor, &info) != 0) return errno;
    if (!S_ISREG(info.st_mode)) return EINVAL;
    const uint64_t limit = max_bytes + 1;
    bytes.resize(std::min<uint64_t>(static_cast<uint64_t>(info.st_size) + 1, limit));
    size_t used = 0;
    while (used < bytes.size()) {
      const ssize_t got = read(descriptor, bytes.data() + used, bytes.size() - used);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno;
      if (got == 0) break;
      used += static_cast<size_t>(got);
      if (used == bytes.size() && used < limit) bytes.resize(std::min<uint64_t>(used * 2, limit));
    }
    bytes.resize(used);
    return 0;
  }

  std::string folder_;
  std::vector<Entry> entries_;
};

std::string StatIdentity(const struct stat& info) {
  const auto nanoseconds = [](const timespec& time) {
    return std::to_string(time.tv_sec) + '.' + std::to_string(time.tv_nsec);
  };
  return std::to_string(info.st_dev) + ':' + std::to_string(info.st_ino) + ':' +
         std::to_string(info.st_size) + ':' + nanoseconds(info.st_mtim) + ':' + nanoseconds(info.st_ctim);
}

}  // namespace

Result<std::unique_ptr<SourceTree>> MakeDirectoryTree(const std::string& folder, size_t max_entries) {
  std::vector<SourceTree::Entry> entries;
  std::error_code error;
  const auto options = fs::directory_options::none;  // links to folders are not followed
  fs::recursive_directory_iterator walk(folder, options, error);
  if (error) return FixInput("reading the folder " + folder + ": " + error.message());
  const size_t prefix = fs::path(folder).native().size();
  for (const fs::recursive_directory_iterator end; walk != end; walk.increment(error)) {
    if (walk->path().filename() == ".git") {
      walk.disable_recursion_pending();
      continue;
    }
    struct stat info {};
    if (lstat(walk->path().c_str(), &info) != 0) continue;  // gone again
    const bool link = S_ISLNK(info.st_mode);
    if (!link && !S_ISREG(info.st_mode)) continue;
    if (entries.size() == max_entries) {
      return FixInput("reading the folder " + folder + ": more than " + std::to_string(max_entries) +
                      " files");
    }
    std::string path = walk->path().native().substr(prefix);
    path.erase(0, path.find_first_not_of('/'));
    entries.push_back({std::move(path), StatIdentity(info), static_cast<uint64_t>(info.st_size),
                       link ? SourceTree::EntryKind::kSymlink : SourceTree::EntryKind::kFile});
  }
  if (error) return FixInput("reading the folder " + folder + ": " + error.message());
  std::sort(entries.begin(), entries.end(),
            [](const SourceTree::Entry& a, const SourceTree::Entry& b) { return a.path < b.path; });
  return std::unique_ptr<SourceTree>(std::make_unique<DirectoryTree>(folder, std::move(entries)));
}

}  // namespace slipway
