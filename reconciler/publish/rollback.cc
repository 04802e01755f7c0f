#include "reconciler/publish/rollback.h"

#include <algorithm>
#include <set>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {
namespace {

constexpr uint64_t kMaxRevisionBytes = 16U << 20U;

bool IsNamed(const RevisionInfo& info, std::string_view wanted) {
  if (wanted == info.revision || wanted == info.commit) return true;
  if (wanted == GenerationName(info.number, info.commit)) return true;
  return wanted.size() >= 4 && info.commit.starts_with(wanted);
}

RenderedTree TreeOfPlan(const RollbackPlan& plan, const std::string& kept_name) {
  RenderedTree tree;
  tree.header = plan.manifest;
  tree.header.files.clear();
  for (const FileEntry& file : plan.manifest.files) {
    const auto from = file.kind == FileKind::kAsset ? RenderedItem::From::kAsset : RenderedItem::From::kKnown;
    tree.items.push_back({file.path, file.kind, from, file.digest, file.size});
  }
  // Asked only for a file that is damaged in the kept generation, and there is nothing to make it from.
  tree.produce = [kept_name](size_t) -> Result<std::string> {
    return FixInput("the file is damaged in generation " + kept_name + "; go back to another one");
  };
  return tree;
}

Result<std::vector<BootEntry>> ApprovedBy(Publisher& publisher, const Pin& pin) {
  if (pin.accepted.empty()) return std::vector<BootEntry>();
  const auto withdrawn_since = [&pin](const BootEntry& entry) {
    return std::binary_search(pin.withdrawn.begin(), pin.withdrawn.end(), entry.mac);
  };
  auto accepted = LoadGeneration(publisher.state(), pin.accepted);
  if (!accepted) {
    return FixInput("rolling back: which machines were withdrawn since cannot be told without generation " +
                    pin.accepted + " (" + accepted.error().message + "); --include-withdrawn ignores that");
  }
  std::erase_if(accepted->manifest.boot, withdrawn_since);
  return std::move(accepted->manifest.boot);
}

}  // namespace

RollbackPlan PlanRollback(const Manifest& kept, const std::vector<BootEntry>& approved, Withdrawn withdrawn) {
  RollbackPlan plan{kept, {}};
  if (withdrawn == Withdrawn::kInclude) return plan;
  std::set<Mac> allowed;
  for (const BootEntry& entry : approved) allowed.insert(entry.mac);
  plan.manifest.boot.clear();
  std::set<std::string> needed;
  std::set<std::string> dropped;
  for (const BootEntry& entry : kept.boot) {
    const bool stays = allowed.contains(entry.mac);
    (stays ? plan.manifest.boot : plan.withdrawn).push_back(entry);
    (stays ? needed : dropped).insert({entry.script, entry.wipe_script, entry.config});
  }
  std::erase_if(plan.manifest.files, [&](const FileEntry& file) {
    return dropped.contains(file.path) && !needed.contains(file.path);
  });
  return plan;
}

std::vector<Mac> WithdrawnFrom(const std::vector<BootEntry>& before, const std::vector<BootEntry>& after) {
  std::set<Mac> gone;
  for (const BootEntry& entry : before) gone.insert(entry.mac);
  for (const BootEntry& entry : after) gone.erase(entry.mac);
  return {gone.begin(), gone.end()};
}

Result<std::string> ChooseKept(const std::vector<RevisionInfo>& kept, uint64_t current_number,
                               std::string_view wanted) {
  const auto current = std::find_if(kept.begin(), kept.end(), [current_number](const RevisionInfo& info) {
    return info.number == current_number;
  });
  const auto chosen = [&](const RevisionInfo& info) {
    const bool before = info.number < current_number;
    const bool other = current == kept.end() || info.revision != current->revision;
    return wanted == "previous" ? before && other : IsNamed(info, wanted);
  };
  const auto whole = [&](const RevisionInfo& info) { return info.restored_from.empty() && chosen(info); };
  auto found = std::find_if(kept.rbegin(), kept.rend(), whole);
  if (found == kept.rend()) found = std::find_if(kept.rbegin(), kept.rend(), chosen);
  if (found != kept.rend()) return GenerationName(found->number, found->commit);
  std::string message =
      "rolling back to '" + std::string(wanted) + "': no kept generation is that; there are";
  for (const RevisionInfo& info : kept) message += " " + info.commit.substr(0, 12);
  return FixInput(message);
}

Result<std::vector<RevisionInfo>> ListKept(const StateDir& state) {
  const auto names = ListGenerationNames(state);
  if (!names) return tl::make_unexpected(names.error());
  std::vector<RevisionInfo> kept;
  for (const std::string& name : *names) {
    const std::string path = name + "/" + std::string(kRevisionName);
    const auto bytes = ReadWhole(*state.ops, state.generations.get(), path, kMaxRevisionBytes);
    if (!bytes) continue;
    auto info = DecodeRevision(*bytes);
    if (info && GenerationName(info->number, info->commit) == name) kept.push_back(std::move(*info));
  }
  return kept;
}

std::string WhoPinned(const Pin& pin) {
  if (!pin.by.empty()) return "a rollback of " + pin.by;
  return "a suspension by " + (pin.suspended ? pin.suspended->by : "somebody");
}

Result<RolledBack> ApplyPin(Publisher& publisher, const Pin& pin, const PinChange& change) {
  const auto kept = LoadGeneration(publisher.state(), pin.generation);
  if (!kept) return Wrap("rolling back", kept.error());
  const Withdrawn withdrawn = pin.include_withdrawn ? Withdrawn::kInclude : Withdrawn::kLeaveOut;
  std::vector<BootEntry> allowed;
  if (change.approved != nullptr) {
    allowed = *change.approved;
  } else if (withdrawn == Withdrawn::kLeaveOut) {
    auto measured = ApprovedBy(publisher, pin);
    if (!measured) return tl::make_unexpected(measured.error());
    allowed = std::move(*measured);
  }
  RollbackPlan plan = PlanRollback(kept->manifest, allowed, withdrawn);
  RevisionInfo info = kept->revision;
  info.published_at = change.now;
  info.commits = change.commits;
  info.restored_from = pin.generation;
  info.restored_by = change.by;
  // Going back changes what machines get, not what the next revision is measured by.
  if (const Generation* current = publisher.current()) info.trust = TrustBaseOf(current->revision);
  auto published = publisher.Publish(TreeOfPlan(plan, pin.generation), info, &*kept);
  if (!published) return Wrap("rolling back to " + pin.generation, published.error());
  return RolledBack{std::move(*published), pin, std::move(plan.withdrawn)};
}

Result<RolledBack> RollBack(Publisher& publisher, const RollbackRequest& request) {
  const StateDir& state = publisher.state();
  const auto before = ReadPin(state);
  if (!before) return tl::make_unexpected(before.error());
  const auto kept = ListKept(state);
  if (!kept) return tl::make_unexpected(kept.error());
  const Generation* current = publisher.current();
  const auto name = ChooseKept(*kept, current != nullptr ? current->revision.number : 0, request.wanted);
  if (!name) return tl::make_unexpected(name.error());

  Pin pin;
  pin.generation = *name;
  for (const RevisionInfo& info : *kept) {
    if (GenerationName(info.number, info.commit) == *name) pin.revision = info.revision;
  }
  pin.accepted = *before ? (*before)->accepted : current != nullptr ? current->name : "";
  pin.at = request.now;
  pin.by = request.by;
  pin.include_withdrawn = request.withdrawn == Withdrawn::kInclude;
  if (*before) {
    pin.suspended = (*before)->suspended;
    pin.withdrawn = (*before)->withdrawn;
  }
  const auto written = WritePin(state, pin);
  if (!written) return tl::make_unexpected(written.error());
  auto rolled_back = ApplyPin(publisher, pin, {request.now, WhoPinned(pin), request.approved, {}});
  if (!rolled_back) (void)(*before ? WritePin(state, **before) : RemovePin(state));
  return rolled_back;
}

}  // namespace slipway
