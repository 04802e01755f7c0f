#include "reconciler/publish/layout.h"

#include <charconv>

#include "schema/contract/manifest.h"

namespace slipway {
namespace {

constexpr size_t kCommitDigits = 12;

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsSafeComponent(std::string_view part) {
  if (part.empty() || part.size() > 255 || part == "." || part == "..") return false;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') return false;
  }
  return true;
}

}  // namespace

std::string GenerationName(uint64_t number, std::string_view commit) {
  std::string name = std::to_string(number);
  if (name.size() < 6) name.insert(0, 6 - name.size(), '0');
  name += '-';
  for (size_t i = 0; i < kCommitDigits; ++i) {
    name += i < commit.size() && IsLowerHex(commit[i]) ? commit[i] : '0';
  }
  return name;
}

std::optional<GenerationId> ParseGenerationName(std::string_view name) {
  const size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash < 6 || dash > 19) return std::nullopt;
  GenerationId id;
  const auto [end, error] = std::from_chars(name.data(), name.data() + dash, id.number);
  if (error != std::errc() || end != name.data() + dash) return std::nullopt;
  id.commit12 = std::string(name.substr(dash + 1));
  if (GenerationName(id.number, id.commit12) != name) return std::nullopt;
  return id;
}

std::string CurrentTarget(std::string_view generation_name) {
  return std::string(kGenerationsName) + "/" + std::string(generation_name);
}

std::optional<std::string> ParseCurrentTarget(std::string_view target) {
  while (!target.empty() && target.back() == '/') target.remove_suffix(1);
  if (!target.starts_with(kGenerationsName)) return std::nullopt;
  target.remove_prefix(kGenerationsName.size());
  if (target.empty() || target.front() != '/') return std::nullopt;
  target.remove_prefix(1);
  if (!ParseGenerationName(target)) return std::nullopt;
  return std::string(target);
}

bool IsPublishablePath(std::string_view path) {
  if (path == kManifestName || path == kRevisionName) return false;
  for (int components = 1; components <= 8; ++components) {
    const size_t slash = path.find('/');
    if (!IsSafeComponent(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

std::string_view FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view BaseNameOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace slipway
