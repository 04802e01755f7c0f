// A generation whose assets are not here yet is not published: this step fetches what is missing.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "reconciler/daemon/reconcile.h"

namespace slipway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kShowEvery{1};
constexpr std::chrono::seconds kStalled{90};  ///< the parent's deadline: longer than the fetcher's own

bool IsRemote(const AssetRequest& request) { return !request.url.starts_with("file://"); }

}  // namespace

Reconciler::Step<std::vector<AssetRequest>> Reconciler::MissingAssets(const Fleet& fleet,
                                                                      const Renderer::Plan& plan) {
  Begin("assets", std::chrono::minutes(5));  // the first look after a start reads every stored asset once
  std::set<Sha256> used;
  for (const RenderedItem& item : plan.tree.items) {
    if (item.from == RenderedItem::From::kAsset) used.insert(item.digest);
  }
  std::vector<AssetRequest> missing;
  for (const auto& [name, asset] : fleet.assets) {
    const auto digest = Sha256::ParseHex(asset->sha256);
    if (!digest || used.erase(*digest) == 0) continue;
    const auto state = assets_.Check(*digest);
    if (!state) return EndOf(state.error(), "AssetsMissing", "StorageOperationFailed");
    if (*state != FileState::kIntact) missing.push_back({name, asset->url, *digest});
  }
  return missing;
}

Reconciler::Step<void> Reconciler::FetchAssets(const Fleet& fleet, const Renderer::Plan& plan) {
  auto missing = MissingAssets(fleet, plan);
  if (!missing) return tl::make_unexpected(missing.error());
  status_.assets.clear();
  if (missing->empty()) return {};
  // Before a long download: is the rest of the revision right? A file of this host is copied in no time.
  if (std::any_of(missing->begin(), missing->end(), IsRemote)) {
    if (auto checked = CheckFiles(plan); !checked) return checked;
  }
  for (const AssetRequest& request : *missing)
    status_.assets.push_back({request.name, RedactUrlText(request.url), 0, 0, ""});
  const auto give_way = Clock::now() + config_.source.interval;
  for (const AssetRequest& request : *missing) {
    if (auto fetched = FetchAsset(request, give_way); !fetched) return fetched;
  }
  return {};
}

Reconciler::Step<void> Reconciler::FetchAsset(const AssetRequest& request, Clock::time_point give_way) {
  AssetProgress& shown = *std::find_if(status_.assets.begin(), status_.assets.end(),
                                       [&](const AssetProgress& a) { return a.name == request.name; });
  Clock::time_point last_shown;
  const auto fetched = assets_.Fetch(request, [&](uint64_t done, uint64_t total) {
    shown.done = done;
    shown.total = total;
    if (Clock::now() - last_shown >= kShowEvery) {
      last_shown = Clock::now();
      Begin("assets", kStalled);
      Set("AssetsMissing", "True", "Progressing", "fetching " + request.name);
      hooks_.on_status(status_);
      // A newer revision may not need this one, or withdraw a machine: the download goes on where it ended.
      interrupted_ = hooks_.interrupted() || Clock::now() > give_way;
    }
    return interrupted_ ? FetchControl::kStop : FetchControl::kGoOn;
  });
  if (interrupted_) {
    return tl::make_unexpected(Ended{PassResult::kSucceeded, false, "AssetsMissing", "Progressing",
                                     "fetching " + request.name + ", looking at the branch in between"});
  }
  if (!fetched) {
    shown.error = fetched.error().message;
    auto ended = EndOf(fetched.error(), "AssetsMissing", "ArtifactFailed");
    ended.value().refused = fetched.error().reaction == Reaction::kFixInput;
    return ended;
  }
  spdlog::info("reconcile.asset name={} sha256={}", request.name, request.digest.ToHex());
  std::erase_if(status_.assets, [&](const AssetProgress& a) { return a.name == request.name; });
  return {};
}

}  // namespace slipway
