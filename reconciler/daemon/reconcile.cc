#include "reconciler/daemon/reconcile.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "reconciler/daemon/conditions.h"
#include "reconciler/daemon/merged_range.h"
#include "reconciler/forge/pull_request.h"
#include "schema/contract/guards_text.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kComputing{120};  ///< deadline of a step that talks to nobody

}  // namespace

Reconciler::Reconciler(const DaemonConfig& config, GitSource& source, Publisher& publisher,
                       AssetFetcher& assets, Renderer renderer, ReconcileHooks hooks)
    : config_(config),
      source_(source),
      publisher_(publisher),
      assets_(assets),
      hooks_(std::move(hooks)),
      gate_(config, source),
      renderer_(std::move(renderer)) {
  status_.source_url = source_.display_url();
  if (const Generation* current = publisher_.current())
    status_.last_applied_revision = current->revision.revision;
}

Reconciler::Outcome Reconciler::Run(Trigger trigger) {
  const bool time_has_come = refusal_ && refusal_->again_at && *refusal_->again_at <= hooks_.now();
  if (refusal_ && (trigger == Trigger::kAsked || time_has_come)) {
    refusal_.reset();
    settled_.clear();
  }
  const Step<void> walked = Walk();
  if (!walked && walked.error().refused && !refusal_) {
    settled_ = attempted_;
    refusal_ = walked.error();
  }
  if (!walked && ended_) RestoreAccepted(std::move(*ended_));
  ended_.reset();
  Outcome outcome = Summarise(walked);
  if (refusal_) outcome.again_at = refusal_->again_at;
  if (suspended_until_ != 0)
    outcome.again_at = std::min(outcome.again_at.value_or(suspended_until_), suspended_until_);
  return outcome;
}

/// The whole path. Nothing before Publish changes a served byte.
Reconciler::Step<void> Reconciler::Walk() {
  interrupted_ = false;
  // 1. Is a rollback in force?
  if (auto read = ReadPinned(); !read) return read;
  // 2. What does the remote have?
  const auto revision = Fetch();
  if (!revision) return tl::make_unexpected(revision.error());
  if (NothingToDo(*revision)) return refusal_ ? Step<void>(tl::make_unexpected(*refusal_)) : Step<void>();
  status_.last_attempted_revision = revision->name;
  status_.held = {};
  attempted_ = KeyOf(*revision);
  // 3. May it be trusted?
  const auto trusted = Trust(*revision);
  if (!trusted) return tl::make_unexpected(trusted.error());
  // 4. Is it right?
  const auto fleet = Load(*revision);
  if (!fleet) return tl::make_unexpected(fleet.error());
  // 5. What does it come to?
  const auto plan = Render(*fleet);
  if (!plan) return tl::make_unexpected(plan.error());
  // 6. Does it do too much at once, or at the wrong time?
  if (auto free = Brake(*fleet, *plan); !free) return free;
  // 7. A rollback pins what is served; what would come after it is still checked, and may still withdraw.
  if (!status_.pinned_revision.empty()) {
    const auto checked = CheckFiles(*plan);
    return checked ? WithdrawFromPinned(*revision, *plan) : checked;
  }
  // 8. Is everything here that machines will be told to fetch?
  if (auto fetched = FetchAssets(*fleet, *plan); !fetched) return fetched;
  // 9. Make it live.
  if (auto published = Publish(*revision, *trusted, *fleet, *plan); !published) return published;
  if (hooks_.on_served) hooks_.on_served(*fleet);
  CollectGarbage(*fleet);
  return {};
}

Reconciler::Step<Revision> Reconciler::Fetch() {
  // A little longer than the source's own deadline: that one has the better message.
  Begin("fetch", config_.source.timeout + seconds(15));
  auto revision = source_.Fetch();
  if (!revision) return EndOf(revision.error());
  status_.last_fetch_at = hooks_.now();
  status_.observed_revision = revision->name;
  return std::move(*revision);
}

bool Reconciler::NothingToDo(const Revision& revision) {
  if (KeyOf(revision) != settled_) {
    refusal_.reset();
    return false;
  }
  if (refusal_) return true;
  if (!status_.pinned_revision.empty()) return true;
  Begin("verify", kComputing);
  const auto damaged = publisher_.FindDamageInCurrent();
  if (damaged && damaged->empty()) return true;
  spdlog::warn("reconcile.repair served files were edited or removed on disk: {}",
               damaged ? damaged->front() : damaged.error().message);
  return false;
}

Reconciler::Step<Fleet> Reconciler::Load(const Revision& revision) {
  Begin("load", kComputing);
  SetDiagnostics({});
  if (config_.forge.target) hooks_.on_status(status_);  // the forge shows that it is being worked on
  auto tree = source_.ReadTree(revision);
  if (!tree) return EndOf(tree.error());
  tree_ = std::move(*tree);
  auto loaded = loader_.Load(*tree_);
  if (!loaded) return EndOf(loaded.error(), "ValidationFailed", "ReadOperationFailed");
  SetDiagnostics(std::move(loaded->diagnostics));
  if (!loaded->fleet) return Refuse("ValidationFailed", "SchemaViolation");
  return std::move(*loaded->fleet);
}

Reconciler::Step<Renderer::Plan> Reconciler::Render(const Fleet& fleet) {
  Begin("render", kComputing);
  auto outcome = renderer_.MakePlan(fleet, *tree_);
  if (!outcome) return EndOf(outcome.error(), "RenderFailed", "BuildFailed");
  AddDiagnostics(outcome->diagnostics);
  if (!outcome->plan) return Refuse("RenderFailed", "BuildFailed");
  return std::move(*outcome->plan);
}

/// Makes every file that changed, for its problems alone.
Reconciler::Step<void> Reconciler::CheckFiles(const Renderer::Plan& plan) {
  Begin("check", kComputing);
  const Diagnostics problems = Renderer::Check(plan);
  AddDiagnostics(problems);
  if (!HasErrors(problems)) return {};
  return Refuse("RenderFailed", "BuildFailed");
}

Reconciler::Step<void> Reconciler::Publish(const Revision& revision, const trust::Decision& trusted,
                                           const Fleet& fleet, const Renderer::Plan& plan) {
  Begin("publish", kComputing);
  auto base = ReadTrustBase(revision.commit, fleet, *tree_);
  if (!base) return EndOf(base.error(), "PublishFailed", "ReadOperationFailed");
  RevisionInfo info;
  info.trust = std::move(*base);
  info.signer = trusted.signer;
  info.accepted_by = trusted.accepted_by;
  info.revision = revision.name;
  info.commit = revision.commit;
  info.author = revision.author;
  info.subject = revision.subject;
  info.pull_request = forge::PullRequestOf(revision.message);
  info.committed_at = revision.committed_at;
  if (const Generation* current = publisher_.current()) {
    if (ended_) info.restored_by = "the end of " + WhoPinned(*ended_);
    info.commits = MergedRange(source_, revision, TrustBaseOf(current->revision).commit, trusted.signers,
                               ended_.has_value());
  }
  info.published_at = hooks_.now();
  info.guards = EncodeGuards(fleet.site->guards);
  auto published = publisher_.Publish(plan.tree, info);
  if (!published) {
    if (published.error().reaction == Reaction::kFixInput) {  // a file that could not be made: name them all
      if (auto checked = CheckFiles(plan); !checked) return checked;
    }
    return EndOf(published.error(), "PublishFailed", "StorageOperationFailed");
  }
  const bool changed = published->change != Published::Change::kNone;
  if (changed) hooks_.on_published();  // before the bookkeeping: machines wait for this
  renderer_.Remember(plan, publisher_.current()->manifest);
  status_.last_applied_revision = revision.name;
  status_.nodes_total = plan.tree.header.boot.size();
  status_.files_total = plan.tree.items.size();
  status_.files_rendered = published->counts.written;
  settled_ = attempted_;
  if (changed) {
    spdlog::info(
        "reconcile.published revision={} generation={} written={} linked={} signer=\"{}\" accepted_by=\"{}\"",
        revision.name, published->generation, published->counts.written, published->counts.linked,
        trusted.signer, trusted.accepted_by);
  }
  return {};
}

bool Reconciler::WorkAhead() {
  constexpr size_t kWorthwhile = 500;  // files; fewer are linked within a millisecond or two
  constexpr size_t kSlice = 500;
  const Generation* current = publisher_.current();
  if (current == nullptr || current->manifest.files.size() < kWorthwhile) return false;
  return publisher_.LinkAhead(kSlice);
}

void Reconciler::CollectGarbage(const Fleet& fleet) {
  Begin("collect", kComputing);
  if (const Generation* current = publisher_.current()) source_.Keep(TrustBaseOf(current->revision).commit);
  std::set<Sha256> wanted;
  for (const auto& [name, asset] : fleet.assets) {
    if (const auto digest = Sha256::ParseHex(asset->sha256)) wanted.insert(*digest);
  }
  const auto collected = publisher_.CollectGarbage(hooks_.now(), wanted);
  if (!collected) return spdlog::warn("reconcile.collect {}", collected.error().message);
  for (const std::string& note : collected->notes) spdlog::warn("reconcile.collect {}", note);
}

}  // namespace slipway
