#include "schema/fleet/key_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "schema/fleet/krl.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

constexpr const char* kSignerLine = "write: ada@example.org namespaces=\"git\" ssh-ed25519 AAAA…";

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

bool IsBase64(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                              "0123456789+/=") == std::string_view::npos;
}

bool IsKeyType(std::string_view word) {
  constexpr std::array kPrefixes = {"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [word](std::string_view prefix) { return word.starts_with(prefix); });
}

/// Cut at blanks and tabs that are not within quotes.
std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= line.size(); ++i) {
    const bool blank = i == line.size() || ((line[i] == ' ' || line[i] == '\t') && !quoted);
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (!blank) continue;
    if (i > begin) words.push_back(line.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

/// What is wrong with a list of options; "" where nothing is.
std::string OptionsProblem(std::string_view options) {
  while (!options.empty()) {
    const size_t open = options.find('"');
    const size_t comma = options.find(',');
    size_t end = std::min(comma, options.size());
    if (open < end) {
      const size_t close = options.find('"', open + 1);
      if (close == std::string_view::npos) return "a quotation mark is missing";
      end = close + 1;
    }
    const std::string_view option = options.substr(0, end);
    std::string name(option.substr(0, option.find('=')));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::array kValued = {"namespaces", "valid-after", "valid-before"};
    const bool valued = std::find(kValued.begin(), kValued.end(), name) != kValued.end();
    if (!valued && name != "cert-authority") return "there is no option `" + ForDisplay(name, 40) + "`";
    if (valued != (open < end))
      return "the option `" + name + "` " + (valued ? "needs a value in quotes" : "has no value");
    options.remove_prefix(end);
    if (!options.empty() && options.front() != ',') return "there is a comma missing after `" + name + "`";
    if (!options.empty()) options.remove_prefix(1);
  }
  return {};
}

std::string SignerProblem(const std::vector<std::string_view>& words) {
  const bool bare = words.size() >= 2 && IsKeyType(words[1]);
  const size_t type = bare ? 1 : 2;
  if (words.size() < type + 2 || !IsKeyType(words[type])) return "the line names no principal and SSH key";
  if (!bare) {
    if (std::string problem = OptionsProblem(words[1]); !problem.empty()) return problem;
  }
  return IsBase64(words[type + 1]) ? "" : "the key is not base64";
}

std::string RevokedProblem(const std::vector<std::string_view>& words) {
  const bool key = words.size() >= 2 && IsKeyType(words[0]) && IsBase64(words[1]);
  return key ? "" : "the line is no SSH public key";
}

std::optional<KeyFileProblem> CheckLines(KeyFile kind, std::string_view text) {
  const bool signers = kind == KeyFile::kAllowedSigners;
  size_t keys = 0;
  for (uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeLine(text);
    const auto words = Words(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    ++keys;
    const std::string problem = signers ? SignerProblem(words) : RevokedProblem(words);
    if (problem.empty()) continue;
    return KeyFileProblem{number, problem,
                          signers ? kSignerLine : "write: ssh-ed25519 AAAA…, as in a .pub file"};
  }
  if (keys > 0 || !signers) return std::nullopt;
  return KeyFileProblem{0, "the file names nobody", kSignerLine};
}

std::optional<KeyFileProblem> CheckArmor(std::string_view text) {
  const std::string fix = "write the file with `gpg --armor --export`";
  enum class Part { kOutside, kHeaders, kBody } part = Part::kOutside;
  size_t blocks = 0;
  for (uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeLine(text);
    if (line.find("PRIVATE KEY BLOCK") != std::string_view::npos) {
      return KeyFileProblem{number, "this is a private key: whoever can read the repository has it now",
                            "revoke the key, make another, and export its public part"};
    }
    if (part == Part::kOutside) {
      if (line == "-----BEGIN PGP PUBLIC KEY BLOCK-----") part = Part::kHeaders;
    } else if (part == Part::kHeaders) {
      if (line.empty()) part = Part::kBody;
    } else if (line == "-----END PGP PUBLIC KEY BLOCK-----") {
      part = Part::kOutside;
      ++blocks;
    } else if (!IsBase64(line)) {
      return KeyFileProblem{number, "the line is not base64", fix};
    }
  }
  if (part != Part::kOutside) return KeyFileProblem{0, "the last block of keys has no end", fix};
  if (blocks == 0) return KeyFileProblem{0, "there is no block of OpenPGP public keys", fix};
  return std::nullopt;
}

}  // namespace

std::optional<KeyFileProblem> FindKeyFileProblem(KeyFile kind, std::string_view text) {
  if (kind == KeyFile::kPgpKeys) return CheckArmor(text);
  if (kind != KeyFile::kRevokedKeys || !IsKrl(text)) return CheckLines(kind, text);
  const std::string problem = KrlProblem(text);
  if (problem.empty()) return std::nullopt;
  return KeyFileProblem{0, problem, "write the list with `ssh-keygen -k -f FILE KEY.pub…`"};
}

}  // namespace slipway
