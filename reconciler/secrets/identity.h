#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "reconciler/secrets/bytes.h"

namespace slipway::secrets {

/// An age X25519 identity: the key that opens what was encrypted to its recipient.
struct Identity {
  SecretBytes scalar;     ///< 32 bytes
  SecretBytes recipient;  ///< 32 bytes, public

  std::string Recipient() const;  ///< "age1…"
};
using Identities = std::vector<Identity>;

/// What is wrong with a text that should hold identities. Never quotes it.
struct IdentityProblem {
  size_t line = 0;
  std::string message;
  std::string fix;
};

/// The identities of a text in the form that `age-keygen` writes: one a line, `#` begins a comment, empty
/// lines are passed over. Problems: a line that is no X25519 identity (other kinds are named), no identity at
/// all.
tl::expected<Identities, IdentityProblem> ParseIdentities(std::string_view text);

}  // namespace slipway::secrets
