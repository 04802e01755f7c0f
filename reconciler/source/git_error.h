#pragma once

#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway {

/// Why the source could not give a revision. The words are Flux's condition reasons where it has one.
enum class SourceReason {
  kUrlInvalid,
  kAuthenticationFailed,
  kHostKeyUnknown,
  kHostKeyChanged,
  kCertificateUnknown,
  kUnreachable,
  kTimedOut,
  kReferenceNotFound,
  kEmptyRepository,
  kPathNotFound,
  kTreeTooLarge,
  kStorage,   ///< our own disk
  kDamaged,   ///< our own mirror
  kConflict,  ///< two changes of the same lines
  kGitOperationFailed,
};
std::string_view ToString(SourceReason reason);  ///< "AuthenticationFailed", …

struct SourceError {
  SourceReason reason = SourceReason::kGitOperationFailed;
  Error error;
};

template <class T>
using SourceResult = tl::expected<T, SourceError>;

tl::unexpected<SourceError> SourceFailure(SourceReason reason, Reaction reaction, std::string message);

/// What libgit2's last error comes to, for an operation that returned `code`. `doing` says what was
/// attempted, with what; it must be free of credentials.
tl::unexpected<SourceError> LastGitError(int code, const std::string& doing);

}  // namespace slipway
