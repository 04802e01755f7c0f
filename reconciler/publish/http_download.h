#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "reconciler/publish/asset_url.h"
#include "schema/fleet/result.h"

namespace slipway {

struct DownloadRequest {
  AssetUrl url;           ///< http or https
  uint64_t offset = 0;    ///< bytes that are here already
  std::string validator;  ///< the ETag or date they came with; "" when unknown
  std::string ca_file;    ///< PEM, instead of the system's certificates; "" for those
  std::chrono::steady_clock::time_point deadline;
  std::chrono::seconds stall{30};  ///< without a byte for so long: the connection is given up
};

/// What the server says before the body.
struct DownloadHead {
  uint64_t start = 0;     ///< where the body begins: the offset asked for, or 0 when the server begins anew
  uint64_t total = 0;     ///< size of the whole file; 0 when the server does not say
  std::string validator;  ///< strong ETag, else Last-Modified, else ""
};

/// Both may end the download with an error of their own, which Download then returns.
struct DownloadSink {
  std::function<Result<void>(const DownloadHead&)> head;
  std::function<Result<void>(std::string_view)> body;
};

/// GET with at most 5 redirects (FollowRedirect). Certificates are verified. kFixInput for what the server
/// refuses for good (4xx), kRetry for everything that may pass. Messages never hold credentials or queries.
/// Blocks the thread.
Result<void> Download(const DownloadRequest& request, const DownloadSink& sink);

}  // namespace slipway
