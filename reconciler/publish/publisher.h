#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/publish/digest_cache.h"
#include "reconciler/publish/generation.h"
#include "reconciler/publish/rendered_tree.h"
#include "reconciler/publish/retention.h"
#include "reconciler/publish/state_dir.h"
#include "reconciler/publish/successor.h"
#include "reconciler/publish/tree_build.h"

namespace slipway {

struct Published {
  enum class Change : uint8_t {
    kNone,  ///< current has this tree and this revision, intact: nothing was written
    kNew,
  };
  Change change = Change::kNone;
  std::string generation;  ///< the current one's name
  RevisionInfo revision;   ///< as it is in its revision.json
  PublishCounts counts;
};

struct Collected {
  std::vector<std::string> generations;  ///< removed
  std::vector<Sha256> assets;            ///< removed from the store
  std::vector<std::string> notes;        ///< what could not be removed, and why
};

/// Makes rendered trees live, one generation after the other. There is one in a process, and one process on a
/// state directory (a lock sees to that). One thread. After any error the live link points at the generation
/// it pointed at before, or at the new one in full; the next call heals whatever was left behind.
class Publisher {
 public:
  /// Opens the state directory, removes leftovers and adopts what is current (recovery.h). kRetry errors.
  static Result<std::unique_ptr<Publisher>> Open(FileOps& ops, const std::string& state_dir,
                                                 RetentionPolicy policy = {});

  /// What is served; nullptr when nothing is. Valid until the next call of a member that is not const.
  const Generation* current() const { return current_ ? &*current_ : nullptr; }

  /// What start-up found wrong and did about it, one sentence each, for the log.
  const std::vector<std::string>& notes() const { return notes_; }

  const StateDir& state() const { return state_; }
  DigestCache& digests() { return digests_; }
  const RetentionPolicy& policy() const { return policy_; }

  /// Publishes `tree` as the next generation. Of `info`, `revision`, `commit`, `author`, `subject`,
  /// `committed_at` and `published_at` (now) are taken; the rest is filled in. Unchanged files are hard links
  /// to those of `link_source` (current where it is nullptr), which are checked first: a damaged one is
  /// rendered anew. Equal tree and revision, all intact: nothing is written.
  Result<Published> Publish(const RenderedTree& tree, const RevisionInfo& info,
                            const Generation* link_source = nullptr);

  /// Does a part of the next Publish's work while nothing waits for it: hard links of at most `files` more
  /// files of current (successor.h). True while there is more to do. Changes nothing that is served; after
  /// any trouble it is given up until the next generation, and Publish does that work itself.
  bool LinkAhead(size_t files);

  /// The files of current that were changed or removed on the disk since they were published. When there are
  /// any, the next Publish makes a new generation even of the same tree. Costs a stat a file; the first call
  /// in a process reads every file once. Empty when there is no current.
  Result<std::vector<std::string>> FindDamageInCurrent();

  /// Removes old generations and assets that nobody needs (retention.h). What pin.json names is never
  /// removed, neither are `wanted` assets. Not being able to remove something is a note, not an error; a
  /// pin.json that cannot be read is one, and nothing is removed.
  Result<Collected> CollectGarbage(int64_t now, const std::set<Sha256>& wanted);

 private:
  Publisher(StateDir state, RetentionPolicy policy) : state_(std::move(state)), policy_(policy) {}

  Result<void> SyncWithDisk();
  Result<bool> CurrentIs(const Manifest& manifest, const RevisionInfo& info);
  Result<Published> Commit(TreeBuild& build, const RevisionInfo& info);
  Result<Generation> WriteMetadata(TreeBuild& build, const RevisionInfo& info, uint64_t number);
  Result<void> MoveIntoPlace(StagedTree& tree, const std::string& name);
  Result<uint64_t> NextNumber() const;

  StateDir state_;
  RetentionPolicy policy_;
  DigestCache digests_;
  std::optional<Generation> current_;
  std::vector<std::string> notes_;
  std::optional<Successor> ahead_;
  std::string ahead_given_up_;  ///< the generation whose successor could not be begun
  bool stale_ = false;          ///< an error left it open what is current: look again before anything else
};

}  // namespace slipway
