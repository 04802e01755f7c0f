#include <cerrno>
#include <optional>

#include "reconciler/publish/asset_fetcher.h"
#include "reconciler/publish/file_util.h"
#include "reconciler/publish/local_file.h"

namespace slipway {
namespace {

struct Meter {
  const FetchOptions& options;
  const FetchProgress& progress;
  std::string doing;
  Sha256Stream hash;
  uint64_t size = 0;
  uint64_t total = 0;

  Result<void> Add(std::string_view bytes) {
    hash.Update(bytes);
    size += bytes.size();
    if (size > options.max_bytes) return FixInput(doing + ": it is too large");
    if (progress && progress(size, total) == FetchControl::kStop) return Retry(doing + ": stopped");
    return {};
  }
};

Result<void> MeasureFile(const AssetUrl& url, Meter& meter) {
  const auto file = OpenBelow(meter.options.file_roots, url.target);
  if (!file) return tl::make_unexpected(file.error());
  const auto ops = MakePosixFileOps();
  const auto status = ops->StatFd(file->get());
  if (status) meter.total = status->size;
  std::optional<Error> stopped;
  const auto read = ReadThrough(*ops, file->get(), [&](std::string_view bytes) -> IoResult<void> {
    const auto added = meter.Add(bytes);
    if (added) return {};
    stopped = added.error();
    return tl::make_unexpected(Errno{ECANCELED});
  });
  if (stopped) return tl::make_unexpected(*stopped);
  if (!read) return IoError(meter.doing, read.error());
  return {};
}

Result<void> MeasureHttp(const AssetUrl& url, Meter& meter) {
  DownloadRequest request;
  request.url = url;
  request.ca_file = meter.options.ca_file;
  request.deadline = std::chrono::steady_clock::now() + meter.options.timeout;
  request.stall = meter.options.stall;
  DownloadSink sink;
  sink.head = [&meter](const DownloadHead& head) -> Result<void> {
    meter.total = head.total;
    return {};
  };
  sink.body = [&meter](std::string_view bytes) { return meter.Add(bytes); };
  return Download(request, sink);
}

}  // namespace

Result<MeasuredAsset> MeasureAsset(const std::string& text, const FetchOptions& options,
                                   const FetchProgress& progress) {
  const auto url = AssetUrl::Parse(text);
  if (!url) return tl::make_unexpected(url.error());
  Meter meter{options, progress, "reading " + url->Redacted(), {}, 0, 0};
  const auto done = url->scheme == "file" ? MeasureFile(*url, meter) : MeasureHttp(*url, meter);
  if (!done) return tl::make_unexpected(done.error());
  return MeasuredAsset{meter.hash.Finish(), meter.size};
}

}  // namespace slipway
