#pragma once

#include "reconciler/talos/bundle.h"
#include "reconciler/talos/documents.h"

namespace slipway::talos {

/// The secrets bundle of a cluster out of the machine config of one of its control planes, in the old form or
/// in that of Talos 1.14, as `talosctl gen secrets --from-controlplane-config` gathers it. The same problems
/// as ReadBundle's, at the config's lines; a worker's config lacks most of it.
tl::expected<Bundle, std::vector<BundleProblem>> BundleFromConfig(Documents& documents);

}  // namespace slipway::talos
