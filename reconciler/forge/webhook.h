#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace slipway::forge {

enum class Kind : uint8_t { kGitHub, kGitLab, kGitea, kGeneric };
std::optional<Kind> ParseKind(
    std::string_view word);  ///< "github", "gitlab", "gitea" (Forgejo too), "generic"
std::string_view ToString(Kind kind);

/// Largest body that is looked at. Push payloads of large pushes are cut by the forges long before.
inline constexpr size_t kMaxHookBody = 1U << 20U;

/// A request as it came in. `header` gives a field by its name, in any case; "" where it was not sent.
struct HookRequest {
  Kind kind = Kind::kGeneric;
  std::function<std::string(std::string_view name)> header;
  std::string_view body;
  int64_t now = 0;  ///< Unix seconds
};

struct HookVerdict {
  int status = 202;      ///< 202 accepted, 401 unsigned, 403 badly signed, 413 too large
  std::string result;    ///< for metrics: poll, pulls, ignored, duplicate, unsigned, forged, too_large
  std::string message;   ///< what will happen, or what to do: the body of the reply
  std::string delivery;  ///< the forge's id of it
  bool poll = false;
  bool pulls = false;  ///< a pull request was opened, moved or closed: look at them
};

/// Deliveries that were accepted lately; bounded. Not thread-safe.
class Deliveries {
 public:
  /// False where the id is known already. "" is always new.
  bool Add(const std::string& id);

 private:
  std::unordered_set<std::string> known_;
  std::deque<std::string> order_;
};

/// Whether a request is signed with one of the secrets, and what it means. Signatures, compared in constant
/// time: GitHub X-Hub-Signature-256; Gitea and Forgejo X-Gitea-Signature, X-Forgejo-Signature; GitLab
/// X-Gitlab-Token, or webhook-signature (Standard Webhooks) within five minutes; generic X-Signature: sha256=
/// or sha512=. A hook can only ever mean "look now", at the branch or at the pull requests: nothing of its
/// body decides anything but which branch it is about. `branch`: the one that is served, "" for whichever.
HookVerdict Judge(const HookRequest& request, std::span<const std::string> secrets, std::string_view branch,
                  Deliveries& deliveries);

}  // namespace slipway::forge
