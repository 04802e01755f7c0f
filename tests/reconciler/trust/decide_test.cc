// The decision alone: signatures are words here, `good:NAME` or anything else.
#include "reconciler/trust/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "reconciler/trust/accept_tag.h"

namespace slipway::trust {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Hash(char digit) { return std::string(40, digit); }

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    q_.revision = "main@sha1:" + Hash('c');
    q_.commit = Hash('c');
    q_.baseline = Hash('a');
    q_.descent = Descent::kDescendant;
    q_.mode = Mode::kRange;
    q_.keys.allowed_signers = "somebody";
    q_.range = [this]() -> Result<std::vector<std::string>> { return range_; };
    q_.read = [this](const std::string& hash) -> Result<std::string> {
      const auto found = objects_.find(hash);
      if (found == objects_.end()) return Retry("no " + hash);
      return found->second;
    };
    q_.verify = [this](const SignedObject& object, const KeySet&) -> Result<Verdict> {
      judged_.push_back(object.payload.substr(0, object.payload.find('\n')));
      if (object.kind == SignatureKind::kNone) return Verdict{};
      const size_t good = object.signature.find("good:");
      if (good == std::string::npos) return Verdict{Finding::kUnknownKey, "", "SHA256:eve"};
      return Verdict{Finding::kGood, object.signature.substr(good + 5, 3), ""};
    };
    for (const char digit : {'b', 'c'}) {
      range_.push_back(Hash(digit));
      Sign(digit, "good:ada");
    }
  }

  void Sign(char digit, const std::string& words) {
    const std::string signature =
        words.empty() ? "" : "gpgsig -----BEGIN SSH SIGNATURE-----\n " + words + "\n";
    objects_[Hash(digit)] = std::string("commit ") + digit + "\nauthor Eve <eve@x> 1 +0000\n" + signature +
                            "\nChange " + digit + "\n";
  }

  void Tag(const std::string& name, const std::string& words) {
    const std::string hash(40, static_cast<char>('1' + q_.tags.size()));
    objects_[hash] = "object " + q_.commit + "\ntype commit\ntag " + name + "\n\naccepted\n" +
                     (words.empty() ? "" : "-----BEGIN SSH SIGNATURE-----\n" + words + "\n");
    q_.tags.push_back(hash);
  }

  Decision Decided() {
    judged_.clear();
    const auto decision = Decide(q_);
    EXPECT_TRUE(decision) << decision.error().message;
    return decision.value_or(Decision{});
  }

  Question q_;
  std::vector<std::string> range_;
  std::map<std::string, std::string> objects_;
  std::vector<std::string> judged_;
};

TEST_F(DecideTest, ARangeThatIsSignedThroughoutIsTrustedAndItsNewestSignerIsNamed) {
  Sign('c', "good:bob");
  const Decision decision = Decided();
  EXPECT_TRUE(decision.trusted) << decision.message;
  EXPECT_EQ(decision.signer, "bob");
  EXPECT_EQ(decision.accepted_by, "");
  EXPECT_FALSE(decision.strays);
  EXPECT_THAT(judged_, ElementsAre("commit b", "commit c"));
}

TEST_F(DecideTest, AnUnsignedCommitInTheMiddleIsNamedWithWhatToDo) {
  Sign('b', "");
  const Decision decision = Decided();
  EXPECT_FALSE(decision.trusted);
  EXPECT_EQ(decision.reason, "VerificationError");
  for (const char* words : {"commit bbbbbbbbbbbb \"Change b\" by Eve <eve@x> is not signed", "git commit -S",
                            "one of 2 commits since aaaaaaaaaaaa", "`slipway accept cccccccccccc`",
                            "git tag -s -m accepted slipway/accept-cccccccccccc-after-aaaaaaaaaaaa"}) {
    EXPECT_THAT(decision.message, HasSubstr(words));
  }
}

TEST_F(DecideTest, HeadLooksAtTheNewestAloneAndOffAtNone) {
  Sign('b', "");
  q_.mode = Mode::kHead;
  EXPECT_TRUE(Decided().trusted);
  Sign('c', "");
  EXPECT_FALSE(Decided().trusted);
  q_.mode = Mode::kOff;
  EXPECT_TRUE(Decided().trusted);
  EXPECT_THAT(judged_, IsEmpty());
}

TEST_F(DecideTest, TheFirstRevisionStandsForItselfAlone) {
  q_.descent = Descent::kFirst;
  q_.baseline.clear();
  EXPECT_TRUE(Decided().trusted);
  EXPECT_THAT(judged_, ElementsAre("commit c"));
  Sign('c', "bad");
  const Decision decision = Decided();
  EXPECT_FALSE(decision.trusted);
  EXPECT_THAT(decision.message, HasSubstr("SHA256:eve, which is not allowed"));
  EXPECT_THAT(decision.message, HasSubstr("-after-nothing"));
}

TEST_F(DecideTest, WhatIsServedNeedsNoTrust) {
  q_.descent = Descent::kSame;
  Sign('c', "");
  EXPECT_TRUE(Decided().trusted);
}

TEST_F(DecideTest, ARewrittenBranchIsRefusedWithBothWaysOutEvenWhenSigned) {
  for (const Mode mode : {Mode::kOff, Mode::kRange}) {
    q_.mode = mode;
    q_.descent = Descent::kElsewhere;
    const Decision decision = Decided();
    EXPECT_FALSE(decision.trusted);
    EXPECT_EQ(decision.reason, "HistoryRewritten");
    EXPECT_THAT(decision.message, HasSubstr("git push --force origin " + Hash('a') + ":main"));
    EXPECT_THAT(decision.message, HasSubstr("`slipway accept cccccccccccc`"));
    EXPECT_THAT(decision.message, Not(HasSubstr("does not have")));
    q_.descent = Descent::kServedGone;
    EXPECT_THAT(Decided().message, HasSubstr("which the repository does not have any more"));
  }
}

TEST_F(DecideTest, WhereAnyHistoryMayComeSignaturesCountAllTheSame) {
  q_.rule = HistoryRule::kAny;
  q_.descent = Descent::kElsewhere;
  EXPECT_TRUE(Decided().trusted);
  range_.clear();  // moved back: nothing is new
  Sign('c', "");
  EXPECT_FALSE(Decided().trusted) << "the newest commit is always judged";
  q_.rule = HistoryRule::kFastForward;
  q_.chosen_by_host = true;
  Sign('c', "good:ada");
  EXPECT_TRUE(Decided().trusted) << "the host's own file names the commit";
}

TEST_F(DecideTest, TheHostsWordLiftsBothChecks) {
  q_.descent = Descent::kElsewhere;
  Sign('c', "");
  q_.accepted_by = "root, slipway accept";
  const Decision decision = Decided();
  EXPECT_TRUE(decision.trusted);
  EXPECT_EQ(decision.accepted_by, "root, slipway accept");
  EXPECT_TRUE(decision.strays);
  EXPECT_EQ(decision.signer, "");
}

TEST_F(DecideTest, ASignedTagThatNamesTheStepLiftsBothChecks) {
  Sign('b', "");
  q_.descent = Descent::kElsewhere;
  Tag("v1.0", "good:ada");
  Tag(AcceptTagName(q_.commit, q_.baseline), "good:ada");
  const Decision decision = Decided();
  EXPECT_TRUE(decision.trusted) << decision.message;
  EXPECT_EQ(decision.accepted_by, "ada, tag slipway/accept-cccccccccccc-after-aaaaaaaaaaaa");
  EXPECT_EQ(decision.signer, "ada");
}

TEST_F(DecideTest, ATagThatDoesNotCountIsNamedWithTheReason) {
  q_.descent = Descent::kElsewhere;
  const std::string name = AcceptTagName(q_.commit, q_.baseline);
  Tag(name, "");
  EXPECT_THAT(Decided().message, HasSubstr("the tag " + name + " does not count: it is not signed"));
  q_.tags.clear();
  Tag(name, "bad");
  EXPECT_THAT(Decided().message, HasSubstr("does not count: it is signed by the key SHA256:eve"));
  q_.tags.clear();
  Tag(AcceptTagName(q_.commit, Hash('9')), "good:ada");
  EXPECT_THAT(Decided().message, HasSubstr("does not count: it is not named for this step"));
}

TEST_F(DecideTest, TagsAreLookedAtOnlyWhereSomethingIsRefused) {
  Tag(AcceptTagName(q_.commit, q_.baseline), "good:ada");
  EXPECT_EQ(Decided().accepted_by, "");
  EXPECT_THAT(judged_, ElementsAre("commit b", "commit c"));
}

TEST_F(DecideTest, ATagThatCannotBeReadRefusesNothing) {
  q_.tags = {Hash('8')};
  EXPECT_TRUE(Decided().trusted);
  Sign('c', "");
  q_.read = [this](const std::string& hash) -> Result<std::string> {
    if (!objects_.contains(hash)) return FixInput("it has more than 1 MiB");
    return objects_[hash];
  };
  EXPECT_THAT(Decided().message, HasSubstr("does not count: it has more than 1 MiB"));
}

TEST_F(DecideTest, TroubleIsNoVerdict) {
  objects_.erase(Hash('b'));
  EXPECT_FALSE(Decide(q_));
  q_.range = []() -> Result<std::vector<std::string>> { return Retry("the disk"); };
  EXPECT_FALSE(Decide(q_));
  q_.range = []() -> Result<std::vector<std::string>> {
    return FixInput("there are more than 10000 commits");
  };
  const Decision decision = Decided();
  EXPECT_FALSE(decision.trusted);
  EXPECT_THAT(decision.message, HasSubstr("more than 10000 commits"));
  EXPECT_THAT(decision.message, HasSubstr("slipway accept"));
}

TEST_F(DecideTest, AGrowingRangeIsJudgedOnlyWhereItGrewUntilTimeOrKeysPass) {
  VerdictCache cache;
  q_.cache = &cache;
  EXPECT_TRUE(Decided().trusted);
  EXPECT_EQ(judged_.size(), 2u);
  range_.push_back(Hash('d'));
  Sign('d', "");
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(Decided().trusted);
    EXPECT_THAT(judged_, ElementsAre("commit d")) << "what is not good is never remembered";
  }
  q_.now += 3600;
  EXPECT_FALSE(Decided().trusted);
  EXPECT_EQ(judged_.size(), 3u) << "keys expire";
  q_.keys.allowed_signers = "somebody else";
  EXPECT_FALSE(Decided().trusted);
  EXPECT_EQ(judged_.size(), 3u);
  q_.now -= 7200;
  EXPECT_FALSE(Decided().trusted);
  EXPECT_EQ(judged_.size(), 3u) << "the clock was set back";
}

}  // namespace
}  // namespace slipway::trust
