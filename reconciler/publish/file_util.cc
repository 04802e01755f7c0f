#include "reconciler/publish/file_util.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace slipway {
namespace {

constexpr size_t kChunk = 256U << 10U;
constexpr int kMaxDepth = 16;

std::string_view Advice(int code) {
  switch (code) {
    case ENOSPC:
      return "; free some space on that filesystem (slipway's old generations and assets go by themselves)";
    case EDQUOT:
      return "; raise the disk quota of slipway's user, or free some of it";
    case EROFS:
      return "; the filesystem is mounted read-only: look at dmesg for the cause and remount it read-write";
    case EACCES:
    case EPERM:
      return "; the state directory and all in it must belong to slipway's user";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files (LimitNOFILE=)";
    default:
      return "";
  }
}

IoResult<void> RemoveFolder(FileOps& ops, int dir, const std::string& name, int depth);

IoResult<void> RemoveEntry(FileOps& ops, int dir, const DirEntry& entry, int depth) {
  IoResult<void> done;
  if (entry.type == FileType::kDirectory) {
    done = RemoveFolder(ops, dir, entry.name, depth);
  } else {
    done = ops.Unlink(dir, entry.name);
  }
  if (!done && done.error().code == ENOENT) return {};
  return done;
}

IoResult<void> RemoveFolder(FileOps& ops, int dir, const std::string& name, int depth) {
  if (depth > kMaxDepth) return tl::make_unexpected(Errno{ELOOP});
  auto folder = ops.OpenDir(dir, name);
  if (!folder) return tl::make_unexpected(folder.error());
  const auto entries = ops.List(folder->get());
  if (!entries) return tl::make_unexpected(entries.error());
  for (const DirEntry& entry : *entries) {
    const auto done = RemoveEntry(ops, folder->get(), entry, depth + 1);
    if (!done) return done;
  }
  return ops.RemoveDir(dir, name);
}

}  // namespace

tl::unexpected<Error> IoError(std::string doing, Errno error) {
  return Retry(std::move(doing) + ": " + std::generic_category().message(error.code) +
               std::string(Advice(error.code)));
}

IoResult<void> WriteAll(FileOps& ops, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ops.Write(fd, bytes);
    if (!count && count.error().code == EINTR) continue;
    if (!count) return tl::make_unexpected(count.error());
    if (*count == 0 || *count > bytes.size()) return tl::make_unexpected(Errno{EIO});
    bytes.remove_prefix(*count);
  }
  return {};
}

IoResult<size_t> ReadSome(FileOps& ops, int fd, std::span<char> buffer) {
  while (true) {
    auto count = ops.Read(fd, buffer);
    if (count || count.error().code != EINTR) return count;
  }
}

IoResult<void> ReadThrough(FileOps& ops, int fd,
                           const std::function<IoResult<void>(std::string_view)>& sink) {
  std::vector<char> buffer(kChunk);
  while (true) {
    const auto count = ReadSome(ops, fd, buffer);
    if (!count) return tl::make_unexpected(count.error());
    if (*count == 0) return {};
    const auto taken = sink(std::string_view(buffer.data(), *count));
    if (!taken) return taken;
  }
}

IoResult<std::string> ReadWhole(FileOps& ops, int dir, const std::string& path, uint64_t max_bytes) {
  const auto file = ops.OpenRead(dir, path);
  if (!file) return tl::make_unexpected(file.error());
  const auto status = ops.StatFd(file->get());
  if (!status) return tl::make_unexpected(status.error());
  if (status->type != FileType::kRegular) return tl::make_unexpected(Errno{EINVAL});
  if (status->size > max_bytes) return tl::make_unexpected(Errno{EFBIG});
  std::string bytes(status->size, '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = ReadSome(ops, file->get(), std::span(bytes).subspan(filled));
    if (!count) return tl::make_unexpected(count.error());
    if (*count == 0) break;
    filled += *count;
  }
  bytes.resize(filled);
  return bytes;
}

IoResult<FileStat> WriteNew(FileOps& ops, int dir, const std::string& path, std::string_view bytes) {
  const auto file = ops.Create(dir, path);
  if (!file) return tl::make_unexpected(file.error());
  const auto written = WriteAll(ops, file->get(), bytes);
  if (!written) {
    (void)ops.Unlink(dir, path);
    return tl::make_unexpected(written.error());
  }
  return ops.StatFd(file->get());
}

IoResult<void> ReplaceFile(FileOps& ops, int dir, const std::string& name, std::string_view bytes) {
  const std::string temporary = "." + name + ".new";
  const auto removed = ops.Unlink(dir, temporary);  // a crash may have left one
  if (!removed && removed.error().code != ENOENT) return removed;
  {
    const auto file = ops.Create(dir, temporary);
    if (!file) return tl::make_unexpected(file.error());
    auto done = WriteAll(ops, file->get(), bytes);
    if (done) done = ops.Sync(file->get());
    if (!done) {
      (void)ops.Unlink(dir, temporary);
      return done;
    }
  }
  const auto renamed = ops.Rename(dir, temporary, dir, name);
  if (!renamed) {
    (void)ops.Unlink(dir, temporary);
    return renamed;
  }
  return ops.Sync(dir);
}

IoResult<CopiedFile> CopyFile(FileOps& ops, int from_dir, const std::string& from, int to_dir,
                              const std::string& to) {
  const auto source = ops.OpenRead(from_dir, from);
  if (!source) return tl::make_unexpected(source.error());
  const auto type = ops.StatFd(source->get());
  if (!type) return tl::make_unexpected(type.error());
  if (type->type != FileType::kRegular) return tl::make_unexpected(Errno{EINVAL});
  const auto target = ops.Create(to_dir, to);
  if (!target) return tl::make_unexpected(target.error());
  Sha256Stream hash;
  const auto copied = ReadThrough(ops, source->get(), [&](std::string_view bytes) {
    hash.Update(bytes);
    return WriteAll(ops, target->get(), bytes);
  });
  if (!copied) {
    (void)ops.Unlink(to_dir, to);
    return tl::make_unexpected(copied.error());
  }
  const auto status = ops.StatFd(target->get());
  if (!status) return tl::make_unexpected(status.error());
  return CopiedFile{hash.Finish(), *status};
}

IoResult<void> RemoveTree(FileOps& ops, int dir, const std::string& name) {
  const auto status = ops.Stat(dir, name);
  if (!status && status.error().code == ENOENT) return {};
  if (!status) return tl::make_unexpected(status.error());
  return RemoveEntry(ops, dir, {name, status->type}, 0);
}

IoResult<void> EnsureDir(FileOps& ops, int dir, const std::string& name) {
  auto made = ops.MakeDir(dir, name);
  if (!made && made.error().code == EEXIST) return {};
  // A read-only disk says EROFS even for a folder that is there, and serving from it must go on.
  if (!made && made.error().code == EROFS) {
    const auto status = ops.Stat(dir, name);
    if (status && status->type == FileType::kDirectory) return {};
  }
  return made;
}

}  // namespace slipway
