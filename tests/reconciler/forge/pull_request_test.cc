#include "reconciler/forge/pull_request.h"

#include <gtest/gtest.h>

namespace slipway::forge {
namespace {

TEST(PullRequest, IsReadFromTheMessagesOfEachForge) {
  EXPECT_EQ(PullRequestOf("Merge pull request #12 from infra/add-worker\n\nAdd worker-02"), "#12");
  EXPECT_EQ(PullRequestOf("Add worker-02 (#13)"), "#13");
  EXPECT_EQ(PullRequestOf("Merge pull request 'Add worker-02 (again)' (#14) from add into main"), "#14");
  EXPECT_EQ(
      PullRequestOf("Merge branch 'add' into 'main'\n\nAdd worker-02\n\nSee merge request infra/fleet!34\n"),
      "!34");
}

TEST(PullRequest, IsNotInventedWhereTheMessageNamesNone) {
  for (const char* message :
       {"", "Add worker-02", "Fix #12", "Merge pull request #", "Odd (#12", "Odd (#)", "Odd (#1x)",
        "See merge request infra/fleet!34", "x\n\nSee merge request infra/fleet", "Long (#1234567890)"})
    EXPECT_EQ(PullRequestOf(message), "") << message;
}

}  // namespace
}  // namespace slipway::forge
