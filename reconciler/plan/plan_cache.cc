#include "reconciler/plan/plan_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>

#include "reconciler/publish/file_util.h"
#include "schema/contract/sha256.h"

namespace slipway::plan {
namespace {

constexpr std::string_view kSuffix = ".fleet";
constexpr int64_t kAbandoned = 3600LL * 1'000'000'000;  ///< age in ns of a file that nobody will finish

std::string NameOf(const std::string& repository) {
  return Sha256::Of(repository).ToHex().substr(0, 32) + std::string(kSuffix);
}

/// Nobody but this user can have put it there.
bool IsOwn(const FileStat& status) { return status.owner == ::geteuid() && (status.mode & 0022U) == 0; }

std::string Temporary(const std::string& name) {
  static std::atomic<unsigned> counter{0};
  return '.' + name + '.' + std::to_string(::getpid()) + '.' + std::to_string(++counter);
}

}  // namespace

PlanCache::PlanCache(FileOps& ops, std::string folder, std::string build)
    : ops_(ops),
      folder_(std::move(folder)),
      build_("slipway known fleet, format 1, build " + std::move(build) + '\n') {}

IoResult<Fd> PlanCache::OpenFolder() const {
  auto folder = ops_.OpenDir(kNoDir, folder_);
  if (!folder) return folder;
  const auto status = ops_.StatFd(folder->get());
  if (!status) return tl::make_unexpected(status.error());
  if (!IsOwn(*status)) return tl::make_unexpected(Errno{EPERM});
  return folder;
}

std::optional<KnownFleet> PlanCache::Find(const std::string& repository) const {
  const auto folder = OpenFolder();
  if (!folder) return std::nullopt;
  const auto status = ops_.Stat(folder->get(), NameOf(repository));
  if (!status || !IsOwn(*status)) return std::nullopt;
  const auto bytes = ReadWhole(ops_, folder->get(), NameOf(repository), kLargest);
  constexpr size_t kDigest = sizeof(Sha256::bytes);
  if (!bytes || !bytes->starts_with(build_) || bytes->size() < build_.size() + kDigest) return std::nullopt;
  const std::string_view digest = std::string_view(*bytes).substr(build_.size(), kDigest);
  const std::string_view body = std::string_view(*bytes).substr(build_.size() + kDigest);
  const Sha256 found = Sha256::Of(body);
  if (!std::equal(digest.begin(), digest.end(), found.bytes.begin(),
                  [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; }))
    return std::nullopt;
  return DecodeKnown(body);
}

IoResult<void> PlanCache::Keep(const std::string& repository, const KnownFleet& known) const {
  const std::string body = EncodeKnown(known);
  const Sha256 digest = Sha256::Of(body);
  std::string bytes = build_;
  bytes.append(digest.bytes.begin(), digest.bytes.end());
  bytes += body;
  if (bytes.size() > kLargest) return tl::make_unexpected(Errno{EFBIG});
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(folder_)) {
    path /= part;
    (void)EnsureDir(ops_, kNoDir, path);  // whether that was enough is seen where it is opened
  }
  const auto folder = OpenFolder();
  if (!folder) return tl::make_unexpected(folder.error());
  const std::string name = NameOf(repository);
  const std::string temporary = Temporary(name);
  auto done = IoResult<void>();
  if (const auto written = WriteNew(ops_, folder->get(), temporary, bytes); !written)
    done = tl::make_unexpected(written.error());
  if (done) done = ops_.Rename(folder->get(), temporary, folder->get(), name);
  if (!done) (void)ops_.Unlink(folder->get(), temporary);
  Bound(folder->get());
  return done;
}

/// Removes what is beyond the newest, and what somebody who died left. Trouble waits for the next time.
void PlanCache::Bound(int dir) const {
  const auto entries = ops_.List(dir);
  if (!entries) return;
  std::vector<std::pair<int64_t, std::string>> files;  // newest first
  for (const DirEntry& entry : *entries) {
    if (entry.type != FileType::kRegular || entry.name.find(kSuffix) == std::string::npos) continue;
    const auto status = ops_.Stat(dir, entry.name);
    if (status) files.emplace_back(-status->mtime_ns, entry.name);
  }
  std::sort(files.begin(), files.end());
  size_t kept = 0;
  for (const auto& [age, name] : files) {
    const bool unfinished = name.starts_with('.');
    const bool gone = unfinished ? age - files.front().first > kAbandoned : kept == kMostFiles;
    if (gone) (void)ops_.Unlink(dir, name);
    if (!gone && !unfinished) ++kept;
  }
}

}  // namespace slipway::plan
