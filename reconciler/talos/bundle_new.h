#pragma once

#include <functional>
#include <span>

#include "reconciler/talos/bundle.h"
#include "reconciler/talos/certificate.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// Fills the bytes with random ones, fit for keys.
using Random = std::function<Result<void>(std::span<uint8_t> bytes)>;

/// Random bytes of OpenSSL's generator for private values.
Result<void> DrawRandom(std::span<uint8_t> bytes);

/// `[0-9a-z]{6}.[0-9a-z]{16}`, each character equally likely.
Result<std::string> MakeToken(const Random& random);

/// A new bundle for clusters of that Talos version, as `talosctl gen secrets` makes it: authorities valid
/// from `now` for ten years, an RSA key of 4096 bits for service accounts. Tokens, secrets, serial numbers
/// and the Talos API's key come from `random`; the other keys and their signatures from OpenSSL, which takes
/// no foreign random numbers. Takes about a second.
Result<Bundle> MakeBundle(const TalosVersion& version, UnixTime now, const Random& random);

}  // namespace slipway::talos
