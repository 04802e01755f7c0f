#pragma once

#include <map>
#include <memory>
#include <optional>

#include "reconciler/publish/rendered_tree.h"
#include "reconciler/render/file_cache.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

struct RenderPass;

/// Fleet → RenderedTree. Keeps what it learned of the last published tree, so that the next plan names the
/// files whose inputs are the same; the planned tree is the same as a fresh renderer's. Not thread-safe.
class Renderer {
 public:
  struct Plan {
    Plan() = default;
    Plan(Plan&&) = default;
    Plan& operator=(Plan&&) = default;

    std::shared_ptr<RenderPass> pass;  ///< what `tree.produce` works on
    RenderedTree tree;
  };
  struct Outcome {
    std::optional<Plan> plan;  ///< there if and only if `diagnostics` holds no error
    Diagnostics diagnostics;   ///< of base configs, patches and templates as files
  };

  /// `fleet` and `source` must outlive the plan.
  Result<Outcome> MakePlan(const Fleet& fleet, const SourceTree& source);

  /// Renders every file that is not known to be unchanged and reports all that fail, without keeping the
  /// bytes. For `validate`, and after a publication that ended because one file could not be made.
  static Diagnostics Check(const Plan& plan);

  /// The plan became `published`: what it lists need not be rendered again until its inputs change.
  void Remember(const Plan& plan, const Manifest& published);

 private:
  struct Known {
    Sha256 inputs;
    Sha256 digest;
    uint64_t size = 0;
  };
  FileCache files_;
  std::map<std::string, Known, std::less<>> known_;  ///< by path
};

}  // namespace slipway
