#include "reconciler/daemon/hooks.h"

#include <spdlog/spdlog.h>

#include <chrono>

#include "reconciler/daemon/files.h"

namespace slipway {
namespace {

int64_t Now() {
  using std::chrono::duration_cast, std::chrono::seconds, std::chrono::system_clock;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

Hooks::Hooks(std::vector<std::string> secret_files, std::string branch, Asks asks)
    : secret_files_(std::move(secret_files)), branch_(std::move(branch)), asks_(std::move(asks)) {}

Result<std::vector<std::string>> Hooks::ReadSecrets() const {
  std::vector<std::string> secrets;
  for (const std::string& path : secret_files_) {
    auto text = ReadSmallFile(path);
    if (!text) return tl::make_unexpected(text.error());
    if (!*text) return FixInput("hooks.secret_files: " + path + " is not there");
    std::string secret = **text;
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    if (secret.empty()) return FixInput("hooks.secret_files: " + path + " is empty");
    secrets.push_back(std::move(secret));
  }
  return secrets;
}

HookReply Hooks::Handle(const std::string& kind, const HookHeader& header, const std::string& body) {
  const auto forge = forge::ParseKind(kind);
  if (!forge) return {404, "there are hooks for github, gitlab, gitea, forgejo and generic\n"};
  if (secret_files_.empty())
    return {404, "hooks are off: name a file with their secret in hooks.secret_files\n"};
  const auto secrets = ReadSecrets();
  if (!secrets) {
    spdlog::error("hook.secrets {}", secrets.error().message);
    return {503, "the hook's secret cannot be read on this host; its log says why\n"};
  }
  const forge::HookRequest request{*forge, header, body, Now()};
  forge::HookVerdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = forge::Judge(request, *secrets, branch_, deliveries_);
    ++counts_[std::string(ToString(*forge)) + ' ' + verdict.result];
  }
  spdlog::info("hook.{} kind={} delivery={}", verdict.result, ToString(*forge),
               verdict.delivery.substr(0, 64));
  if (verdict.poll) asks_.poll("webhook " + std::string(ToString(*forge)));
  if (verdict.pulls) asks_.pulls("webhook " + std::string(ToString(*forge)));
  return {verdict.status, verdict.message + '\n'};
}

std::map<std::string, uint64_t> Hooks::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace slipway
