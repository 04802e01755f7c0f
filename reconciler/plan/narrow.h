#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/plan/known_fleet.h"

namespace slipway::plan {

/// Two trees without the machines that are the same in both and in a fleet that was found right. A plan of
/// what is left is the plan of the whole, but for the number of machines left out, where both are right and
/// Holds() says so of both. Pure. All that it was made of must outlive it.
class Narrowing {
 public:
  /// Nothing where a file that all machines may depend on differs from the known fleet's, or where leaving
  /// out would not spare half.
  static std::optional<Narrowing> Of(const KnownFleet& known, const SourceTree& base, const SourceTree& head);

  const SourceTree& base() const { return *base_; }
  const SourceTree& head() const { return *head_; }
  size_t left_out() const { return left_out_; }  ///< nodes

  /// Whether a side that is right without what was left out is right with it, and masks the same secrets: new
  /// files hold nothing but Nodes, nothing is claimed twice.
  bool Holds(const Fleet& side, const RenderPass& pass) const;

 private:
  explicit Narrowing(const KnownFleet& known) : known_(&known), out_(known.files.size()) {}
  bool IsClaimed(ClaimKind kind, const std::string& value) const;
  bool HoldsNodesAlone(const Fleet& side, const RenderPass& pass) const;

  const KnownFleet* known_;
  std::vector<bool> out_;               ///< by KnownFleet::files
  std::set<std::string_view> unknown_;  ///< paths on either side that the known fleet does not vouch for
  std::unique_ptr<SourceTree> base_;
  std::unique_ptr<SourceTree> head_;
  size_t left_out_ = 0;
};

}  // namespace slipway::plan
