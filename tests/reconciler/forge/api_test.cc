// The sequences that a desk asks, against conversations as GitHub, GitLab and Gitea document them.
#include "recording.h"

namespace slipway::forge {
namespace {

using testing::kHolds;
using testing::Recording;

constexpr const char* kCommit = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
constexpr const char* kBase = "c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c";
constexpr const char* kPage = "https://boot.example.org/";

struct Dialect {
  const char* name;
  Kind kind;
  const char* repository;
};

class RecordedForge : public ::testing::TestWithParam<Dialect> {
 protected:
  RecordedForge()
      : recording_(GetParam().name),
        api_(MakeApi(GetParam().kind, GetParam().repository)),
        desk_(*api_, memory_, "<!-- m -->",
              {[this](const ApiRequest& request) { return recording_.Answer(request); }, [this] { ++saved_; },
               [] { return int64_t{1'000'000}; }}) {}

  WorkerStatus Worker(bool served) const {
    WorkerStatus worker;
    worker.observed_revision = std::string("main@sha1:") + kCommit;
    if (served) worker.last_applied_revision = worker.observed_revision;
    return worker;
  }

  Proposal Machine() const {
    NewNode node{"worker-3", "nodes/worker-3.yaml", "", "home", Role::kWorker, "kind: Node\n"};
    MachineFacts facts;
    facts.macs = {*Mac::Parse("52:54:00:00:00:01")};
    Proposal proposal = MakeProposal(node, facts, "fleets/home", 1);
    proposal.body = "facts";
    return proposal;
  }

  Recording recording_;
  std::unique_ptr<const Api> api_;
  ForgeStatus memory_;
  int saved_ = 0;
  Desk desk_;
};

TEST_P(RecordedForge, IsToldAndAskedAsItsDocumentationSays) {
  desk_.SendStatuses(Worker(false), kPage, kHolds);
  desk_.SendStatuses(Worker(false), kPage, kHolds);  // nothing new
  desk_.SendStatuses(Worker(true), kPage, kHolds);
  EXPECT_EQ(recording_.asked(), 2U) << "a status is never sent twice";

  auto pulls = desk_.OpenPulls("main");
  ASSERT_TRUE(pulls);
  ASSERT_EQ(pulls->size(), 1U);
  EXPECT_TRUE(pulls->front().from_fork);
  EXPECT_EQ(pulls->front().head, "a5fe1c1d9a6f3b1d0a2e4d3c2b1a09f8e7d6c5b4");
  EXPECT_EQ(pulls->front().state, PullState::kOpen);
  EXPECT_FALSE(pulls->front().url.empty());

  int plans = 0;
  const auto plan = [&plans](const Pull&) -> Result<PlanComment> {
    return PlanComment{++plans == 1 ? "<!-- m -->\nthe first plan" : "<!-- m -->\nthe second plan",
                       "changes"};
  };
  desk_.CommentPulls(*pulls, kBase, 9, plan);
  desk_.CommentPulls(*pulls, kBase, 9, plan);  // neither base nor head moved
  EXPECT_EQ(plans, 1);
  pulls->front().head = kCommit;
  desk_.CommentPulls(*pulls, kBase, 9, plan);
  desk_.CommentPulls(*pulls, kCommit, 9, plan);  // the base moved, and the plan is the same: nothing is sent
  EXPECT_EQ(plans, 3);
  EXPECT_EQ(recording_.asked(), 6U) << "one comment, updated in place";

  desk_.Begin(Machine());
  desk_.MakeProposals("main", kBase);
  desk_.MakeProposals("main", kBase);
  ASSERT_EQ(memory_.proposals.size(), 1U);
  EXPECT_EQ(memory_.proposals[0].state, ProposalState::kOpen);
  EXPECT_FALSE(memory_.proposals[0].url.empty());
  desk_.FollowProposals({});
  EXPECT_EQ(memory_.proposals[0].state, ProposalState::kDeclined) << "closed unmerged means no";
  desk_.FollowProposals({});
  desk_.MakeProposals("main", kBase);
  EXPECT_EQ(recording_.rest(), 0U);
  EXPECT_EQ(memory_.problem, "");
  EXPECT_GT(saved_, 0);
  EXPECT_EQ(DecodeForgeStatus(EncodeForgeStatus(memory_)), memory_);
}

INSTANTIATE_TEST_SUITE_P(Forges, RecordedForge,
                         ::testing::Values(Dialect{"github", Kind::kGitHub, "octocat/Hello-World"},
                                           Dialect{"gitea", Kind::kGitea, "infra/fleet"},
                                           Dialect{"gitlab", Kind::kGitLab, "infra/boot/fleet"}),
                         [](const auto& forge) { return std::string(forge.param.name); });

TEST(Api, CarriesTheTokenInEachForgesField) {
  using Field = std::pair<std::string, std::string>;
  EXPECT_EQ(MakeApi(Kind::kGitHub, "o/r")->Authorization("T"), Field("Authorization", "Bearer T"));
  EXPECT_EQ(MakeApi(Kind::kGitea, "o/r")->Authorization("T"), Field("Authorization", "token T"));
  EXPECT_EQ(MakeApi(Kind::kGitLab, "o/r")->Authorization("T"), Field("PRIVATE-TOKEN", "T"));
  EXPECT_EQ(MakeApi(Kind::kGeneric, "o/r"), nullptr);
}

TEST(Api, CutsDescriptionsToWhatEachForgeTakesAndKeepsThemOnOneLine) {
  CommitStatus status{"abc", CommitState::kFailure, std::string(300, 'x') + "\n" + std::string(100, 'y'), ""};
  const auto length = [&status](Kind kind) {
    const auto body = nlohmann::json::parse(MakeApi(kind, "o/r")->SetStatus(status).body);
    EXPECT_FALSE(body.contains("target_url"));
    return body["description"].get<std::string>().size();
  };
  EXPECT_LE(length(Kind::kGitHub), 140U);
  EXPECT_LE(length(Kind::kGitLab), 255U);
  status.description = "a\nb\x01 \xE2\x80";
  const auto body = nlohmann::json::parse(MakeApi(Kind::kGitHub, "o/r")->SetStatus(status).body);
  EXPECT_EQ(body["description"].get<std::string>().substr(0, 4), "a b ");
  EXPECT_EQ(nlohmann::json::parse(MakeApi(Kind::kGitLab, "o/r")->SetStatus(status).body)["state"], "failed");
}

TEST(Api, AnswersThatAreNotAsDocumentedAreNoAnswers) {
  for (const Kind kind : {Kind::kGitHub, Kind::kGitLab, Kind::kGitea}) {
    const auto api = MakeApi(kind, "o/r");
    for (const char* garbage :
         {"", "<html>", "{}", "[{}]", "[1]", "null", "[{\"number\":\"7\"}]", "[{\"iid\":-1}]"}) {
      EXPECT_FALSE(api->ReadPulls(garbage)) << garbage;
      EXPECT_FALSE(api->ReadPull(garbage)) << garbage;
      EXPECT_FALSE(api->ReadComments(garbage)) << garbage;
      EXPECT_FALSE(api->ReadComment(garbage)) << garbage;
    }
    EXPECT_TRUE(api->ReadPulls("[]"));
  }
}

}  // namespace
}  // namespace slipway::forge
