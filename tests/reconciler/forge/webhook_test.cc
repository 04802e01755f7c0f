#include "reconciler/forge/webhook.h"

#include <gtest/gtest.h>

#include <map>

#include "reconciler/forge/signature.h"
#include "reconciler/talos/base64.h"

namespace slipway::forge {
namespace {

using Headers = std::map<std::string, std::string>;

const std::string kSecret = "It's a Secret to Everybody";
const std::string kPush = R"({"ref":"refs/heads/main","after":"abc"})";
constexpr int64_t kNow = 1'800'000'000;

struct Hook {
  Kind kind;
  Headers headers;
  std::string body = kPush;
  int64_t now = kNow;
};

HookVerdict Ask(const Hook& hook, Deliveries& deliveries, const std::vector<std::string>& secrets = {kSecret},
                const std::string& branch = "main") {
  HookRequest request;
  request.kind = hook.kind;
  request.body = hook.body;
  request.now = hook.now;
  request.header = [&hook](std::string_view name) {
    const auto found = hook.headers.find(std::string(name));
    return found == hook.headers.end() ? "" : found->second;
  };
  return Judge(request, secrets, branch, deliveries);
}
HookVerdict Ask(const Hook& hook) {
  Deliveries deliveries;
  return Ask(hook, deliveries);
}

std::string Sha256Of(const std::string& body, const std::string& secret = kSecret) {
  return ToHex(Hmac(Hash::kSha256, secret, body));
}

Hook GitHub(const std::string& body = kPush) {
  return {Kind::kGitHub,
          {{"X-Hub-Signature-256", "sha256=" + Sha256Of(body)},
           {"X-GitHub-Event", "push"},
           {"X-GitHub-Delivery", "d1"}},
          body};
}
Hook Gitea() {
  return {Kind::kGitea,
          {{"X-Gitea-Signature", Sha256Of(kPush)}, {"X-Gitea-Event", "push"}, {"X-Gitea-Delivery", "d2"}}};
}
Hook GitLab() {
  return {Kind::kGitLab,
          {{"X-Gitlab-Token", kSecret}, {"X-Gitlab-Event", "Push Hook"}, {"X-Gitlab-Event-UUID", "d3"}}};
}
Hook Standard(int64_t sent = kNow) {
  const std::string time = std::to_string(sent);
  const std::string signature = talos::EncodeBase64(Hmac(Hash::kSha256, kSecret, "d4." + time + "." + kPush));
  return {Kind::kGitLab,
          {{"webhook-id", "d4"},
           {"webhook-timestamp", time},
           {"webhook-signature", "v1,AAAA v1," + signature},
           {"X-Gitlab-Event", "Push Hook"}}};
}
Hook Generic() { return {Kind::kGeneric, {{"X-Signature", "sha256=" + Sha256Of(kPush)}}}; }

TEST(Webhook, HmacIsGitHubsOwnExample) {
  // docs.github.com, "Testing the webhook payload validation".
  EXPECT_EQ(Sha256Of("Hello, World!"), "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

TEST(Webhook, ASignedPushOfEveryForgeMeansPollNow) {
  for (const Hook& hook : {GitHub(), Gitea(), GitLab(), Standard(), Generic()}) {
    const HookVerdict verdict = Ask(hook);
    EXPECT_EQ(verdict.status, 202) << ToString(hook.kind) << ": " << verdict.message;
    EXPECT_TRUE(verdict.poll);
  }
  Hook forgejo = Gitea();
  forgejo.headers["X-Forgejo-Signature"] = Sha256Of(kPush);
  EXPECT_TRUE(Ask(forgejo).poll);
  forgejo.headers["X-Forgejo-Signature"] = Sha256Of("other");
  EXPECT_EQ(Ask(forgejo).status, 403);
  Hook sha512 = Generic();
  sha512.headers["X-Signature"] = "sha512=" + ToHex(Hmac(Hash::kSha512, kSecret, kPush));
  EXPECT_TRUE(Ask(sha512).poll);
}

TEST(Webhook, WithoutASignatureOrWithAForgedOneNothingHappens) {
  for (Hook hook : {GitHub(), Gitea(), GitLab(), Standard(), Generic()}) {
    Hook changed = hook;
    changed.body += " ";
    if (hook.headers.contains("X-Gitlab-Token")) changed.headers["X-Gitlab-Token"] += "x";
    EXPECT_EQ(Ask(changed).status, 403) << ToString(hook.kind);
    EXPECT_FALSE(Ask(changed).poll);
    for (const char* name :
         {"X-Hub-Signature-256", "X-Gitea-Signature", "X-Gitlab-Token", "webhook-signature", "X-Signature"})
      hook.headers.erase(name);
    EXPECT_EQ(Ask(hook).status, 401) << ToString(hook.kind);
  }
  Hook sha1 = Generic();
  sha1.headers["X-Signature"] = "sha1=0000";
  EXPECT_EQ(Ask(sha1).status, 403) << "SHA-1 is no signature any more";
}

TEST(Webhook, AnEmptySecretSignsNothing) {
  Deliveries deliveries;
  Hook hook = GitHub();
  hook.headers["X-Hub-Signature-256"] = "sha256=" + Sha256Of(kPush, "");
  EXPECT_EQ(Ask(hook, deliveries, {""}).status, 403);
  EXPECT_EQ(Ask(hook, deliveries, {}).status, 403);
  Hook token = GitLab();
  token.headers["X-Gitlab-Token"] = "";
  EXPECT_EQ(Ask(token, deliveries, {""}).status, 401);
}

TEST(Webhook, OfTheWrongForgeIsToldWhereToGo) {
  Hook hook = GitHub();
  hook.kind = Kind::kGitLab;
  const HookVerdict verdict = Ask(hook);
  EXPECT_EQ(verdict.status, 401);
  EXPECT_NE(verdict.message.find("use the address of its kind"), std::string::npos);
}

TEST(Webhook, ReplaysAndOldOnesDoNothing) {
  Deliveries deliveries;
  EXPECT_TRUE(Ask(GitHub(), deliveries).poll);
  const HookVerdict again = Ask(GitHub(), deliveries);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.result, "duplicate");
  EXPECT_FALSE(again.poll);
  EXPECT_TRUE(Ask(Gitea(), deliveries).poll) << "another forge has ids of its own";
  EXPECT_EQ(Ask(Standard(kNow - 301)).status, 403);
  EXPECT_EQ(Ask(Standard(kNow + 301)).status, 403);
}

TEST(Webhook, AForgedOneDoesNotUseUpADeliveryId) {
  Deliveries deliveries;
  Hook forged = GitHub();
  forged.headers["X-Hub-Signature-256"] = "sha256=" + Sha256Of("x");
  EXPECT_EQ(Ask(forged, deliveries).status, 403);
  EXPECT_TRUE(Ask(GitHub(), deliveries).poll);
}

TEST(Webhook, OtherEventsAndBranchesAskForNothing) {
  Hook ping = GitHub();
  ping.headers["X-GitHub-Event"] = "ping";
  EXPECT_EQ(Ask(ping).result, "ignored");
  EXPECT_EQ(Ask(GitHub(R"({"ref":"refs/heads/feature"})")).result, "ignored");
  Hook pull = GitHub(R"({"action":"synchronize"})");
  pull.headers["X-GitHub-Event"] = "pull_request";
  EXPECT_TRUE(Ask(pull).pulls) << "a plan is due";
  EXPECT_FALSE(Ask(pull).poll);
  EXPECT_TRUE(Ask(GitHub("not JSON at all")).poll) << "what cannot be read is not decided by";
  Deliveries deliveries;
  EXPECT_TRUE(Ask(GitHub(R"({"ref":"refs/heads/feature"})"), deliveries, {kSecret}, "").poll);
}

TEST(Webhook, SecretsCanBeRotated) {
  Deliveries deliveries;
  EXPECT_TRUE(Ask(GitHub(), deliveries, {"the new one", kSecret}).poll);
}

TEST(Webhook, OversizedIsNotRead) {
  const HookVerdict verdict = Ask(GitHub(std::string(kMaxHookBody + 1, 'x')));
  EXPECT_EQ(verdict.status, 413);
}

TEST(Webhook, DeliveriesAreBounded) {
  Deliveries deliveries;
  for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(deliveries.Add(std::to_string(i)));
  EXPECT_TRUE(deliveries.Add("0")) << "forgotten long ago";
  EXPECT_FALSE(deliveries.Add("4999"));
}

}  // namespace
}  // namespace slipway::forge
