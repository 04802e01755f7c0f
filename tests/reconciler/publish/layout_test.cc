#include "reconciler/publish/layout.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "reconciler/publish/crash_switch.h"
#include "reconciler/publish/publisher.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

TEST(GenerationNames, AreMadeAndReadBack) {
  EXPECT_EQ(GenerationName(42, "3f2c9d1e0ab4ffff"), "000042-3f2c9d1e0ab4");
  EXPECT_EQ(GenerationName(1234567, "abc"), "1234567-abc000000000");
  EXPECT_EQ(GenerationName(1, "../../../../"), "000001-000000000000");
  EXPECT_EQ(ParseGenerationName("000042-3f2c9d1e0ab4"), (GenerationId{42, "3f2c9d1e0ab4"}));
  for (const char* name :
       {"", "42-3f2c9d1e0ab4", "000042", "000042-", "000042-3f2c9d1e0ab", "000042-3F2C9D1E0AB4",
        "000042-3f2c9d1e0ab4x", "0000042-3f2c9d1e0ab4", "+00042-3f2c9d1e0ab4",
        "99999999999999999999-3f2c9d1e0ab4", "00004a-3f2c9d1e0ab4"}) {
    EXPECT_FALSE(ParseGenerationName(name)) << name;
  }
}

TEST(CurrentTargets, NeverLeaveTheGenerations) {
  EXPECT_EQ(ParseCurrentTarget(CurrentTarget("000042-3f2c9d1e0ab4")), "000042-3f2c9d1e0ab4");
  EXPECT_EQ(ParseCurrentTarget("generations/000042-3f2c9d1e0ab4/"), "000042-3f2c9d1e0ab4");
  for (const char* target :
       {"", "/", "generations", "generations/", "generations/..", "generationsx/000001-aaaaaaaaaaaa",
        "/generations/000042-3f2c9d1e0ab4", "generations/a/000042-3f2c9d1e0ab4"}) {
    EXPECT_FALSE(ParseCurrentTarget(target)) << target;
  }
}

TEST(CrashSwitch, ReadsItsVariable) {
  EXPECT_EQ(ParseCrashPoint("17").value(), (CrashPoint{17, CrashPoint::Moment::kBefore}));
  EXPECT_EQ(ParseCrashPoint("1:before").value(), (CrashPoint{1, CrashPoint::Moment::kBefore}));
  EXPECT_EQ(ParseCrashPoint("9:after").value(), (CrashPoint{9, CrashPoint::Moment::kAfter}));
  for (const char* text : {"", "0", "-1", "x", "3:", "3:later", "3 ", "99999999999999999999"}) {
    EXPECT_FALSE(ParseCrashPoint(text)) << text;
  }
}

/// Publishes in a process of its own that kills itself there; false when it came to the end alive.
bool PublishAndDieAt(const std::filesystem::path& dir, const std::string& point) {
  const pid_t child = fork();
  if (child == 0) {
    setenv(kCrashVariable, point.c_str(), 1);
    const auto ops = MakeFileOpsFromEnvironment();
    auto publisher = Publisher::Open(**ops, dir);
    (void)(*publisher)->Publish(testing::FleetTree({1, 2}, "two"), testing::InfoOf('b'));
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status)) return false;
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  return true;
}

TEST(CrashSwitch, KillsTheRealProcessAtEveryChangeAndTheNextOneHeals) {
  const auto posix = MakePosixFileOps();
  int points = 0;
  for (const std::string moment : {":before", ":after"}) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(std::to_string(n) + moment);
      const testing::TempDir dir;
      testing::StoreAssets(dir.path(), testing::Fleet({}, ""));
      ASSERT_TRUE(Publisher::Open(*posix, dir.path())
                      .value()
                      ->Publish(testing::FleetTree({1}, "one"), testing::InfoOf('a')));
      if (!PublishAndDieAt(dir.path(), std::to_string(n) + moment)) break;
      ++points;
      const auto live = testing::ReadLive(dir.path());
      EXPECT_TRUE(live == testing::Fleet({1}, "one") || live == testing::Fleet({1, 2}, "two"));
      auto next = Publisher::Open(*posix, dir.path());
      ASSERT_TRUE(next);
      ASSERT_TRUE((*next)->Publish(testing::FleetTree({1, 2}, "two"), testing::InfoOf('b')));
      EXPECT_EQ(testing::ReadLive(dir.path()), testing::Fleet({1, 2}, "two"));
      EXPECT_TRUE(testing::NamesIn(dir / "staging").empty());
    }
  }
  EXPECT_GT(points, 50);
}

}  // namespace
}  // namespace slipway
