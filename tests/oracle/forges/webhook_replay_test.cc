// Payloads as forges send them, signed over their very bytes.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "calls.h"
#include "reconciler/forge/signature.h"
#include "reconciler/forge/webhook.h"
#include "reconciler/talos/base64.h"

namespace slipway::forge {
namespace {

using nlohmann::json;
using Headers = std::map<std::string, std::string>;

const std::string kSecret = "a secret of the tests";
constexpr int64_t kNow = 1'800'000'000;

/// The fields that the forge adds to a payload; each signature of its own where it has several.
std::vector<Headers> FieldsOf(const std::string& forge, const std::string& event, const std::string& text) {
  const std::string hex = ToHex(Hmac(Hash::kSha256, kSecret, text));
  if (forge == "github")
    return {
        {{"X-GitHub-Event", event}, {"X-GitHub-Delivery", "d"}, {"X-Hub-Signature-256", "sha256=" + hex}}};
  if (forge == "gitea") {
    return {{{"X-Gitea-Event", event}, {"X-Gitea-Delivery", "d"}, {"X-Gitea-Signature", hex}},
            {{"X-Gitea-Event", event}, {"X-Gitea-Delivery", "d"}, {"X-Forgejo-Signature", hex}}};
  }
  const std::string time = std::to_string(kNow);
  const std::string standard = talos::EncodeBase64(Hmac(Hash::kSha256, kSecret, "d." + time + "." + text));
  return {{{"X-Gitlab-Event", event}, {"X-Gitlab-Event-UUID", "d"}, {"X-Gitlab-Token", kSecret}},
          {{"X-Gitlab-Event", event},
           {"webhook-id", "d"},
           {"webhook-timestamp", time},
           {"webhook-signature", "v1," + standard}}};
}

HookVerdict Ask(const std::string& forge, const Headers& headers, const std::string& text,
                const std::string& branch) {
  HookRequest request;
  request.kind = *ParseKind(forge);
  request.body = text;
  request.now = kNow;
  request.header = [&headers](std::string_view name) {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? "" : found->second;
  };
  Deliveries deliveries;
  const std::vector<std::string> secrets = {kSecret};
  return Judge(request, secrets, branch, deliveries);
}

/// What the daemon has to do about it, read from the payload by other means than its own.
std::string Wanted(const std::string& event, const json& payload, const std::string& branch) {
  if (event == "push" || event == "Push Hook") {
    const std::string ref = payload["ref"];
    const bool other = ref.starts_with("refs/heads/") && ref != "refs/heads/" + branch;
    return other ? "ignored" : "poll";
  }
  const bool pulls = event.starts_with("pull_request") || event == "Merge Request Hook";
  return pulls ? "pulls" : "ignored";
}

TEST(WebhookReplay, EveryPayloadIsUnderstoodAndOneChangedByteIsForged) {
  std::ifstream file(std::string(std::getenv("SLIPWAY_RECORDINGS")) + "/payloads.json");
  const json payloads = json::parse(file);
  std::map<std::string, size_t> counts;
  for (const auto& row : payloads) {
    const std::string forge = row["forge"];
    const std::string event = row["event"];
    const std::string text = row["text"];
    SCOPED_TRACE(row["source"].get<std::string>());
    const json payload = json::parse(text);
    for (const Headers& headers : FieldsOf(forge, event, text)) {
      for (const char* branch : {"master", "main"}) {
        const HookVerdict verdict = Ask(forge, headers, text, branch);
        EXPECT_EQ(verdict.status, 202) << verdict.message;
        EXPECT_EQ(verdict.result, Wanted(event, payload, branch)) << verdict.message;
        ++counts[forge + ' ' + verdict.result];
      }
      std::string changed = text;
      changed[changed.size() / 2] ^= 1;
      if (!headers.contains("X-Gitlab-Token")) {
        EXPECT_EQ(Ask(forge, headers, changed, "main").status, 403);
      }
    }
  }
  for (const auto& [what, count] : counts) std::cout << what << ": " << count << '\n';
  EXPECT_GE(payloads.size(), testing::Least(300));
  for (const char* forge : {"github", "gitlab", "gitea"}) {
    EXPECT_TRUE(!counts.contains(std::string(forge) + " ignored") ||
                counts.contains(std::string(forge) + " poll"));
    EXPECT_TRUE(!counts.contains(std::string(forge) + " poll") ||
                counts.contains(std::string(forge) + " pulls"));
  }
}

}  // namespace
}  // namespace slipway::forge
