#include "reconciler/daemon/pull_planner.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/reconciler/render/fleet_fixture.h"
#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using testing::Sh;

class PullPlannerTest : public ::testing::Test {
 protected:
  PullPlannerTest() {
    Sh(dir_.path(), "git init -q --initial-branch main work");
    for (const auto& [path, bytes] : SmallFleet()) {
      std::filesystem::create_directories((work() / path).parent_path());
      std::ofstream(work() / path) << bytes;
    }
    Commit("Begin");
    config_.source.url = "file://" + work().string();
    config_.source.branch = "main";
    config_.state_dir = dir_.path();
  }

  std::filesystem::path work() const { return dir_ / "work"; }
  void Commit(const std::string& subject) {
    Sh(work(),
       "git add -A && git -c user.name=Lab -c user.email=lab@example.org commit -q -m '" + subject + "'");
  }
  /// Changes the fleet on a branch of its own.
  void Branch(const std::string& name, const std::string& shell_changes) {
    Sh(work(), "git checkout -q -b " + name + " main && " + shell_changes);
    Commit("Change " + name);
    Sh(work(), "git checkout -q main");
  }

  testing::TempDir dir_;
  DaemonConfig config_;
};

TEST_F(PullPlannerTest, PlansOnePullRequestAfterTheOtherOntoTheSameBranch) {
  Branch("edited", "sed -i 's/00:11/00:12/' nodes/worker-1.yaml");
  Branch("broken", "echo 'spec: [' >> nodes/worker-1.yaml");
  PullPlanner planner(config_, Renderer(), [](const std::string&, std::chrono::milliseconds) {});
  const auto base = planner.FetchBase();
  ASSERT_TRUE(base) << base.error().error.message;
  for (int round = 0; round < 2; ++round) {
    const auto edited = planner.Plan("refs/heads/edited", 65'536);
    ASSERT_TRUE(edited) << edited.error().message;
    EXPECT_EQ(edited->outcome, "0 approved, 0 withdrawn, 1 changed, 1 unchanged");
    EXPECT_THAT(edited->body, HasSubstr("http://10.0.5.10:8080/talos/configs/02-00-00-00-00-12.yaml"));
    const auto broken = planner.Plan("refs/heads/broken", 65'536);
    ASSERT_TRUE(broken) << broken.error().message;
    EXPECT_THAT(broken->outcome, HasSubstr("would be refused: 1 problem"));
  }
}

}  // namespace
}  // namespace slipway
