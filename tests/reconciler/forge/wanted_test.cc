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

TEST(StatusesToSend, NoneTwiceAndACommitThatWasOvertakenIsNotLeftPending) {
  ForgeStatus memory;
  const WorkerStatus first = Seen("aa");
  ASSERT_EQ(StatusesToSend(memory, first, "").size(), 1U);
  NoteSent(memory, StatusesToSend(memory, first, "")[0], 1);
  EXPECT_TRUE(StatusesToSend(memory, first, "").empty());
  WorkerStatus changed = first;
  changed.conditions = {{"Ready", "False", "", "another word", 0, changed.observed_revision}};
  EXPECT_TRUE(StatusesToSend(memory, changed, "").empty()) << "pending is told once";
  ForgeStatus judged;
  NoteSent(judged, {"aa", CommitState::kFailure, "wrong", ""}, 1);
  EXPECT_TRUE(StatusesToSend(judged, first, "").empty())
      << "a worker that was started again has judged nothing yet";
  WorkerStatus second = Seen("bb");
  second.last_applied_revision = second.observed_revision;
  const auto both = StatusesToSend(memory, second, "");
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].commit, "aa");
  EXPECT_THAT(both[0].description, HasSubstr("bb"));
  for (const CommitStatus& status : both) NoteSent(memory, status, 2);
  EXPECT_TRUE(StatusesToSend(memory, second, "").empty());
  const auto again = DecodeForgeStatus(EncodeForgeStatus(memory));
  ASSERT_TRUE(again);
  EXPECT_TRUE(StatusesToSend(*again, second, "").empty()) << "nor after a restart";
  for (int i = 0; i < 1'000; ++i) NoteSent(memory, {std::to_string(i), CommitState::kSuccess, "", ""}, 3);
  EXPECT_LE(memory.statuses.size(), 64U);
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
