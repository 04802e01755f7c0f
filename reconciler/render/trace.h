#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/render/renderer.h"

namespace slipway {

/// A field of a rendered machine config, and the place in the repository that set it.
struct TracedField {
  std::string document;  ///< "" of the main document, else its kind, or kind/name
  std::string path;      ///< "machine.network.interfaces[0].addresses[1]"
  std::string file;      ///< "" where no file says it: Talos' own default
  Mark mark;
};

/// Every field of the node's config that holds no others, in the config's own order. An error names what
/// stands in the way of the config; empty for a node that the plan does not have.
tl::expected<std::vector<TracedField>, Diagnostic> TraceNode(const Renderer::Plan& plan,
                                                             std::string_view node);

}  // namespace slipway
