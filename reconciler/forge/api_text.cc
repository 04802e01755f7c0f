#include "reconciler/forge/api_text.h"

namespace slipway::forge {
namespace {

const nlohmann::json* Find(const nlohmann::json& value, std::string_view path) {
  const nlohmann::json* at = &value;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string(path.substr(0, dot)));
    if (found == at->end()) return nullptr;
    at = &*found;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

}  // namespace

std::string_view ToString(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
  }
  return "";
}

std::string_view ToString(CommitState state) {
  switch (state) {
    case CommitState::kPending:
      return "pending";
    case CommitState::kSuccess:
      return "success";
    case CommitState::kFailure:
      return "failure";
  }
  return "";
}

std::optional<CommitState> ParseCommitState(std::string_view text) {
  for (const CommitState state : {CommitState::kPending, CommitState::kSuccess, CommitState::kFailure}) {
    if (ToString(state) == text) return state;
  }
  return std::nullopt;
}

std::string PercentEncode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kUnreserved =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos || keep.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string CutTo(std::string_view text, size_t limit) {
  constexpr std::string_view kCut = "\xE2\x80\xA6";  // …
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (line.size() <= limit) return line;
  size_t end = limit < kCut.size() ? 0 : limit - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U) --end;
  return line.substr(0, end) + std::string(kCut);
}

std::string Dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string TextAt(const nlohmann::json& value, std::string_view path) {
  const nlohmann::json* found = Find(value, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

int64_t NumberAt(const nlohmann::json& value, std::string_view path) {
  const nlohmann::json* found = Find(value, path);
  return found != nullptr && found->is_number_integer() ? found->get<int64_t>() : 0;
}

bool GoesOn(const ApiResponse& response, size_t items, size_t page_size) {
  if (response.link.empty()) return items >= page_size;
  return response.link.find("rel=\"next\"") != std::string::npos;
}

ApiRequest Get(std::string path, std::string doing) {
  return {Method::kGet, std::move(path), "", std::move(doing)};
}

ApiRequest Send(Method method, std::string path, const nlohmann::json& body, std::string doing) {
  return {method, std::move(path), Dump(body), std::move(doing)};
}

std::unique_ptr<const Api> MakeApi(Kind kind, const std::string& repository) {
  switch (kind) {
    case Kind::kGitHub:
      return MakeGitHub(repository);
    case Kind::kGitLab:
      return MakeGitLab(repository);
    case Kind::kGitea:
      return MakeGitea(repository);
    case Kind::kGeneric:
      break;
  }
  return nullptr;
}

}  // namespace slipway::forge
