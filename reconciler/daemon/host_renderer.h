#pragma once

#include "reconciler/daemon/config.h"
#include "reconciler/render/renderer.h"

namespace slipway {

/// A renderer with what this host has for it: identities, schemas. Takes the identities' variables out of the
/// environment. Errors (kFixInput) name what cannot be read.
Result<Renderer> MakeHostRenderer(const DaemonConfig& config);

}  // namespace slipway
