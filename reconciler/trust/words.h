#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/trust/verdict.h"

/// What the programs that judge signatures say, read strictly: what is not understood is never good.
namespace slipway::trust {

/// Standard output of `ssh-keygen -Y verify` or `check-novalidate` that ended with 0: a line `Good "git"
/// signature for PRINCIPAL with ED25519 key SHA256:…` (ssh-keygen.c, sig_verify). The principal may be
/// missing. Not good for any other text.
Verdict ReadSshGood(std::string_view out);

/// Standard error of ssh-keygen that refused; `otherwise` where the words say nothing more.
Finding ReadSshRefusal(std::string_view err, Finding otherwise);

/// The lines of `ssh-keygen -Y find-principals`, at most 16.
std::vector<std::string> ReadPrincipals(std::string_view out);

/// The status lines of `gpgv --status-fd` (GnuPG doc/DETAILS) for one detached signature. gpgv ends with 0
/// for keys that are expired or revoked too, so it is these lines that count: exactly one signature, good and
/// valid, over a binary document.
Verdict ReadGpgvStatus(std::string_view status);

}  // namespace slipway::trust
