#include "reconciler/source/git_error.h"

#include <cerrno>

#include "reconciler/source/git_handle.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

struct Kind {
  SourceReason reason;
  Reaction reaction;
  const char* advice;
};

bool Has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Kind Classify(int code, int error_class, std::string_view text) {
  if (code == GIT_EAUTH || Has(text, "authentication") || Has(text, "status code: 401") ||
      Has(text, "status code: 403")) {
    return {SourceReason::kAuthenticationFailed, Reaction::kRetry,
            "check source.username and the token in source.password_file (it is read again each time)"};
  }
  if (code == GIT_ECERTIFICATE || error_class == GIT_ERROR_SSL) {
    return {SourceReason::kCertificateUnknown, Reaction::kRetry,
            "the server's certificate is not trusted; set source.ca_file to its authority's PEM file"};
  }
  if (Has(text, "No space left") || Has(text, "Read-only file system") || Has(text, "Disk quota")) {
    return {SourceReason::kStorage, Reaction::kRetry,
            "free some space where state_dir is, or make it writable"};
  }
  if (Has(text, "redirect")) {
    return {SourceReason::kUnreachable, Reaction::kRetry,
            "the repository has moved; write its new address into source.url"};
  }
  if (Has(text, "failed to connect") || error_class == GIT_ERROR_NET || error_class == GIT_ERROR_HTTP ||
      error_class == GIT_ERROR_SSH) {
    return {SourceReason::kUnreachable, Reaction::kRetry,
            "check the network, the URL, and that the server runs"};
  }
  if (code == GIT_ELOCKED)
    return {SourceReason::kDamaged, Reaction::kRetry, "the local mirror is cloned again"};
  switch (error_class) {
    case GIT_ERROR_ODB:
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_INDEXER:
    case GIT_ERROR_TREE:
    case GIT_ERROR_REFERENCE:
    case GIT_ERROR_REPOSITORY:
    case GIT_ERROR_SHA:
    case GIT_ERROR_CONFIG:
      return {SourceReason::kDamaged, Reaction::kRetry, "the local mirror is moved aside and cloned again"};
    default:
      return {SourceReason::kGitOperationFailed, Reaction::kRetry, "it is tried again"};
  }
}

}  // namespace

std::string_view ToString(SourceReason reason) {
  switch (reason) {
    case SourceReason::kUrlInvalid:
      return "URLInvalid";
    case SourceReason::kAuthenticationFailed:
      return "AuthenticationFailed";
    case SourceReason::kHostKeyUnknown:
      return "HostKeyUnknown";
    case SourceReason::kHostKeyChanged:
      return "HostKeyChanged";
    case SourceReason::kCertificateUnknown:
      return "CertificateUnknown";
    case SourceReason::kUnreachable:
      return "GitOperationFailed";
    case SourceReason::kTimedOut:
      return "TimedOut";
    case SourceReason::kReferenceNotFound:
      return "ReferenceNotFound";
    case SourceReason::kEmptyRepository:
      return "EmptyGitRepository";
    case SourceReason::kPathNotFound:
      return "InvalidPath";
    case SourceReason::kTreeTooLarge:
      return "TreeTooLarge";
    case SourceReason::kStorage:
      return "StorageOperationFailed";
    case SourceReason::kDamaged:
      return "MirrorDamaged";
    case SourceReason::kConflict:
      return "Conflict";
    case SourceReason::kGitOperationFailed:
      return "GitOperationFailed";
  }
  return "GitOperationFailed";
}

tl::unexpected<SourceError> SourceFailure(SourceReason reason, Reaction reaction, std::string message) {
  return tl::make_unexpected(SourceError{reason, {reaction, std::move(message)}});
}

tl::unexpected<SourceError> LastGitError(int code, const std::string& doing) {
  const git_error* last = git_error_last();
  const std::string text = last == nullptr || last->message == nullptr ? "unknown error" : last->message;
  const Kind kind = Classify(code, last == nullptr ? GIT_ERROR_NONE : last->klass, text);
  // The text may quote what a server said.
  return SourceFailure(kind.reason, kind.reaction, doing + ": " + ForDisplay(text, 500) + "; " + kind.advice);
}

}  // namespace slipway
