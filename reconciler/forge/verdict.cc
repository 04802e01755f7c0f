#include "reconciler/forge/verdict.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>

#include "reconciler/forge/api_text.h"
#include "schema/fleet/forms.h"

namespace slipway::forge {
namespace {

constexpr int64_t kLongestPause = 3600;

std::optional<int64_t> Number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// RFC 9110 §10.2.3: seconds, or an IMF-fixdate.
std::optional<int64_t> RetryAfter(const std::string& text, int64_t now) {
  if (const auto seconds = Number(text)) return now + std::max<int64_t>(*seconds, 0);
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (text.empty() || end == nullptr) return std::nullopt;
  return ::timegm(&parts);
}

/// 0 where the forge wants no pause.
int64_t PauseUntil(const ApiResponse& response, int64_t now) {
  int64_t until = 0;
  if (const auto after = RetryAfter(response.retry_after, now)) until = *after;
  if (response.remaining == "0") until = std::max(until, Number(response.reset).value_or(now + 60));
  return until <= now ? 0 : std::min(until, now + kLongestPause);
}

/// What the forge said of it, for people: the message of its JSON, on one short line.
std::string Said(const ApiResponse& response) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  std::string text = TextAt(json, "message");
  if (text.empty() && json.is_object() && json.contains("message")) text = Dump(json["message"]);
  if (text.empty()) text = TextAt(json, "error");
  // GitHub's 422: the message is "Validation Failed", and its list says of what.
  if (json.is_object() && json.contains("errors") && json["errors"].is_array() && !json["errors"].empty()) {
    const auto& first = json["errors"][0];
    std::string detail = TextAt(first, "message");
    if (detail.empty()) detail = TextAt(first, "field") + ' ' + TextAt(first, "code");
    if (detail != " ") text += ": " + detail;
  }
  return text.empty() ? "" : " (" + CutTo(text, 200) + ")";
}

bool Mentions(const ApiResponse& response, std::string_view words) {
  return response.body.find(words) != std::string::npos;
}

/// GitHub's limits in the words of its answer, for those that come without a field: the body is all that old
/// servers, and secondary limits, are sure to have.
bool IsRateLimit(const ApiResponse& response) {
  const std::string said = forms::ToLower(Said(response));
  return said.find("rate limit") != std::string::npos || said.find("abuse detection") != std::string::npos;
}

/// What was asked for is so already: each forge has its own words for it.
bool IsThere(const ApiResponse& response) {
  if (response.status != 400 && response.status != 409 && response.status != 422) return false;
  for (const std::string_view words :
       {"already exists", "already_exists", "sha\\\" wasn't supplied", "\\\"sha\\\" wasn't supplied",
        "Cannot transition status", "[SHA]: Required"}) {
    if (Mentions(response, words)) return true;
  }
  return false;
}

Verdict Refused(std::string message) { return {Verdict::Kind::kRefused, 0, std::move(message), 0}; }

/// 301 and its like. GitHub points to /repositories/<id>, GitLab to /projects/<id>, Gitea to the new name.
Verdict JudgeRedirect(const ApiRequest& request, const ApiResponse& response) {
  const std::string said = request.doing + ": the forge answered " + std::to_string(response.status) +
                           ", which points elsewhere; no token is sent there: ";
  const std::string where = CutTo(response.location, 200);
  if (where.empty()) return Refused(said + "set forge.url to the root of the API that it moved to");
  if (where.ends_with(request.path))
    return Refused(said + "set forge.url to " + where.substr(0, where.size() - request.path.size()));
  if (where.find("/repositories/") == std::string::npos && where.find("/projects/") == std::string::npos &&
      where.find("/repos/") == std::string::npos)
    return Refused(said + "it is " + where + ", which is no API: set forge.url to the root of the API");
  return Refused(said + "the repository was renamed or moved (it is " + where +
                 " now): set forge.repository and source.url to its new name");
}

Verdict JudgeRefusal(const std::string& doing, const ApiResponse& response) {
  const std::string said = doing + ": the forge answered " + std::to_string(response.status) + Said(response);
  switch (response.status) {
    case 401:
      return Refused(said +
                     "; it does not know the token in forge.token_file, or it has expired: make a new one");
    case 403:
      return Refused(said +
                     "; the token in forge.token_file may not do this: give it the permissions that "
                     "contrib/FORGES.md lists, or leave the setting out that asks for it");
    case 404:
      return Refused(said +
                     "; forge.repository or forge.url is wrong, or the token may not see the repository");
    default:
      return Refused(said + "; is forge.kind right, and forge.url the root of the forge's API?");
  }
}

Verdict KindOf(const ApiRequest& request, const ApiResponse& response, int64_t now) {
  const int status = response.status;
  const int64_t pause = PauseUntil(response, now);
  if (status == 0) return {Verdict::Kind::kLater, 0, request.doing + ": " + response.problem};
  if (status >= 200 && status < 300) {
    if (nlohmann::json::accept(response.body)) return {Verdict::Kind::kDone, pause, ""};
    return {Verdict::Kind::kLater, pause,
            request.doing +
                ": what answers is no API (a sign-in page, a proxy?): forge.url must be the root of the "
                "forge's API; it is asked again"};
  }
  if (status == 429 || (status == 403 && (pause != 0 || IsRateLimit(response)))) {
    const int64_t until = pause == 0 ? now + 60 : pause;
    return {Verdict::Kind::kLater, until,
            request.doing + ": the forge wants a pause of " + std::to_string(until - now) +
                " s (rate limit); nothing needs to be done"};
  }
  const bool exists = request.method != Method::kGet && IsThere(response);
  // 409 without those words: somebody else was writing (GitHub: a merge conflict, a branch that moved).
  if (status >= 500 || status == 408 || (status == 409 && !exists)) {
    return {Verdict::Kind::kLater, pause,
            request.doing + ": the forge answered " + std::to_string(status) + Said(response) +
                "; it is asked again"};
  }
  if (status >= 300 && status < 400) {
    return JudgeRedirect(request, response);
  }
  if (exists) return {Verdict::Kind::kExists, pause, ""};
  if (status == 404 && (request.method == Method::kPatch || request.method == Method::kPut)) {
    return {Verdict::Kind::kGone, pause, request.doing + ": it is not there any more"};
  }
  Verdict verdict = JudgeRefusal(request.doing, response);
  verdict.not_before = pause;
  return verdict;
}

}  // namespace

Verdict Judge(const ApiRequest& request, const ApiResponse& response, int64_t now) {
  Verdict verdict = KindOf(request, response, now);
  verdict.status = response.status;
  return verdict;
}

int64_t BackOff(int failures) {
  int64_t seconds = 5;
  for (int i = 1; i < failures && seconds < 600; ++i) seconds *= 2;
  return std::min<int64_t>(seconds, 600);
}

}  // namespace slipway::forge
