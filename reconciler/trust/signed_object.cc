#include "reconciler/trust/signed_object.h"

#include <algorithm>

namespace slipway::trust {
namespace {

constexpr std::string_view kSshArmor = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kPgpArmor = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view kX509Armor = "-----BEGIN SIGNED MESSAGE-----";

SignatureKind KindOf(std::string_view signature) {
  if (signature.size() > kLongestSignature) return SignatureKind::kOther;
  if (signature.starts_with(kSshArmor)) return SignatureKind::kSsh;
  if (signature.starts_with(kPgpArmor)) return SignatureKind::kPgp;
  return SignatureKind::kOther;
}

/// The line at the front with its end, taken off `text`.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

std::string_view WithoutEnd(std::string_view line) {
  return line.ends_with('\n') ? line.substr(0, line.size() - 1) : line;
}

/// The value of a header line that must have this key; "" where it has another.
std::string ValueOf(std::string_view line, std::string_view key) {
  if (!line.starts_with(key) || !line.ends_with('\n')) return {};
  return std::string(WithoutEnd(line.substr(key.size())));
}

}  // namespace

SignedObject SplitCommit(std::string_view object) {
  constexpr std::string_view kHeader = "gpgsig ";
  SignedObject split;
  bool within = false;
  bool strange = false;
  size_t signatures = 0;
  while (!object.empty() && object.front() != '\n') {
    std::string_view line = TakeLine(object);
    if (line.starts_with(kHeader)) {
      within = true;
      ++signatures;
      line.remove_prefix(kHeader.size());
      split.signature += line;
    } else if (within && line.starts_with(' ')) {
      split.signature += line.substr(1);
    } else {
      within = false;
      strange = strange || line.starts_with("gpgsig");  // of another hash function: signs other bytes
      split.payload += line;
    }
  }
  split.payload += object;
  if (signatures == 0 && !strange) return split;
  split.kind = signatures == 1 && !strange ? KindOf(split.signature) : SignatureKind::kOther;
  return split;
}

SignedObject SplitTag(std::string_view object) {
  size_t found = std::string_view::npos;
  for (size_t at = 0; at < object.size();) {
    const std::string_view rest = object.substr(at);
    for (const std::string_view armor : {kSshArmor, kPgpArmor, kX509Armor}) {
      if (rest.starts_with(armor)) found = at;
    }
    at = std::min(object.find('\n', at), object.size() - 1) + 1;
  }
  SignedObject split;
  split.payload = object.substr(0, found);
  if (found == std::string_view::npos) return split;
  split.signature = object.substr(found);
  split.kind = KindOf(split.signature);
  return split;
}

TagHead ReadTagHead(std::string_view object) {
  TagHead head;
  head.object = ValueOf(TakeLine(object), "object ");
  head.type = ValueOf(TakeLine(object), "type ");
  head.name = ValueOf(TakeLine(object), "tag ");
  const bool hash =
      head.object.size() == 40 && head.object.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hash || head.type.empty() || head.name.empty()) return {};
  return head;
}

}  // namespace slipway::trust
