#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/render/render_pass.h"
#include "schema/fleet/node_claims.h"
#include "schema/fleet/source_tree.h"

namespace slipway::plan {

/// What is remembered of a fleet that was found right: enough to tell, of another revision, that machines
/// which are in both can be left out of a plan. Holds paths, content ids and hashes; nothing that a file
/// says.
struct KnownFleet {
  /// A file with nothing but workers in it, whose being there concerns others by their claims alone.
  struct File {
    std::string path;
    std::string content_id;
    uint32_t nodes = 0;
    bool operator==(const File&) const = default;
  };
  /// What only one machine may have, and the file that has it.
  struct Claim {
    uint64_t hash = 0;
    uint32_t file = 0;  ///< index into `files`
    auto operator<=>(const Claim&) const = default;
  };

  std::vector<SourceTree::Entry> shared;  ///< what all machines may depend on: all that holds no Node
  std::vector<File> files;                ///< both sorted by path
  std::vector<Claim> claims;              ///< sorted
  std::vector<std::string> encrypted;     ///< files that were decrypted: what is in them is masked everywhere
  bool operator==(const KnownFleet& other) const;
};

/// Equal hashes for what cannot be two machines'. The same only within one build of the program.
uint64_t HashOf(ClaimKind kind, std::string_view value);

/// What to remember of a tree that was loaded and planned without an error.
KnownFleet Remember(const SourceTree& tree, const Fleet& fleet, const RenderPass& pass);

/// As bytes, and back: nothing where they are not what EncodeKnown of this build made.
std::string EncodeKnown(const KnownFleet& known);
std::optional<KnownFleet> DecodeKnown(std::string_view bytes);

}  // namespace slipway::plan
