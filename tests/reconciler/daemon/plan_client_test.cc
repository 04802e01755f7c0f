#include "reconciler/daemon/plan_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "reconciler/daemon/files.h"
#include "reconciler/daemon/plan_worker.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The parent's side of a forge process's channel: answers the next question as a test says.
class PlanClientTest : public ::testing::Test {
 protected:
  PlanClientTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends_), 0);
    config_.state_dir = dir_.path().string();
    channel_ = std::make_unique<WorkerChannel>(ends_[0]);
    parent_ = std::make_unique<WorkerChannel>(ends_[1]);
  }

  PlanClient Client() {
    return {config_,
            *channel_,
            {[this](const std::string&, milliseconds deadline) { deadline_ = deadline; },
             [this](Message message) { others_.push_back(message.verb); }}};
  }

  /// Runs `answer` with the next question.
  std::thread Answering(std::function<void(const Message&)> answer) {
    return std::thread([this, answer = std::move(answer)] {
      if (const auto question = parent_->Receive(seconds(20))) answer(*question);
    });
  }

  void Say(const char* verb, const std::string& token, const std::string& argument, bool ok) {
    Message message;
    message.verb = verb;
    message.token = token;
    message.argument = argument;
    message.ok = ok;
    parent_->Send(message);
  }

  slipway::testing::TempDir dir_;
  DaemonConfig config_;
  int ends_[2] = {-1, -1};
  std::unique_ptr<WorkerChannel> channel_;
  std::unique_ptr<WorkerChannel> parent_;
  milliseconds deadline_{0};
  std::vector<std::string> others_;
};

TEST_F(PlanClientTest, TakesItsOwnAnswerAndKeepsWhatElseComes) {
  std::string asked;
  auto parent = Answering([&](const Message& question) {
    asked = question.verb + ' ' + question.argument;
    Say("look", "", "", true);
    Say("planned", "another's", "no", true);
    Say("ended", "another's", "", false);
    Say("planned", question.token, "yes", true);
  });
  const auto contains = Client().Contains("newer", "older");
  parent.join();
  ASSERT_TRUE(contains);
  EXPECT_TRUE(*contains);
  EXPECT_EQ(asked, "contains newer older");
  EXPECT_EQ(others_, std::vector<std::string>{"look"});
  EXPECT_GT(deadline_, 3 * config_.source.timeout) << "the other process's own watchdog is first";
}

TEST_F(PlanClientTest, APlanIsTheOneThatWasMadeForItsQuestion) {
  const forge::PlanComment made{"a body", "2 approved"};
  for (const bool own : {true, false}) {
    auto parent = Answering([&](const Message& question) {
      const std::string text = EncodePlanned(own ? question.token : "another's", made);
      EXPECT_TRUE(
          ReplaceFile(config_.state_dir + '/' + std::string(kPlannedName), text, Durability::kAtomicOnly));
      Say("planned", question.token, "", true);
    });
    const auto plan = Client().Plan("refs/pull/7/head");
    parent.join();
    ASSERT_EQ(plan.has_value(), own);
    if (own) {
      EXPECT_EQ(plan->body, made.body);
      EXPECT_EQ(plan->outcome, made.outcome);
    } else {
      EXPECT_EQ(plan.error().reaction, Reaction::kRetry);
    }
  }
}

TEST_F(PlanClientTest, TellsAQuestionThatEndedTheOtherProcessFromOneThatFailed) {
  for (const char* verb : {"ended", "planned"}) {
    auto parent =
        Answering([&](const Message& question) { Say(verb, question.token, "the remote is away", false); });
    const auto base = Client().Base();
    parent.join();
    ASSERT_FALSE(base);
    EXPECT_EQ(base.error().reaction, std::string(verb) == "ended" ? Reaction::kBug : Reaction::kRetry);
  }
}

TEST_F(PlanClientTest, WithoutAParentNobodyPlans) {
  WorkerChannel alone(-1);
  PlanClient client(config_, alone, {[](const std::string&, milliseconds) {}, [](Message) {}});
  EXPECT_FALSE(client.Base());
  parent_.reset();
  EXPECT_FALSE(Client().Base()) << "nor where it is gone";
}

TEST(Planned, WhatIsNoneIsAskedAgain) {
  for (const char* text : {"", "[]", "{", "{\"token\":\"2\"}", "{\"token\":\"1\",\"body\":1}"})
    EXPECT_FALSE(DecodePlanned(text, "1")) << text;
  EXPECT_TRUE(DecodePlanned(EncodePlanned("1", {"\xff", ""}), "1"));
}

}  // namespace
}  // namespace slipway
