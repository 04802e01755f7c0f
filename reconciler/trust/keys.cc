#include "reconciler/trust/keys.h"

#include "reconciler/talos/base64.h"
#include "schema/fleet/krl.h"

namespace slipway::trust {
namespace {

constexpr std::string_view kBeginKrl = "-----BEGIN SSH KEY REVOCATION LIST-----";
constexpr std::string_view kEndKrl = "-----END SSH KEY REVOCATION LIST-----";

std::string Append(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + (first.ends_with('\n') ? "" : "\n") + second;
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

KeySet Join(const KeySet& host, const KeySet& served) {
  return {Append(host.allowed_signers, served.allowed_signers),
          Append(host.revoked_keys, served.revoked_keys), Append(host.pgp_keys, served.pgp_keys)};
}

Sha256 DigestOf(const KeySet& keys) {
  Sha256Stream stream;
  for (const std::string* text : {&keys.allowed_signers, &keys.revoked_keys, &keys.pgp_keys}) {
    stream.Update(std::to_string(text->size()) + "\n");
    stream.Update(*text);
  }
  return stream.Finish();
}

std::string AsText(std::string revoked_keys) {
  if (!IsKrl(revoked_keys)) return revoked_keys;
  return std::string(kBeginKrl) + '\n' + talos::EncodeBase64(revoked_keys) + '\n' + std::string(kEndKrl) +
         '\n';
}

std::optional<std::vector<std::string>> RevocationFiles(std::string_view text) {
  std::string lines;
  std::vector<std::string> files;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line != kBeginKrl) {
      if (!line.empty()) lines.append(line).append("\n");
      continue;
    }
    auto list = talos::DecodeBase64(TakeLine(text));
    if (!list || !IsKrl(*list) || TakeLine(text) != kEndKrl) return std::nullopt;
    files.push_back(std::move(*list));
  }
  if (!lines.empty()) files.insert(files.begin(), std::move(lines));
  return files;
}

std::optional<std::vector<std::string>> DearmorKeys(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  constexpr std::string_view kEnd = "-----END PGP PUBLIC KEY BLOCK-----";
  std::vector<std::string> keys;
  while (!text.empty()) {
    if (TakeLine(text) != kBegin) continue;
    while (!text.empty() && !TakeLine(text).empty()) continue;  // the armor's own headers
    std::string body;
    bool ended = false;
    while (!text.empty() && !ended) {
      const std::string_view line = TakeLine(text);
      ended = line == kEnd;
      if (!ended && !line.starts_with('=')) body += line;
    }
    auto bytes = talos::DecodeBase64(body);
    if (!ended || !bytes || bytes->empty()) return std::nullopt;
    keys.push_back(std::move(*bytes));
  }
  return keys;
}

}  // namespace slipway::trust
