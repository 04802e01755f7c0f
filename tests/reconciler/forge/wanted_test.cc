#include "reconciler/forge/wanted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/forge/target.h"
#include "schema/fleet/codes.h"

namespace slipway::forge {
namespace {

using ::testing::HasSubstr;

WorkerStatus Seen(const std::string& commit) {
  WorkerStatus worker;
  worker.observed_revision = "main@sha1:" + commit;
  return worker;
}

TEST(WantedStatus, IsPendingUntilTheCommitIsServedOrRefused) {
  EXPECT_FALSE(WantedStatus({}, "")) << "nothing was seen yet";
  WorkerStatus worker = Seen("bb");
  worker.last_applied_revision = "main@sha1:aa";
  worker.conditions = {{"Ready", "True", "", "serving aa", 0, "main@sha1:aa"}};
  EXPECT_EQ(WantedStatus(worker, "page"),
            (CommitStatus{"bb", CommitState::kPending, "Being checked and rendered", "page"}));
  worker.last_applied_revision = "main@sha1:bb";
  EXPECT_EQ(WantedStatus(worker, "")->state, CommitState::kSuccess);
}

TEST(WantedStatus, ARefusedCommitFailsWithItsFirstError) {
  WorkerStatus worker = Seen("bb");
  worker.last_attempted_revision = worker.observed_revision;
  worker.conditions = {{"Ready", "False", "", "refused", 0, "main@sha1:bb"},
                       {"Stalled", "True", "", "refused", 0, "main@sha1:bb"}};
  worker.diagnostics = {{"a.yaml", {1, 1}, 1203, Severity::kWarning, "a warning", ""},
                        {"nodes/b.yaml", {7, 3}, 1204, Severity::kError, "it is wrong", ""}};
  worker.diagnostics_total = 3;
  const auto status = WantedStatus(worker, "");
  EXPECT_EQ(status->state, CommitState::kFailure);
  EXPECT_EQ(status->description, "1 of 3: nodes/b.yaml:7 SW1204: it is wrong");
  worker.last_attempted_revision = "main@sha1:aa";
  EXPECT_EQ(WantedStatus(worker, "")->description, "refused") << "the diagnostics are of another revision";
}

TEST(WantedStatus, WhatIsTriedAgainAndWhatARollbackHoldsBackStaysPending) {
  WorkerStatus worker = Seen("bb");
  worker.conditions = {
      {"Ready", "False", "AssetsMissing", "the kernel is being downloaded", 0, "main@sha1:bb"}};
  EXPECT_EQ(WantedStatus(worker, "")->state, CommitState::kPending);
  EXPECT_THAT(WantedStatus(worker, "")->description, HasSubstr("kernel"));
  worker.last_applied_revision = worker.observed_revision;
  worker.pinned_revision = "aa";
  EXPECT_EQ(WantedStatus(worker, "")->state, CommitState::kPending);
}

std::optional<bool> Never(const std::string&, const std::string&) {
  ADD_FAILURE() << "nobody needs to look at history";
  return std::nullopt;
}
std::optional<bool> Always(const std::string&, const std::string&) { return true; }
std::optional<bool> Dropped(const std::string&, const std::string&) { return false; }

TEST(StatusesToSend, NoneTwiceAndACommitThatWasOvertakenIsNotLeftPending) {
  ForgeStatus memory;
  const WorkerStatus first = Seen("aa");
  ASSERT_EQ(StatusesToSend(memory, first, "", Never).size(), 1U);
  NoteSent(memory, StatusesToSend(memory, first, "", Never)[0], 1);
  EXPECT_TRUE(StatusesToSend(memory, first, "", Never).empty());
  WorkerStatus changed = first;
  changed.conditions = {{"Ready", "False", "", "another word", 0, changed.observed_revision}};
  EXPECT_TRUE(StatusesToSend(memory, changed, "", Never).empty()) << "pending is told once";
  ForgeStatus judged;
  NoteSent(judged, {"aa", CommitState::kFailure, "wrong", ""}, 1);
  EXPECT_TRUE(StatusesToSend(judged, first, "", Never).empty())
      << "a worker that was started again has judged nothing yet";
  WorkerStatus second = Seen("bb");
  second.last_applied_revision = second.observed_revision;
  const auto both = StatusesToSend(memory, second, "", Always);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].commit, "bb") << "what people wait for comes first";
  EXPECT_EQ(both[1], (CommitStatus{"aa", CommitState::kSuccess, "Served as part of bb", ""}));
  for (const CommitStatus& status : both) NoteSent(memory, status, 2);
  EXPECT_TRUE(StatusesToSend(memory, second, "", Never).empty());
  const auto again = DecodeForgeStatus(EncodeForgeStatus(memory));
  ASSERT_TRUE(again);
  EXPECT_TRUE(StatusesToSend(*again, second, "", Never).empty()) << "nor after a restart";
  for (int i = 0; i < 1'000; ++i) NoteSent(memory, {std::to_string(i), CommitState::kSuccess, "", ""}, 3);
  EXPECT_LE(memory.statuses.size(), 64U);
}

WorkerStatus Served(const std::string& commit) {
  WorkerStatus worker = Seen(commit);
  worker.last_applied_revision = worker.observed_revision;
  return worker;
}

WorkerStatus Refused(const std::string& commit) {
  WorkerStatus worker = Seen(commit);
  worker.conditions = {{"Ready", "False", "", "refused", 0, worker.observed_revision},
                       {"Stalled", "True", "", "refused", 0, worker.observed_revision}};
  return worker;
}

/// What is sent, as it would be after each of a row of restarts.
std::vector<CommitStatus> Send(ForgeStatus& memory, const WorkerStatus& worker, const Contains& contains) {
  auto list = StatusesToSend(memory, worker, "", contains);
  for (const CommitStatus& status : list) {
    NoteSent(memory, status, 1);
    memory = *DecodeForgeStatus(EncodeForgeStatus(memory));
  }
  EXPECT_TRUE(StatusesToSend(memory, worker, "", contains).empty()) << "nothing is sent twice";
  return list;
}

TEST(StatusesToSend, ACommitThatWasDroppedFromTheBranchIsNotCalledServed) {
  ForgeStatus memory;
  Send(memory, Seen("aa"), Never);
  const auto sent = Send(memory, Served("bb"), Dropped);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].state, CommitState::kFailure);
  EXPECT_EQ(sent[1].description, "Not served: bb, which is, does not contain it");
  EXPECT_EQ(Send(memory, Served("cc"), Never).size(), 1U) << "that was its last word";
}

TEST(StatusesToSend, ACommitOvertakenByARefusedOneFailsUntilOneThatHoldsItIsServed) {
  ForgeStatus memory;
  Send(memory, Seen("aa"), Never);
  auto sent = Send(memory, Refused("bb"), Never);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].commit, "aa");
  EXPECT_EQ(sent[1].state, CommitState::kFailure);
  EXPECT_THAT(sent[1].description, HasSubstr("Overtaken by bb"));
  EXPECT_EQ(Send(memory, Refused("cc"), Never).size(), 1U) << "it failed already";
  EXPECT_EQ(Send(memory, Seen("dd"), Never).size(), 1U);
  sent = Send(memory, Served("dd"), Always);
  ASSERT_EQ(sent.size(), 2U) << "what was itself refused stays refused: bb and cc";
  EXPECT_EQ(sent[1], (CommitStatus{"aa", CommitState::kSuccess, "Served as part of dd", ""}));
}

TEST(StatusesToSend, WaitsWhereHistoryCannotBeAskedNow) {
  ForgeStatus memory;
  NoteSent(memory, {"aa", CommitState::kPending, "", ""}, 1);
  NoteSent(memory, {"bb", CommitState::kSuccess, "Served", ""}, 1);
  const auto unknown = [](const std::string&, const std::string&) { return std::optional<bool>(); };
  EXPECT_TRUE(StatusesToSend(memory, Served("bb"), "", unknown).empty());
  EXPECT_EQ(Send(memory, Served("bb"), Always).size(), 1U);
}

TEST(NoteSent, ForgetsWhatIsSettledFirst) {
  ForgeStatus memory;
  NoteSent(memory, {"open", CommitState::kPending, "", ""}, 1);
  for (int i = 0; i < 1'000; ++i) NoteSent(memory, {std::to_string(i), CommitState::kSuccess, "", ""}, 3);
  EXPECT_EQ(memory.statuses.front().commit, "open");
  EXPECT_EQ(memory.statuses.size(), 64U);
  for (int i = 0; i < 1'000; ++i) NoteSent(memory, {std::to_string(i), CommitState::kPending, "", ""}, 3);
  EXPECT_EQ(memory.statuses.size(), 64U) << "bounded all the same";
}

TEST(FindTarget, TakesFromTheRepositorysAddressWhatIsNotSet) {
  const auto root = [](Kind kind, const char* url) {
    return FindTarget(kind, "", "", url).value_or(Target{});
  };
  EXPECT_EQ(root(Kind::kGitHub, "https://github.com/o/r.git"),
            (Target{Kind::kGitHub, "https://api.github.com", "o/r"}));
  EXPECT_EQ(root(Kind::kGitHub, "git@github.com:o/r.git"),
            (Target{Kind::kGitHub, "https://api.github.com", "o/r"}));
  EXPECT_EQ(root(Kind::kGitHub, "ssh://git@ghe.example.org:2222/o/r"),
            (Target{Kind::kGitHub, "https://ghe.example.org/api/v3", "o/r"}));
  EXPECT_EQ(root(Kind::kGitLab, "https://user:secret@gitlab.example.org/a/b/c.git"),
            (Target{Kind::kGitLab, "https://gitlab.example.org/api/v4", "a/b/c"}));
  EXPECT_EQ(root(Kind::kGitea, "http://gitea.example.org:3000/o/r"),
            (Target{Kind::kGitea, "http://gitea.example.org:3000/api/v1", "o/r"}));
  EXPECT_EQ(FindTarget(Kind::kGitea, "https://x/api/v1/", "o/r", "file:///srv/fleet.git")->root,
            "https://x/api/v1");
}

TEST(FindTarget, SaysWhichSettingIsMissingOrWrong) {
  const auto problem = [](const char* root, const char* repository, const char* url) {
    const auto found = FindTarget(Kind::kGitHub, root, repository, url);
    return found ? "" : found.error().message;
  };
  EXPECT_THAT(problem("", "o/r", "file:///srv/fleet.git"), HasSubstr("forge.url"));
  EXPECT_THAT(problem("https://x", "", "/srv/fleet.git"), HasSubstr("forge.repository"));
  EXPECT_THAT(problem("https://x", "o/r/s", ""), HasSubstr("forge.repository"));
  EXPECT_THAT(problem("ftp://x", "o/r", ""), HasSubstr("https://"));
  const std::string with_token = problem("https://token@x", "o/r", "");
  EXPECT_THAT(with_token, HasSubstr("forge.token_file"));
  EXPECT_EQ(with_token.find("token@"), std::string::npos);
}

}  // namespace
}  // namespace slipway::forge
