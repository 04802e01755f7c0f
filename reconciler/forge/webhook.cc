#include "reconciler/forge/webhook.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "reconciler/forge/signature.h"
#include "reconciler/talos/base64.h"
#include "schema/fleet/forms.h"

namespace slipway::forge {
namespace {

constexpr size_t kMostDeliveries = 4'096;
constexpr int64_t kPatience = 300;  ///< seconds that a signed timestamp may be off

enum class Signed : uint8_t { kGood, kBad, kMissing };

struct Dialect {
  Kind kind;
  std::string_view word;
  std::string_view event;     ///< the header that names the event
  std::string_view push;      ///< its value for a push
  std::string_view pull;      ///< for a pull request: what it begins with
  std::string_view delivery;  ///< the header with the id
};
constexpr std::array<Dialect, 4> kDialects{{
    {Kind::kGitHub, "github", "X-GitHub-Event", "push", "pull_request", "X-GitHub-Delivery"},
    {Kind::kGitLab, "gitlab", "X-Gitlab-Event", "Push Hook", "Merge Request Hook", "X-Gitlab-Event-UUID"},
    {Kind::kGitea, "gitea", "X-Gitea-Event", "push", "pull_request", "X-Gitea-Delivery"},
    {Kind::kGeneric, "generic", "", "", "", "X-Delivery"},
}};

const Dialect& DialectOf(Kind kind) {
  return *std::find_if(kDialects.begin(), kDialects.end(),
                       [kind](const Dialect& d) { return d.kind == kind; });
}

bool HexMatches(std::string_view given, Hash hash, const std::string& secret, std::string_view body) {
  return SameSecret(forms::ToLower(given), ToHex(Hmac(hash, secret, body)));
}

/// "sha256=<hex>".
bool Prefixed(std::string_view given, const std::string& secret, std::string_view body) {
  if (given.starts_with("sha256=")) return HexMatches(given.substr(7), Hash::kSha256, secret, body);
  if (given.starts_with("sha512=")) return HexMatches(given.substr(7), Hash::kSha512, secret, body);
  return false;
}

/// Standard Webhooks: "v1,<base64>" of id.timestamp.body, several apart by spaces.
bool StandardMatches(const HookRequest& request, const std::string& given, const std::string& secret) {
  const std::string time = request.header("webhook-timestamp");
  int64_t sent = 0;
  const auto parsed = std::from_chars(time.data(), time.data() + time.size(), sent);
  if (parsed.ec != std::errc{} || sent > request.now + kPatience || sent < request.now - kPatience)
    return false;
  std::string key = secret;
  if (secret.starts_with("whsec_")) key = talos::DecodeBase64(secret.substr(6)).value_or(secret);
  const std::string message = request.header("webhook-id") + '.' + time + '.' + std::string(request.body);
  const std::string wanted = "v1," + talos::EncodeBase64(Hmac(Hash::kSha256, key, message));
  std::string_view rest = given;
  bool good = false;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    good = SameSecret(rest.substr(0, end), wanted) || good;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return good;
}

/// A header's value, checked against every secret.
template <class Check>
Signed Against(const std::string& given, std::span<const std::string> secrets, Check check) {
  if (given.empty()) return Signed::kMissing;
  bool good = false;
  for (const std::string& secret : secrets) good = (!secret.empty() && check(secret)) || good;
  return good ? Signed::kGood : Signed::kBad;
}

Signed CheckSignature(const HookRequest& request, std::span<const std::string> secrets) {
  const auto prefixed = [&](const char* name) {
    const std::string given = request.header(name);
    return Against(given, secrets,
                   [&](const std::string& secret) { return Prefixed(given, secret, request.body); });
  };
  const auto bare = [&](const char* name) {
    const std::string given = request.header(name);
    return Against(given, secrets, [&](const std::string& secret) {
      return HexMatches(given, Hash::kSha256, secret, request.body);
    });
  };
  switch (request.kind) {
    case Kind::kGitHub:
      return prefixed("X-Hub-Signature-256");
    case Kind::kGitea: {
      const Signed forgejo = bare("X-Forgejo-Signature");
      return forgejo != Signed::kMissing ? forgejo : bare("X-Gitea-Signature");
    }
    case Kind::kGitLab: {
      const std::string standard = request.header("webhook-signature");
      if (!standard.empty()) {
        return Against(standard, secrets,
                       [&](const std::string& secret) { return StandardMatches(request, standard, secret); });
      }
      const std::string token = request.header("X-Gitlab-Token");
      return Against(token, secrets, [&](const std::string& secret) { return SameSecret(token, secret); });
    }
    case Kind::kGeneric:
      return prefixed("X-Signature");
  }
  return Signed::kMissing;
}

HookVerdict Refuse(int status, std::string result, std::string message) {
  return {status, std::move(result), std::move(message), "", false};
}

/// The branch that a push is about; "" where the body does not say.
std::string BranchOf(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return {};
  const auto ref = json.find("ref");
  if (ref == json.end() || !ref->is_string()) return {};
  const auto& text = ref->get_ref<const std::string&>();
  constexpr std::string_view kHeads = "refs/heads/";
  return text.starts_with(kHeads) ? text.substr(kHeads.size()) : "";
}

}  // namespace

std::optional<Kind> ParseKind(std::string_view word) {
  if (word == "forgejo") return Kind::kGitea;
  for (const Dialect& dialect : kDialects) {
    if (dialect.word == word) return dialect.kind;
  }
  return std::nullopt;
}

std::string_view ToString(Kind kind) { return DialectOf(kind).word; }

bool Deliveries::Add(const std::string& id) {
  if (id.empty()) return true;
  if (!known_.insert(id).second) return false;
  order_.push_back(id);
  if (order_.size() > kMostDeliveries) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

HookVerdict Judge(const HookRequest& request, std::span<const std::string> secrets, std::string_view branch,
                  Deliveries& deliveries) {
  const Dialect& dialect = DialectOf(request.kind);
  if (request.body.size() > kMaxHookBody)
    return Refuse(413, "too_large", "a hook of more than 1 MiB is not read");
  switch (CheckSignature(request, secrets)) {
    case Signed::kMissing:
      return Refuse(
          401, "unsigned",
          "no signature of " + std::string(dialect.word) +
              " is on this request: set the hook's secret in the forge, and use the address of its kind");
    case Signed::kBad:
      return Refuse(403, "forged",
                    "the signature does not fit: the forge and hooks.secret_files have different secrets");
    case Signed::kGood:
      break;
  }
  HookVerdict verdict;
  verdict.delivery = request.header(dialect.delivery);
  if (verdict.delivery.empty()) verdict.delivery = request.header("webhook-id");
  if (!deliveries.Add(std::string(dialect.word) + ' ' + verdict.delivery) && !verdict.delivery.empty()) {
    verdict.result = "duplicate";
    verdict.message = "this delivery was handled already; nothing happens";
    return verdict;
  }
  const std::string event = dialect.event.empty() ? "" : request.header(dialect.event);
  if (!dialect.event.empty() && event.starts_with(dialect.pull)) {
    verdict.result = "pulls";
    verdict.message =
        "the open pull requests are looked at now, where forge.comments or forge.propose asks for them";
    verdict.pulls = true;
    return verdict;
  }
  if (!dialect.event.empty() && event != dialect.push) {
    verdict.result = "ignored";
    verdict.message =
        "the event '" + event.substr(0, 64) + "' asks for nothing: only pushes and pull requests do";
    return verdict;
  }
  const std::string pushed = BranchOf(request.body);
  if (!branch.empty() && !pushed.empty() && pushed != branch) {
    verdict.result = "ignored";
    verdict.message =
        "branch " + pushed.substr(0, 128) + " is not the one that is served (" + std::string(branch) + ")";
    return verdict;
  }
  verdict.result = "poll";
  verdict.message = "the remote is looked at now; the status page tells what comes of it";
  verdict.poll = true;
  return verdict;
}

}  // namespace slipway::forge
