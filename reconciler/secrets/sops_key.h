#pragma once

#include <optional>
#include <string_view>

#include "reconciler/secrets/age.h"
#include "reconciler/secrets/sops_metadata.h"

namespace slipway::secrets {

/// The data key of a file: every entry is tried with every identity. nullopt after a problem was added that
/// says what would open it.
std::optional<SecretBytes> FindDataKey(const SopsMetadata& metadata, std::string_view file,
                                       const Identities& identities, Diagnostics& problems);

/// What to tell people when an age file was not opened. `subject` begins the sentence; `mark` is where the
/// file, or the entry that holds it, is.
Diagnostic DescribeAgeError(const AgeError& error, const std::string& subject, std::string_view file,
                            Mark mark, const Identities& identities);

}  // namespace slipway::secrets
