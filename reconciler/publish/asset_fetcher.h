#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reconciler/publish/asset_url.h"
#include "reconciler/publish/digest_cache.h"
#include "reconciler/publish/http_download.h"
#include "reconciler/publish/state_dir.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/result.h"

namespace slipway {

struct FetchOptions {
  std::vector<std::string> file_roots;             ///< folders that file:// URLs may lie in; none: no file://
  std::string ca_file;                             ///< PEM; "": the system's certificates
  uint64_t max_bytes = uint64_t{8} << 30U;         ///< of one asset
  uint64_t keep_free = uint64_t{256} << 20U;       ///< bytes that a download leaves free on the disk
  std::chrono::milliseconds timeout{15 * 60'000};  ///< of one Fetch; a later one goes on where it ended
  std::chrono::seconds stall{30};                  ///< without a byte for so long: given up
};

enum class FetchControl : uint8_t { kGoOn, kStop };

/// Called at most for every 64 KiB or so, with the bytes that are here and the bytes there are (0: unknown).
using FetchProgress = std::function<FetchControl(uint64_t done, uint64_t total)>;

struct AssetRequest {
  std::string name;  ///< of the Asset, for messages
  std::string url;
  Sha256 digest;
};

/// Fills the asset store, <state_dir>/assets/<sha256>. A file gets that name only after its bytes were
/// verified and are durable; until then it is assets/.partial/<sha256>, from which a broken download goes on.
/// One thread; everything passed in must outlive this.
class AssetFetcher {
 public:
  AssetFetcher(const StateDir& state, DigestCache& cache, FetchOptions options)
      : state_(state), cache_(cache), options_(std::move(options)) {}

  /// Is the asset here, and intact? A damaged file is removed, so that the next Fetch gets it again;
  /// generations that link it are found and repaired by themselves.
  Result<FileState> Check(const Sha256& digest);

  /// Makes sure the asset is in the store. kFixInput when its URL cannot work or gives other bytes than the
  /// digest says, kRetry for the network and the disk; "stopped" when `progress` said so.
  Result<void> Fetch(const AssetRequest& request, const FetchProgress& progress);

 private:
  struct Partial;

  Result<Partial> OpenPartial(const AssetRequest& request);
  Result<void> Fill(Partial& partial, const AssetUrl& url, const FetchProgress& progress);
  Result<void> FillFromFile(Partial& partial, const AssetUrl& url, const FetchProgress& progress);
  Result<void> FillFromHttp(Partial& partial, const AssetUrl& url, const FetchProgress& progress);
  Result<void> Restart(Partial& partial);
  Result<void> Append(Partial& partial, std::string_view bytes, const FetchProgress& progress);
  Result<void> CheckRoom(const Partial& partial) const;
  Result<void> Finish(Partial& partial);
  void Discard(const Partial& partial);

  const StateDir& state_;
  DigestCache& cache_;
  FetchOptions options_;
};

struct MeasuredAsset {
  Sha256 digest;
  uint64_t size = 0;
};

/// Reads an asset once without keeping it: what `slipway asset URL` prints. Errors as those of Fetch.
Result<MeasuredAsset> MeasureAsset(const std::string& url, const FetchOptions& options,
                                   const FetchProgress& progress);

}  // namespace slipway
