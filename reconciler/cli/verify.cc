// verify: what the daemon would say of a history and its signatures, before a merge.
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/daemon/trust_gate.h"
#include "reconciler/source/local_repository.h"
#include "reconciler/trust/verify.h"
#include "schema/fleet/load.h"

namespace slipway::cli {
namespace {

constexpr size_t kMostCommits = 10'000;

struct Options {
  std::string base;
  std::string head = "HEAD";
  std::string repository = ".";
  std::string path = ".";
  VerifySettings settings{trust::Mode::kRange, trust::HistoryRule::kFastForward, "", "", ""};
  bool only_with_keys = false;
  Output output = Output::kText;
};

struct Answer {
  Revision base;
  Revision head;
  bool descends = false;
  bool keys = true;                    ///< false: there are none, and nobody asked for any
  std::vector<trust::Judged> commits;  ///< oldest first
  bool Trusted(trust::HistoryRule rule) const {
    const bool all = std::all_of(commits.begin(), commits.end(),
                                 [](const trust::Judged& judged) { return judged.verdict.good(); });
    return all && (descends || rule == trust::HistoryRule::kAny);
  }
};

template <class T>
Result<T> Plain(SourceResult<T> result) {
  if (!result) return tl::make_unexpected(std::move(result.error().error));
  return std::move(*result);
}

/// The keys that count after BASE is served: this host's, and those that BASE's own Site names.
Result<trust::KeySet> KeysAfter(const LocalRepository& repository, const Revision& base,
                                const Options& options) {
  auto host = ReadHostKeys(options.settings);
  if (!host) return host;
  const auto tree = Plain(repository.ReadTree(base, options.path));
  if (!tree) return tl::make_unexpected(tree.error());
  FleetLoader loader;
  const auto loaded = loader.Load(**tree);
  if (!loaded) return tl::make_unexpected(loaded.error());
  if (!loaded->fleet) {
    return FixInput(base.name +
                    " would be refused, so its keys never count: see `slipway validate --revision " +
                    base.commit + "`");
  }
  const auto served = ReadTrustBase(base.commit, *loaded->fleet, **tree);
  if (!served) return tl::make_unexpected(served.error());
  return trust::Join(*host, {served->allowed_signers, served->revoked_keys, served->pgp_keys});
}

Result<Answer> Judge(const Options& options) {
  const auto repository = Plain(LocalRepository::Open(options.repository));
  if (!repository) return tl::make_unexpected(repository.error());
  const LocalRepository& git = **repository;
  auto base = Plain(git.Resolve(options.base));
  auto head = Plain(git.Resolve(options.head));
  if (!base || !head) return tl::make_unexpected(base ? head.error() : base.error());
  Answer answer{std::move(*base), std::move(*head), false, true, {}};
  answer.descends = git.CompareWith(answer.head, answer.base.commit) == Ancestry::kDescendant;
  const auto keys = KeysAfter(git, answer.base, options);
  if (!keys) return tl::make_unexpected(keys.error());
  answer.keys = !keys->empty();
  if (!answer.keys && options.only_with_keys) return answer;
  auto line = Plain(git.FirstParents(answer.head.commit, answer.base.commit, kMostCommits));
  if (!line) return tl::make_unexpected(line.error());
  const bool one = options.settings.mode == trust::Mode::kHead || line->empty();
  if (one && answer.head.commit != answer.base.commit) *line = {answer.head.commit};
  const auto read = [&git](const std::string& hash) { return Plain(git.ReadObject(hash)); };
  auto judged = trust::JudgeCommits(*line, *keys, read, trust::VerifySignature, trust::Depth::kAll, nullptr,
                                    std::time(nullptr));
  if (!judged) return tl::make_unexpected(judged.error());
  answer.commits = std::move(*judged);
  return answer;
}

void PrintText(const Answer& answer, trust::HistoryRule rule) {
  if (!answer.descends) {
    std::printf(
        "%s %s does not descend from %s: it would have to be accepted on the daemon's host, or by a signed "
        "tag\n",
        rule == trust::HistoryRule::kAny ? "note:  " : "refused", answer.head.name.c_str(),
        answer.base.name.c_str());
  }
  if (!answer.keys && answer.commits.empty()) {
    std::printf("no signature is judged: the Site of %s names no keys (spec.verify), and none are given\n",
                answer.base.name.c_str());
    return;
  }
  size_t refused = 0;
  for (const trust::Judged& judged : answer.commits) {
    const bool good = judged.verdict.good();
    refused += good ? 0 : 1;
    std::printf("%s %s \"%s\" by %s %s\n", good ? "good   " : "refused", judged.commit.substr(0, 12).c_str(),
                judged.subject.c_str(), judged.author.c_str(), trust::Why(judged.verdict).c_str());
    if (!good) std::printf("        %s\n", std::string(trust::WhatToDo(judged.verdict.finding)).c_str());
  }
  std::printf("%zu of %zu commits would be refused\n", refused, answer.commits.size());
}

void PrintJson(const Answer& answer, trust::HistoryRule rule) {
  nlohmann::json commits = nlohmann::json::array();
  for (const trust::Judged& judged : answer.commits) {
    commits.push_back({{"commit", judged.commit},
                       {"author", judged.author},
                       {"subject", judged.subject},
                       {"finding", std::string(ToString(judged.verdict.finding))},
                       {"signer", judged.verdict.signer},
                       {"message", trust::Why(judged.verdict)}});
  }
  const nlohmann::json j = {{"base", answer.base.commit},  {"head", answer.head.commit},
                            {"descends", answer.descends}, {"keys", answer.keys},
                            {"commits", commits},          {"trusted", answer.Trusted(rule)}};
  std::puts(j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int Verify(const Options& options) {
  const auto answer = Judge(options);
  if (!answer) return Fail(answer.error().message);
  (options.output == Output::kJson ? PrintJson : PrintText)(*answer, options.settings.history);
  return answer->Trusted(options.settings.history) ? kOk : kFoundProblems;
}

}  // namespace

void AddVerify(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand(
      "verify", "Say which commits the daemon would refuse for their history or signatures");
  command->footer(
      "Keys are those of the files given here, as on the daemon's host, and those that BASE's own Site "
      "names:\n"
      "what HEAD adds does not count yet. A merge that the forge makes and signs is judged by that "
      "signature\n"
      "instead of its branch's. Exits with 0 where all is trusted, 1 where something would be refused.");
  const auto options = std::make_shared<Options>();
  command->add_option("BASE", options->base, "what is served: a branch, a tag or a commit")->required();
  command->add_option("HEAD", options->head, "what would be served")->capture_default_str();
  command->add_option("--repository", options->repository, "a checkout, or a repository on this machine")
      ->capture_default_str();
  command->add_option("--path", options->path, "folder of the repository that holds the fleet");
  const std::map<std::string, trust::Mode> modes = {{"head", trust::Mode::kHead},
                                                    {"range", trust::Mode::kRange}};
  command->add_option("--mode", options->settings.mode, "as the daemon's source.verify.mode: head or range")
      ->transform(CLI::CheckedTransformer(modes));
  const std::map<std::string, trust::HistoryRule> rules = {{"fast-forward", trust::HistoryRule::kFastForward},
                                                           {"any", trust::HistoryRule::kAny}};
  command->add_option("--history", options->settings.history, "as source.verify.history: fast-forward or any")
      ->transform(CLI::CheckedTransformer(rules));
  command->add_option("--allowed-signers", options->settings.allowed_signers, "SSH keys that may sign");
  command->add_option("--revoked-keys", options->settings.revoked_keys,
                      "SSH public keys that may sign no more");
  command->add_option("--pgp-keys", options->settings.pgp_keys, "OpenPGP keys that may sign");
  command->add_flag("--only-with-keys", options->only_with_keys,
                    "judge no signature where neither BASE's Site names keys nor a file is given");
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Verify(*options); }; });
}

}  // namespace slipway::cli
