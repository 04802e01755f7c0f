#include "calls.h"

#include <re2/re2.h>

#include "reconciler/talos/base64.h"

namespace slipway::forge::testing {
namespace {

std::string Text(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

/// GitHub's and Gitea's paths below /repos/owner/name.
std::optional<Call> OfGitHub(const Api& api, const std::string& method, const std::string& rest,
                             const nlohmann::json& body) {
  std::string word;
  int64_t number = 0;
  if (method == "POST" && RE2::FullMatch(rest, "/statuses/([0-9a-f]{40})", &word)) {
    const auto state = ParseCommitState(Text(body, "state"));
    if (!state) return std::nullopt;  // "error" is a word that we never say
    return Call{"SetStatus",
                api.SetStatus({word, *state, Text(body, "description"), Text(body, "target_url")}),
                Holds::kNothing};
  }
  if (method == "GET" && rest == "/pulls")
    return Call{"ListPulls", api.ListOpenPulls("main", 1), Holds::kPulls};
  if (method == "GET" && RE2::FullMatch(rest, "/pulls/(\\d+)", &number))
    return Call{"GetPull", api.GetPull(number), Holds::kPull};
  if (method == "POST" && rest == "/pulls") {
    const NewPull pull{Text(body, "head"), Text(body, "base"), Text(body, "title"), Text(body, "body")};
    return Call{"OpenPull", api.OpenPull(pull), Holds::kPull};
  }
  if (method == "GET" && RE2::FullMatch(rest, "/issues/(\\d+)/comments", &number))
    return Call{"ListComments", api.ListComments(number, 1), Holds::kComments};
  if (method == "POST" && RE2::FullMatch(rest, "/issues/(\\d+)/comments", &number))
    return Call{"AddComment", api.AddComment(number, Text(body, "body")), Holds::kComment};
  if (method == "PATCH" && RE2::FullMatch(rest, "/issues/comments/(\\d+)", &number))
    return Call{"UpdateComment", api.UpdateComment(1, number, Text(body, "body")), Holds::kComment};
  if (method == "POST" && rest == "/git/refs") {
    const std::string ref = Text(body, "ref");
    if (!ref.starts_with("refs/heads/")) return std::nullopt;
    return Call{"MakeBranch", api.MakeBranch(ref.substr(11), Text(body, "sha")), Holds::kNothing};
  }
  if (method == "PUT" && RE2::FullMatch(rest, "/contents/(.+)", &word)) {
    if (body.contains("sha")) return std::nullopt;  // a change of a file, which we never make
    const auto text = talos::DecodeBase64(Text(body, "content"));
    return Call{"AddFile", api.AddFile(Text(body, "branch"), word, text.value_or(""), Text(body, "message")),
                Holds::kNothing};
  }
  return std::nullopt;
}

std::optional<Call> OfGitLab(const Api& api, const std::string& method, const std::string& rest) {
  int64_t number = 0;
  if (method != "GET") return std::nullopt;
  if (rest == "/merge_requests") return Call{"ListPulls", api.ListOpenPulls("main", 1), Holds::kPulls};
  if (RE2::FullMatch(rest, "/merge_requests/(\\d+)", &number))
    return Call{"GetPull", api.GetPull(number), Holds::kPull};
  // Notes of issues, grouped: no call of ours, but the same notes.
  if (RE2::FullMatch(rest, "/issues/(\\d+)/discussions", &number))
    return Call{"notes of discussions", {}, Holds::kDiscussions};
  return std::nullopt;
}

}  // namespace

std::string PlainPath(const std::string& path) {
  std::string plain = path.substr(0, path.find('?'));
  RE2::Replace(&plain, "^/api/v[134]/", "/");
  return plain;
}

std::vector<std::string> QueryNames(const std::string& path) {
  std::vector<std::string> names;
  re2::StringPiece rest(path);
  std::string name;
  while (RE2::FindAndConsume(&rest, "[?&]([^=&]+)=", &name)) names.push_back(name);
  return names;
}

Kind KindOf(const nlohmann::json& exchange) { return *ParseKind(exchange["forge"].get<std::string>()); }

std::optional<Call> OurCall(const nlohmann::json& exchange) {
  const std::string path = PlainPath(exchange["path"]);
  const std::string method = exchange["method"];
  const auto& sent = exchange["body"];
  const nlohmann::json body = sent.is_object() ? sent : nlohmann::json::object();
  std::string repository;
  std::string rest;
  if (KindOf(exchange) == Kind::kGitLab) {
    if (!RE2::FullMatch(path, "/projects/([^/]+)(/.*)", &repository, &rest)) return std::nullopt;
    return OfGitLab(*MakeApi(Kind::kGitLab, repository), method, rest);
  }
  if (!RE2::FullMatch(path, "/repos/([^/]+/[^/]+)(/.*)", &repository, &rest)) return std::nullopt;
  return OfGitHub(*MakeApi(KindOf(exchange), repository), method, rest, body);
}

}  // namespace slipway::forge::testing
