#include "reconciler/daemon/pull_planner.h"

#include <sys/random.h>

#include <filesystem>

#include "reconciler/plan/format.h"

namespace slipway {
namespace {

using std::chrono::seconds;

constexpr seconds kComputing{120};
constexpr uint64_t kLargestMirror = 1ULL << 30U;  ///< bytes; heads of old pull requests pile up in it

SourceConfig ConfigOf(const SourceSettings& s, const std::string& branch) {
  SourceConfig config;
  config.url = s.url;
  config.branch = branch;
  config.path = s.path;
  config.timeout = s.timeout;
  config.ssh_key = s.ssh_key;
  config.known_hosts = s.known_hosts;
  config.username = s.username;
  config.password_file = s.password_file;
  config.ca_file = s.ca_file;
  return config;
}

std::string Random() {
  std::string key(32, '\0');
  if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) std::abort();
  return key;
}

std::string Problems(const Diagnostics& diagnostics) {
  size_t errors = 0;
  for (const Diagnostic& d : diagnostics) errors += d.severity == Severity::kError ? 1 : 0;
  return std::to_string(errors) + (errors == 1 ? " problem" : " problems");
}

}  // namespace

PullPlanner::PullPlanner(const DaemonConfig& config, Renderer renderer,
                         std::function<void(const std::string&, std::chrono::milliseconds)> step)
    : config_(config),
      mirror_(config.state_dir + "/pulls.git"),
      step_(std::move(step)),
      renderer_(std::move(renderer)),
      digest_key_(Random()) {}

void PullPlanner::BoundMirror() const {
  std::error_code error;
  uint64_t bytes = 0;
  for (std::filesystem::recursive_directory_iterator it(mirror_, error), end; !error && it != end;
       it.increment(error))
    bytes += it->is_regular_file(error) ? it->file_size(error) : 0;
  if (bytes > kLargestMirror) std::filesystem::remove_all(mirror_, error);
}

SourceResult<Revision> PullPlanner::FetchBase() {
  step_("fetch the branch", config_.source.timeout + seconds(15));
  if (!base_source_) {
    BoundMirror();
    base_source_ = std::make_unique<GitSource>(ConfigOf(config_.source, config_.source.branch), mirror_);
  }
  auto revision = base_source_->Fetch();
  if (revision) base_ = *revision;
  return revision;
}

SourceResult<bool> PullPlanner::Contains(const std::string& newer, const std::string& older) {
  if (auto fetched = FetchBase(); !fetched) return tl::make_unexpected(fetched.error());
  step_("compare " + newer.substr(0, 12) + " with " + older.substr(0, 12),
        config_.source.timeout + kComputing);
  Revision revision;
  revision.commit = newer;
  const Ancestry ancestry = base_source_->CompareWith(revision, older);
  if (ancestry ==
      Ancestry::kUnknown) {  // the branch forgot the older one, or cannot be asked about the newer
    if (auto there = base_source_->ReadObject(newer); !there) return tl::make_unexpected(there.error());
  }
  return ancestry == Ancestry::kDescendant;
}

Result<PullPlanner::Side> PullPlanner::Prepare(GitSource& source, const Revision& revision) {
  step_("plan " + revision.commit.substr(0, 12), kComputing);
  auto tree = source.ReadTree(revision);
  if (!tree) return tl::make_unexpected(tree.error().error);
  auto walked = plan::Walk(**tree, loader_, renderer_);
  if (!walked) return tl::make_unexpected(walked.error());
  return Side{std::move(*tree), std::move(*walked)};
}

Result<forge::PlanComment> PullPlanner::Compare(const Side& head, size_t limit) {
  if (!head.walked->plan) {
    return forge::PlanComment{plan::FormatRefusal("this would be refused", head.walked->diagnostics, limit),
                              "would be refused: " + Problems(head.walked->diagnostics)};
  }
  if (!base_side_.walked->plan) {
    return forge::PlanComment{
        plan::FormatRefusal("the branch itself is refused now; merging this would be accepted",
                            base_side_.walked->diagnostics, limit),
        "would be accepted; the branch is refused"};
  }
  const std::string branch = base_.name.substr(0, base_.name.find('@'));
  auto made = plan::ComparePlans({branch, *base_side_.walked->loaded.fleet, *base_side_.walked->plan},
                                 {branch, *head.walked->loaded.fleet, *head.walked->plan}, digest_key_);
  if (!made) {
    return forge::PlanComment{plan::FormatRefusal("this would be refused", made.error(), limit),
                              "would be refused: " + Problems(made.error())};
  }
  return forge::PlanComment{plan::FormatMarkdown(*made, limit),
                            made->empty() ? "no machine is affected" : plan::CountsText(*made)};
}

Result<forge::PlanComment> PullPlanner::Plan(const std::string& reference, size_t limit) {
  if (base_.commit.empty()) {  // this process is younger than the question
    if (auto fetched = FetchBase(); !fetched) return tl::make_unexpected(fetched.error().error);
  }
  step_("fetch " + reference, config_.source.timeout + seconds(15));
  GitSource source(ConfigOf(config_.source, reference), mirror_);
  const auto head = source.Fetch();
  if (!head) return tl::make_unexpected(head.error().error);
  step_("merge " + reference, kComputing);
  const auto merged = source.Merge(base_, *head);
  if (!merged && merged.error().reason == SourceReason::kConflict) {
    return forge::PlanComment{
        plan::FormatRefusal("no plan, since it " + merged.error().error.message + "; bring it up to date", {},
                            limit),
        "cannot be merged: " + merged.error().error.message};
  }
  if (!merged) return tl::make_unexpected(merged.error().error);
  if (base_of_ != base_.commit) {
    auto side = Prepare(*base_source_, base_);
    if (!side) return tl::make_unexpected(side.error());
    base_side_ = std::move(*side);
    base_of_ = base_.commit;
  }
  const auto side = Prepare(source, *merged);
  if (!side) return tl::make_unexpected(side.error());
  return Compare(*side, limit);
}

}  // namespace slipway
