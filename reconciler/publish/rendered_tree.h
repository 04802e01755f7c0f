#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "schema/contract/manifest.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/result.h"

namespace slipway {

/// One file of a rendered tree, without its bytes: 10,000 configs must not be in memory together.
struct RenderedItem {
  enum class From : uint8_t {
    kProduce,  ///< ask RenderedTree::produce; digest and size are not known yet
    kKnown,  ///< rendered before with this digest and size; produce gives these very bytes if they are needed
    kAsset,  ///< the file of the asset store with this digest; size is not used
  };
  std::string path;  ///< relative to the generation; IsPublishablePath (layout.h)
  FileKind kind = FileKind::kMachineConfig;
  From from = From::kProduce;
  Sha256 digest;
  uint64_t size = 0;
};

/// What rendering one revision gives, and the only thing that a publisher takes. A value but for `produce`.
struct RenderedTree {
  /// Everything of the manifest but its files; boot sorted by MAC.
  Manifest header;
  std::vector<RenderedItem> items;  ///< sorted by path, no path twice
  /// The bytes of items[index], for kProduce and kKnown. Called from the publishing thread, at most once for
  /// an item and in ascending order of index, never for items whose bytes are on the disk already. An error
  /// ends publishing.
  std::function<Result<std::string>(size_t index)> produce;
};

}  // namespace slipway
