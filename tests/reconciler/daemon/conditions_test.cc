#include "reconciler/daemon/conditions.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Conditions, TheTimeMovesOnlyWithTheStatus) {
  std::vector<Condition> conditions;
  SetCondition(conditions, {"Ready", "True", "A", "first", 10, "r1"});
  SetCondition(conditions, {"Ready", "True", "B", "second", 20, "r2"});
  ASSERT_EQ(conditions.size(), 1U);
  EXPECT_EQ(conditions[0], (Condition{"Ready", "True", "B", "second", 10, "r2"}));
  SetCondition(conditions, {"Ready", "False", "C", "third", 30, "r3"});
  EXPECT_EQ(conditions[0].last_transition, 30);
}

TEST(Conditions, AbnormalOnesGoAwayWhenCleared) {
  std::vector<Condition> conditions;
  SetCondition(conditions, {"FetchFailed", "True", "A", "", 1, ""});
  SetCondition(conditions, {"Ready", "False", "A", "", 1, ""});
  ClearCondition(conditions, "FetchFailed");
  ASSERT_EQ(conditions.size(), 1U);
  EXPECT_EQ(conditions[0].type, "Ready");
}

}  // namespace
}  // namespace slipway
