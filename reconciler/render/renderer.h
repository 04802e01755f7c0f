#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/publish/rendered_tree.h"
#include "reconciler/render/base_config.h"
#include "reconciler/render/file_cache.h"
#include "reconciler/render/fingerprint.h"
#include "reconciler/render/patch_cache.h"
#include "reconciler/render/schema_cache.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

struct RenderPass;

/// Fleet → RenderedTree. Keeps what it learned of the last published tree, so that the next plan names the
/// files whose inputs are the same; the planned tree is the same as a fresh renderer's. Not thread-safe.
class Renderer {
 public:
  /// Files that resources refer to may be encrypted; `decryptor` opens them. `schemas` are those of the host,
  /// for clusters that name none.
  explicit Renderer(secrets::Decryptor decryptor = {}, OfficialSchemas schemas = {})
      : files_(std::move(decryptor)), schemas_(std::move(schemas)) {}

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

  /// `fleet` and `source` must outlive the plan, whose `produce` may use a thread of its own.
  Result<Outcome> MakePlan(const Fleet& fleet, const SourceTree& source);

  /// Renders every file that is not known to be unchanged and reports all that fail, and warnings, without
  /// keeping the bytes. For `validate`, and after a publication that ended because one file could not be
  /// made.
  static Diagnostics Check(const Plan& plan);

  /// Of the file at `path`: known, or made now. Problems: it cannot be made, or the plan has none there.
  static tl::expected<Sha256, Diagnostics> DigestOf(const Plan& plan, const std::string& path);

  /// The plan became `published`: what it lists need not be rendered again until its inputs change.
  void Remember(const Plan& plan, const Manifest& published);

 private:
  struct Known {
    std::string path;
    Sha256 inputs;
    Sha256 digest;
    uint64_t size = 0;
  };
  FileCache files_;
  PatchCache patches_;
  BaseCache bases_;
  SchemaCache schemas_;
  NodeFingerprints fingerprints_;
  std::vector<Known> known_;  ///< sorted by path
};

}  // namespace slipway
