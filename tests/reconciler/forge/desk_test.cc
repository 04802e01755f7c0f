// Forges that refuse, are down, want a pause or answer garbage; processes that end in the middle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording.h"

namespace slipway::forge {
namespace {

using ::testing::HasSubstr;
using testing::kHolds;

/// A forge that answers what it is told to, and counts.
class DeskTest : public ::testing::Test {
 protected:
  Desk MakeDesk() {
    return {*api_,
            memory_,
            "<!-- m -->",
            {[this](const ApiRequest& request) {
               asked_.push_back(std::string(ToString(request.method)) + ' ' + request.path);
               if (answers_.empty()) return Status(201, "{\"id\":1}");
               ApiResponse response = answers_.front();
               if (answers_.size() > 1) answers_.erase(answers_.begin());
               return response;
             },
             [this] { saved_ = EncodeForgeStatus(memory_); }, [this] { return now_; }}};
  }

  static ApiResponse Status(int status, std::string body = "{}") {
    ApiResponse response;
    response.status = status;
    response.body = std::move(body);
    if (status == 0) response.problem = "no connection to https://forge";
    return response;
  }

  static WorkerStatus Served(const std::string& commit) {
    WorkerStatus worker;
    worker.observed_revision = "main@sha1:" + commit;
    worker.last_applied_revision = worker.observed_revision;
    return worker;
  }

  static Pull OpenPull(int64_t number) {
    Pull pull;
    pull.number = number;
    pull.head = "head" + std::to_string(number);
    pull.base_branch = "main";
    return pull;
  }

  std::unique_ptr<const Api> api_ = MakeApi(Kind::kGitHub, "o/r");
  ForgeStatus memory_;
  std::vector<ApiResponse> answers_;
  std::vector<std::string> asked_;
  std::string saved_;
  int64_t now_ = 1'000'000;
};

TEST_F(DeskTest, AForgeThatIsDownIsAskedAgainLaterAndLater) {
  Desk desk = MakeDesk();
  answers_ = {Status(0)};
  desk.SendStatuses(Served("aa"), "", kHolds);
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_EQ(asked_.size(), 1U) << "not before its time";
  EXPECT_THAT(memory_.problem, HasSubstr("no connection"));
  const int64_t first = memory_.not_before - now_;
  now_ = memory_.not_before;
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_EQ(asked_.size(), 2U);
  EXPECT_GT(memory_.not_before - now_, first);
  answers_ = {Status(201)};
  now_ = memory_.not_before;
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_EQ(memory_.problem, "");
  EXPECT_EQ(memory_.statuses.size(), 1U);
}

TEST_F(DeskTest, ARefusalOfOneKindStopsNoOther) {
  Desk desk = MakeDesk();
  answers_ = {Status(403, R"({"message":"Resource not accessible by personal access token"})")};
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_THAT(memory_.problem, HasSubstr("Resource not accessible"));
  EXPECT_THAT(memory_.problem, HasSubstr("contrib/FORGES.md"));
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_EQ(asked_.size(), 1U);
  answers_ = {Status(200, "[]")};
  EXPECT_TRUE(desk.OpenPulls("main"));
  EXPECT_NE(memory_.problem, "") << "the status is still refused";
  answers_ = {Status(201)};
  desk.TryAgain();
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_EQ(memory_.problem, "");
}

TEST_F(DeskTest, AnAnswerThatIsGarbageIsSaidAndAskedAgainLater) {
  Desk desk = MakeDesk();
  answers_ = {Status(200, "<html>Sign in</html>")};
  desk.SendStatuses(Served("aa"), "", kHolds);
  EXPECT_THAT(memory_.problem, HasSubstr("forge.url"));
  EXPECT_GT(memory_.not_before, now_);
  EXPECT_TRUE(memory_.statuses.empty()) << "a sign-in page has taken no status";
  now_ = memory_.not_before;
  answers_ = {Status(200, "{}")};
  EXPECT_FALSE(desk.OpenPulls("main")) << "no list";
  EXPECT_GT(memory_.not_before, now_);
  EXPECT_EQ(memory_.requests["garbage"], 1U);
}

TEST_F(DeskTest, APullRequestOverWhosePlanTheProcessEndsIsPlannedOnceMoreAndThenGivenUp) {
  int plans = 0;
  const auto plan = [&plans](const Pull& pull) -> Result<PlanComment> {
    ++plans;
    if (pull.number == 7) return Bug("the process that plans ended over it");
    return PlanComment{"<!-- m --> eight", "fine"};
  };
  answers_ = {Status(200, "[]"), Status(201, R"({"id":6,"body":""})")};
  MakeDesk().CommentPulls({OpenPull(7), OpenPull(8)}, "base", 9, plan);
  EXPECT_EQ(plans, 2) << "the others go on";
  EXPECT_EQ(memory_.pulls[0].comment, 0) << "once may have been another's fault";
  memory_ = *DecodeForgeStatus(saved_);  // also by a process that was started again
  Desk desk = MakeDesk();
  answers_ = {Status(200, "[]"), Status(201, R"({"id":5,"body":""})")};
  desk.CommentPulls({OpenPull(7), OpenPull(8)}, "base", 9, plan);
  EXPECT_EQ(memory_.pulls[0].outcome, "could not be planned");
  EXPECT_EQ(memory_.pulls[0].comment, 5);
  desk.CommentPulls({OpenPull(7), OpenPull(8)}, "base", 9, plan);
  EXPECT_EQ(plans, 3) << "nor is it planned again before it moves";
}

TEST_F(DeskTest, SomebodyElsesCommentThatBeginsLikeOursIsLeftAlone) {
  Desk desk = MakeDesk();
  answers_ = {Status(200, R"([{"id":3,"body":"<!-- m --> trap"}])"), Status(403),
              Status(201, R"({"id":9,"body":""})"), Status(200, R"({"id":9,"body":""})")};
  int plans = 0;
  const auto plan = [&](const Pull&) -> Result<PlanComment> {
    return PlanComment{"<!-- m --> " + std::to_string(++plans), ""};
  };
  desk.CommentPulls({OpenPull(7)}, "one", 9, plan);
  EXPECT_EQ(memory_.pulls.at(0).comment, 9);
  desk.CommentPulls({OpenPull(7)}, "two", 9, plan);
  EXPECT_EQ(asked_.back(), "PATCH /repos/o/r/issues/comments/9");
  EXPECT_EQ(memory_.problem, "");
}

TEST_F(DeskTest, ACommentThatWasDeletedIsMadeAgain) {
  Desk desk = MakeDesk();
  PullNote note;
  note.number = 7;
  note.comment = 3;
  memory_.pulls = {note};
  answers_ = {Status(404), Status(201, R"({"id":9,"body":""})")};
  desk.CommentPulls({OpenPull(7)}, "base", 9, [](const Pull&) -> Result<PlanComment> {
    return PlanComment{"<!-- m -->", ""};
  });
  EXPECT_EQ(memory_.pulls[0].comment, 9);
}

TEST_F(DeskTest, AnOvertakenCommitThatTheForgeForgotIsForgottenAndStopsNothing) {
  for (const char* known : {"old", "older"}) NoteSent(memory_, {known, CommitState::kPending, "", ""}, 1);
  Desk desk = MakeDesk();
  answers_ = {Status(201), Status(422, R"({"message":"No commit found for SHA: old"})"), Status(201)};
  desk.SendStatuses(Served("new"), "", kHolds);
  EXPECT_EQ(asked_.size(), 3U);
  EXPECT_EQ(memory_.problem, "");
  ASSERT_EQ(memory_.statuses.size(), 2U);
  EXPECT_EQ(memory_.statuses[1].description, "Served as part of new");
  desk.SendStatuses(Served("new"), "", kHolds);
  EXPECT_EQ(asked_.size(), 3U);
}

TEST_F(DeskTest, AnOvertakenCommitIsNotForgottenOverATokenThatExpired) {
  NoteSent(memory_, {"old", CommitState::kPending, "", ""}, 1);
  NoteSent(memory_, {"new", CommitState::kSuccess, "Served", ""}, 1);
  Desk desk = MakeDesk();
  answers_ = {Status(401)};
  desk.SendStatuses(Served("new"), "", kHolds);
  EXPECT_EQ(memory_.statuses.size(), 2U);
  EXPECT_NE(memory_.problem, "");
  answers_ = {Status(201)};
  desk.TryAgain();
  desk.SendStatuses(Served("new"), "", kHolds);
  EXPECT_EQ(memory_.statuses.back().description, "Served as part of new");
}

Proposal ProposalFor(const char* mac, const char* uuid = "") {
  MachineFacts facts;
  facts.macs = {*Mac::Parse(mac)};
  facts.uuid = uuid;
  return MakeProposal({"w-1", "nodes/w-1.yaml", "", "home", Role::kWorker, "kind: Node\n"}, facts, ".", 1);
}

TEST_F(DeskTest, EveryStepOfAProposalMayFailAndTheNextRunOpensOnePullRequestAllTheSame) {
  const char* opened =
      R"({"number":5,"state":"open","html_url":"u","head":{"sha":"s","ref":"slipway/machine-52-54-00-00-00-01"},"base":{"ref":"main"}})";
  const std::vector<ApiResponse> good = {Status(200, "[]"), Status(201), Status(201), Status(201, opened)};
  for (size_t broken = 0; broken < good.size(); ++broken) {
    SCOPED_TRACE(broken);
    memory_ = {};
    asked_.clear();
    Desk desk = MakeDesk();
    desk.Begin(ProposalFor("52:54:00:00:00:01"));
    answers_ = good;
    answers_[broken] = Status(500);
    desk.MakeProposals("main", "base");
    EXPECT_EQ(memory_.proposals[0].state, ProposalState::kWaiting);
    now_ = memory_.not_before;
    answers_ = good;
    // What the first run made is there already: each forge says so with a 4xx.
    for (size_t made = 1; made < broken; ++made)
      answers_[made] = Status(422, R"({"message":"Reference already exists"})");
    desk.MakeProposals("main", "base");
    EXPECT_EQ(memory_.proposals[0].state, ProposalState::kOpen);
    EXPECT_EQ(memory_.proposals[0].pull, 5);
  }
}

TEST_F(DeskTest, AProposalWhoseAnswerWasLostIsFoundByItsBranch) {
  Desk desk = MakeDesk();
  desk.Begin(ProposalFor("52:54:00:00:00:01"));
  for (const auto& [state, merged, wanted] :
       {std::tuple("open", "null", ProposalState::kOpen),
        std::tuple("closed", "null", ProposalState::kDeclined),
        std::tuple("closed", "\"2026-01-01T00:00:00Z\"", ProposalState::kMerged)}) {
    memory_.proposals[0].state = ProposalState::kWaiting;
    answers_ = {Status(200, std::string("[{\"number\":5,\"state\":\"") + state +
                                "\",\"merged_at\":" + merged +
                                ",\"head\":{\"sha\":\"s\",\"ref\":\"slipway/machine-52-54-00-00-00-01\"}}]")};
    asked_.clear();
    desk.MakeProposals("main", "base");
    EXPECT_EQ(memory_.proposals[0].state, wanted);
    EXPECT_EQ(asked_.size(), 1U) << "nothing is made";
  }
}

TEST(Judge, SaysWhatToDoForEveryWayThatAForgeRefuses) {
  const ApiRequest request{Method::kPost, "/x", "{}", "setting the status of abc"};
  const auto judged = [&](int status, std::string body = "{}", std::string after = "",
                          std::string remaining = "", std::string reset = "") {
    ApiResponse response;
    response.status = status;
    response.problem = "no connection";
    response.body = std::move(body);
    response.retry_after = std::move(after);
    response.remaining = std::move(remaining);
    response.reset = std::move(reset);
    return Judge(request, response, 1'000);
  };
  using K = Verdict::Kind;
  EXPECT_EQ(judged(201).kind, K::kDone);
  EXPECT_EQ(judged(0).kind, K::kLater);
  EXPECT_THAT(judged(401).message, HasSubstr("make a new one"));
  EXPECT_THAT(judged(403).message, HasSubstr("permissions"));
  EXPECT_THAT(judged(404).message, HasSubstr("forge.repository"));
  EXPECT_THAT(judged(302).message, HasSubstr("forge.url"));
  EXPECT_EQ(judged(302).kind, K::kRefused);
  EXPECT_EQ(judged(500).kind, K::kLater);
  EXPECT_EQ(judged(503, "{}", "120").not_before, 1'120);
  EXPECT_EQ(judged(429, "{}", "30").not_before, 1'030);
  EXPECT_EQ(judged(429).not_before, 1'060) << "a pause without a time is a minute";
  EXPECT_EQ(judged(403, "{}", "", "0", "1500").not_before, 1'500);
  EXPECT_EQ(judged(403, "{}", "", "0", "1500").kind, K::kLater)
      << "GitHub's rate limit is no missing permission";
  EXPECT_EQ(judged(201, "{}", "", "0", "1500").not_before, 1'500) << "the last of the quota";
  EXPECT_EQ(judged(429, "{}", "999999999").not_before, 4'600) << "at most an hour";
  EXPECT_EQ(judged(429, "{}", "Thu, 01 Jan 1970 00:20:00 GMT").not_before, 1'200);
  EXPECT_EQ(judged(422, R"({"message":"Reference already exists"})").kind, K::kExists);
  EXPECT_EQ(judged(400, R"({"message":"Cannot transition status via :enqueue from :pending"})").kind,
            K::kExists);
  EXPECT_EQ(
      judged(422, R"({"message":"This SHA and context has reached the maximum number of statuses."})").kind,
      K::kRefused);
  EXPECT_THAT(judged(422, "{\"message\":\"a\\nb\"}").message, HasSubstr("(a b)"));
  EXPECT_THAT(
      judged(422, R"({"message":"Validation Failed","errors":[{"field":"head","code":"invalid"}]})").message,
      HasSubstr("Validation Failed: head invalid"));
  EXPECT_EQ(judged(403, R"({"message":"You have exceeded a secondary rate limit."})").not_before, 1'060)
      << "without a field, as GitHub's secondary limits may come";
  EXPECT_EQ(judged(409, R"({"message":"The branch already exists."})").kind, K::kExists);
  EXPECT_EQ(judged(409, R"({"message":"Git Repository is empty."})").kind, K::kLater)
      << "a conflict is not what was asked for";
}

TEST(Judge, ARedirectSaysWhichSettingIsOld) {
  const ApiRequest request{Method::kGet, "/repos/o/r/pulls", "", "listing"};
  const auto said = [&request](const char* location) {
    ApiResponse response;
    response.status = 301;
    response.location = location;
    return Judge(request, response, 0).message;
  };
  EXPECT_THAT(said("https://api.example.org/repositories/7/pulls"), HasSubstr("set forge.repository"));
  EXPECT_THAT(said("https://gitlab.example.org/api/v4/projects/7/merge_requests"),
              HasSubstr("set forge.repository"));
  EXPECT_THAT(said("/api/v1/repos/new/name/pulls"), HasSubstr("set forge.repository"));
  EXPECT_THAT(said("https://new.example.org/api/repos/o/r/pulls"),
              HasSubstr("set forge.url to https://new.example.org/api"));
  EXPECT_THAT(said("https://sso.example.org/login"), HasSubstr("is no API"));
}

TEST(Pages, GoOnWhereTheLinkFieldSaysSoAndWithoutItWhileTheyAreFull) {
  ApiResponse response;
  EXPECT_TRUE(GoesOn(response, 50, 50));
  EXPECT_FALSE(GoesOn(response, 49, 50));
  response.link = R"(<https://g/x?page=2>; rel="next",<https://g/x?page=9>; rel="last")";
  EXPECT_TRUE(GoesOn(response, 30, 50)) << "a forge whose administrator made pages smaller";
  response.link = R"(<https://g/x?page=1>; rel="first",<https://g/x?page=1>; rel="prev")";
  EXPECT_FALSE(GoesOn(response, 50, 50));
}

TEST(Judge, BackOffDoublesUpToTenMinutes) {
  EXPECT_EQ(BackOff(1), 5);
  EXPECT_EQ(BackOff(2), 10);
  EXPECT_EQ(BackOff(50), 600);
}

}  // namespace
}  // namespace slipway::forge
