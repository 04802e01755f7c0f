#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reconciler/publish/file_ops.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/result.h"

/// What is built from single file operations: loops over short and interrupted transfers, whole files, whole
/// trees.
namespace slipway {

/// "writing /state/pin.json: no space left on device; free space …": a kRetry error. `doing` names the action
/// and the path; for errno values that people can act on, the message says how.
tl::unexpected<Error> IoError(std::string doing, Errno error);

/// Writes everything, continuing after short writes and EINTR. A write of nothing is an EIO.
IoResult<void> WriteAll(FileOps& ops, int fd, std::string_view bytes);

/// Reads once into `buffer`, again after EINTR. 0 at the end.
IoResult<size_t> ReadSome(FileOps& ops, int fd, std::span<char> buffer);

/// Gives `sink` the file's bytes in order, at most 256 KiB at a time, from where the descriptor stands.
IoResult<void> ReadThrough(FileOps& ops, int fd, const std::function<IoResult<void>(std::string_view)>& sink);

/// The whole of a regular file. EFBIG when it is over `max_bytes`, EINVAL when it is no regular file.
IoResult<std::string> ReadWhole(FileOps& ops, int dir, const std::string& path, uint64_t max_bytes);

/// Makes a new file with these bytes (EEXIST when there is one) and returns what it is now. Not synced. A
/// file that could not be finished is removed.
IoResult<FileStat> WriteNew(FileOps& ops, int dir, const std::string& path, std::string_view bytes);

/// Replaces `name` in `dir` durably: temporary name, fsync, rename, fsync of the folder. After a crash the
/// old or the new content is there. The temporary name is ".<name>.new"; whoever owns the folder has one
/// writer.
IoResult<void> ReplaceFile(FileOps& ops, int dir, const std::string& name, std::string_view bytes);

struct CopiedFile {
  Sha256 digest;
  FileStat status;
};

/// Copies a regular file to a new name, hashing what was copied. Not synced.
IoResult<CopiedFile> CopyFile(FileOps& ops, int from_dir, const std::string& from, int to_dir,
                              const std::string& to);

/// Removes a file or a whole folder; what is not there is fine. Folders below depth 16 are an ELOOP.
IoResult<void> RemoveTree(FileOps& ops, int dir, const std::string& name);

/// Makes the folder; one that exists already is fine.
IoResult<void> EnsureDir(FileOps& ops, int dir, const std::string& name);

}  // namespace slipway
