#pragma once

#include "reconciler/trust/keys.h"
#include "reconciler/trust/signed_object.h"
#include "reconciler/trust/verdict.h"
#include "schema/fleet/result.h"

namespace slipway::trust {

/// Judges a signature at this moment, by ssh-keygen (`-Y verify`, namespace "git") or gpgv: a key must be
/// allowed and valid now, whatever time the commit claims. Blocks for some milliseconds, at most a minute.
/// kRetry where the programs could not judge; kFixInput where the keys cannot be read.
Result<Verdict> VerifySignature(const SignedObject& object, const KeySet& keys);

}  // namespace slipway::trust
