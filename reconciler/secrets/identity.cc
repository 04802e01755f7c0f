#include "reconciler/secrets/identity.h"

#include <algorithm>
#include <optional>

#include "reconciler/secrets/crypto.h"
#include "reconciler/secrets/text_codes.h"

namespace slipway::secrets {
namespace {

constexpr std::string_view kPrefix = "AGE-SECRET-KEY-";

/// Kinds of identity that exist and cannot be used here, by how they begin.
std::string_view KindOfOther(std::string_view line) {
  if (line.starts_with("AGE-SECRET-KEY-PQ-1")) return "a post-quantum identity";
  if (line.starts_with("AGE-PLUGIN-")) return "an identity of an age plugin";
  if (line.starts_with("-----BEGIN AGE ENCRYPTED FILE") || line.starts_with("age-encryption.org/"))
    return "an identity file under a passphrase";
  if (line.starts_with("-----BEGIN OPENSSH PRIVATE KEY") || line.starts_with("-----BEGIN RSA PRIVATE KEY") ||
      line.starts_with("-----BEGIN PRIVATE KEY") || line.starts_with("ssh-")) {
    return "an SSH key";
  }
  if (line.starts_with("-----BEGIN PGP")) return "a PGP key";
  if (line.starts_with("age1")) return "a recipient, the public half of an identity";
  return "";
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<Identity> ParseIdentity(std::string_view line) {
  auto decoded = DecodeBech32(line);
  if (!decoded || decoded->prefix != kPrefix || decoded->data.size() != kKeyBytes) return std::nullopt;
  auto point = X25519Public(decoded->data);
  if (!point) return std::nullopt;
  return Identity{std::move(decoded->data), *std::move(point)};
}

}  // namespace

std::string Identity::Recipient() const { return EncodeBech32("age", recipient); }

tl::expected<Identities, IdentityProblem> ParseIdentities(std::string_view text) {
  constexpr const char* kFix =
      "make one with `age-keygen` (it begins with AGE-SECRET-KEY-1) and encrypt to it";
  Identities identities;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (auto identity = ParseIdentity(line)) {
      identities.push_back(*std::move(identity));
      continue;
    }
    const std::string_view other = KindOfOther(line);
    if (!other.empty()) {
      return tl::make_unexpected(IdentityProblem{
          number, "this is " + std::string(other) + "; only X25519 identities are read", kFix});
    }
    return tl::make_unexpected(
        IdentityProblem{number, "this is no age identity, or one with a character changed or missing", kFix});
  }
  if (identities.empty()) return tl::make_unexpected(IdentityProblem{0, "there is no identity in it", kFix});
  return identities;
}

}  // namespace slipway::secrets
