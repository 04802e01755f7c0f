#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace slipway {

/// What an error asks of whoever sees it. The reconcile loop decides back-off by this, never by text.
enum class Reaction {
  kFixInput,  ///< a human must change the input; retrying the same input cannot help
  kRetry,     ///< outside trouble (network, disk, peer); retry with back-off
  kBug,       ///< an invariant of ours broke
};

/// An error with the reaction it calls for. `message` says what was being done, with what, and why it
/// failed; it never holds credentials or secrets.
struct Error {
  Reaction reaction = Reaction::kBug;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> FixInput(std::string message) {
  return tl::make_unexpected(Error{Reaction::kFixInput, std::move(message)});
}
inline tl::unexpected<Error> Retry(std::string message) {
  return tl::make_unexpected(Error{Reaction::kRetry, std::move(message)});
}
inline tl::unexpected<Error> Bug(std::string message) {
  return tl::make_unexpected(Error{Reaction::kBug, std::move(message)});
}

/// `error` with what was being attempted put in front: "reading nodes/a.yaml: no such file".
inline tl::unexpected<Error> Wrap(std::string doing, const Error& error) {
  return tl::make_unexpected(Error{error.reaction, std::move(doing) + ": " + error.message});
}

}  // namespace slipway
