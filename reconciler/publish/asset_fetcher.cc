#include "reconciler/publish/asset_fetcher.h"

#include <cerrno>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"
#include "reconciler/publish/local_file.h"

namespace slipway {
namespace {

using Clock = std::chrono::steady_clock;

/// Asking the disk for its free space costs a system call: once for so many bytes.
constexpr uint64_t kRoomCheckEvery = 16U << 20U;

std::string Mebibytes(uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

}  // namespace

/// A download underway: its file, what is in it, and the hash of that.
struct AssetFetcher::Partial {
  std::string doing;  ///< "fetching asset NAME from URL"
  Sha256 digest;      ///< what the bytes must be
  std::string name;   ///< below assets/.partial
  Fd file;
  uint64_t size = 0;
  uint64_t total = 0;
  uint64_t room_checked_at = 0;
  uint64_t resumed_from = 0;
  Sha256Stream hash;
  FileState found =
      FileState::kMissing;  ///< kIntact: an earlier run got every byte, and died before it said so
  Clock::time_point deadline;

  std::string ValidatorName() const { return name + ".validator"; }
};

Result<FileState> AssetFetcher::Check(const Sha256& digest) {
  const std::string name = digest.ToHex();
  const std::string shown = state_.path + "/" + std::string(kAssetStoreName) + "/" + name;
  FileStat ignored;
  const auto found = cache_.Check(*state_.ops, state_.assets.get(), name, digest, &ignored);
  if (!found) return IoError("checking " + shown, found.error());
  if (*found == FileState::kDamaged) {
    const auto removed = RemoveTree(*state_.ops, state_.assets.get(), name);
    if (!removed) return IoError("removing the damaged " + shown, removed.error());
  }
  return *found;
}

Result<AssetFetcher::Partial> AssetFetcher::OpenPartial(const AssetRequest& request) {
  FileOps& ops = *state_.ops;
  Partial partial;
  partial.doing = "fetching asset " + request.name + " from " + RedactUrlText(request.url);
  partial.digest = request.digest;
  partial.name = request.digest.ToHex();
  partial.deadline = Clock::now() + options_.timeout;
  auto file = ops.OpenAppend(state_.partial.get(), partial.name);
  if (!file) return IoError(partial.doing, file.error());
  partial.file = std::move(*file);
  const auto status = ops.StatFd(partial.file.get());
  if (!status) return IoError(partial.doing, status.error());
  if (status->type != FileType::kRegular)
    return Retry(partial.doing + ": its partial file is no file; remove it");
  // What an earlier run wrote is read again and not believed: after a power cut its end may be zeros.
  Sha256Stream so_far;
  const auto read = ReadThrough(ops, partial.file.get(), [&](std::string_view bytes) -> IoResult<void> {
    partial.hash.Update(bytes);
    so_far.Update(bytes);
    partial.size += bytes.size();
    return {};
  });
  if (!read) return IoError(partial.doing, read.error());
  if (so_far.Finish() == request.digest) partial.found = FileState::kIntact;
  return partial;
}

Result<void> AssetFetcher::Restart(Partial& partial) {
  const auto truncated = state_.ops->Truncate(partial.file.get(), 0);
  if (!truncated) return IoError(partial.doing, truncated.error());
  partial.size = 0;
  partial.resumed_from = 0;
  partial.room_checked_at = 0;
  partial.hash = Sha256Stream();
  return {};
}

Result<void> AssetFetcher::CheckRoom(const Partial& partial) const {
  const auto free = state_.ops->FreeBytes(partial.file.get());
  if (!free) return IoError(partial.doing, free.error());
  const uint64_t missing = partial.total > partial.size ? partial.total - partial.size : 0;
  if (*free >= options_.keep_free && *free - options_.keep_free >= missing) return {};
  return Retry(partial.doing + ": it needs " + Mebibytes(missing) + " more and must leave " +
               Mebibytes(options_.keep_free) + " free, but " + state_.path + " has only " + Mebibytes(*free) +
               "; free some space there");
}

Result<void> AssetFetcher::Append(Partial& partial, std::string_view bytes, const FetchProgress& progress) {
  if (bytes.size() > options_.max_bytes - std::min(partial.size, options_.max_bytes)) {
    return FixInput(partial.doing + ": it is larger than " + Mebibytes(options_.max_bytes));
  }
  if (partial.size - partial.room_checked_at >= kRoomCheckEvery) {
    partial.room_checked_at = partial.size;
    const auto room = CheckRoom(partial);
    if (!room) return room;
  }
  const auto written = WriteAll(*state_.ops, partial.file.get(), bytes);
  if (!written) return IoError(partial.doing, written.error());
  partial.hash.Update(bytes);
  partial.size += bytes.size();
  if (progress && progress(partial.size, partial.total) == FetchControl::kStop) {
    return Retry(partial.doing + ": stopped; what is here is kept and continued");
  }
  if (Clock::now() >= partial.deadline) {
    return Retry(partial.doing + ": not finished in time; what is here is kept and continued");
  }
  return {};
}

Result<void> AssetFetcher::FillFromFile(Partial& partial, const AssetUrl& url,
                                        const FetchProgress& progress) {
  const auto source = OpenBelow(options_.file_roots, url.target);
  if (!source) return Wrap(partial.doing, source.error());
  auto restarted =
      Restart(partial);  // a local file is copied from its beginning: it may be another one by now
  if (!restarted) return restarted;
  const auto status = state_.ops->StatFd(source->get());
  if (!status) return IoError(partial.doing, status.error());
  if (status->size > options_.max_bytes) {
    return FixInput(partial.doing + ": it is larger than " + Mebibytes(options_.max_bytes));
  }
  partial.total = status->size;
  auto room = CheckRoom(partial);
  if (!room) return room;
  std::optional<Error> stopped;
  const auto copied = ReadThrough(*state_.ops, source->get(), [&](std::string_view bytes) -> IoResult<void> {
    auto appended = Append(partial, bytes, progress);
    if (appended) return {};
    stopped = appended.error();
    return tl::make_unexpected(Errno{ECANCELED});
  });
  if (stopped) return tl::make_unexpected(*stopped);
  if (!copied) return IoError(partial.doing, copied.error());
  return {};
}

Result<void> AssetFetcher::FillFromHttp(Partial& partial, const AssetUrl& url,
                                        const FetchProgress& progress) {
  FileOps& ops = *state_.ops;
  DownloadRequest request;
  request.url = url;
  request.offset = partial.size;
  request.ca_file = options_.ca_file;
  request.deadline = partial.deadline;
  request.stall = options_.stall;
  partial.resumed_from = partial.size;
  request.validator = ReadWhole(ops, state_.partial.get(), partial.ValidatorName(), 1024).value_or("");
  DownloadSink sink;
  sink.head = [&](const DownloadHead& head) -> Result<void> {
    if (head.start != partial.size) {
      const auto restarted = Restart(partial);
      if (!restarted) return restarted;
    }
    if (head.total > options_.max_bytes) {
      return FixInput(partial.doing + ": it is larger than " + Mebibytes(options_.max_bytes));
    }
    partial.total = head.total;
    // A convenience, not a promise: whatever goes wrong with it, the digest decides in the end.
    (void)ReplaceFile(ops, state_.partial.get(), partial.ValidatorName(), head.validator);
    return CheckRoom(partial);
  };
  sink.body = [&](std::string_view bytes) { return Append(partial, bytes, progress); };
  auto done = Download(request, sink);
  if (!done)
    return Wrap("asset " + partial.doing.substr(std::string_view("fetching asset ").size()), done.error());
  return {};
}

Result<void> AssetFetcher::Fill(Partial& partial, const AssetUrl& url, const FetchProgress& progress) {
  if (url.scheme == "file") return FillFromFile(partial, url, progress);
  return FillFromHttp(partial, url, progress);
}

void AssetFetcher::Discard(const Partial& partial) {
  (void)state_.ops->Unlink(state_.partial.get(), partial.name);
  (void)state_.ops->Unlink(state_.partial.get(), partial.ValidatorName());
}

/// The bytes are right: durable first, then visible under their digest, then that durable.
Result<void> AssetFetcher::Finish(Partial& partial) {
  FileOps& ops = *state_.ops;
  const auto synced = ops.Sync(partial.file.get());
  if (!synced) return IoError(partial.doing, synced.error());
  const auto renamed = ops.Rename(state_.partial.get(), partial.name, state_.assets.get(), partial.name);
  if (!renamed) return IoError(partial.doing, renamed.error());
  const auto visible = ops.Sync(state_.assets.get());
  if (!visible) return IoError(partial.doing, visible.error());
  const auto status = ops.StatFd(partial.file.get());
  if (status) cache_.Learn(*status, partial.digest);
  (void)ops.Unlink(state_.partial.get(), partial.ValidatorName());
  return {};
}

Result<void> AssetFetcher::Fetch(const AssetRequest& request, const FetchProgress& progress) {
  const auto here = Check(request.digest);
  if (!here) return tl::make_unexpected(here.error());
  if (*here == FileState::kIntact) return {};
  const auto url = AssetUrl::Parse(request.url);
  if (!url) return Wrap("fetching asset " + request.name, url.error());
  // Twice at most: what was continued from an earlier run may be of another file, what was read in one go
  // cannot.
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto partial = OpenPartial(request);
    if (!partial) return tl::make_unexpected(partial.error());
    if (partial->found == FileState::kIntact) return Finish(*partial);
    const auto filled = Fill(*partial, *url, progress);
    if (!filled) return filled;
    const Sha256 actual = partial->hash.Finish();
    if (actual == request.digest) return Finish(*partial);
    Discard(*partial);
    if (partial->resumed_from == 0) {
      return FixInput(partial->doing + ": its SHA-256 is " + actual.ToHex() + ", but the Asset says " +
                      request.digest.ToHex() +
                      "; check where the file comes from before you change the digest");
    }
  }
  return Bug("fetching asset " + request.name + ": started over twice");
}

}  // namespace slipway
