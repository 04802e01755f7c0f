#include "reconciler/trust/program.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace slipway::trust {
namespace {

Program Shell(const std::string& script) {
  Program program;
  program.words = {"sh", "-c", script};
  return program;
}

TEST(Program, GetsItsFilesItsInputAndItsOwnEnvironmentAlone) {
  setenv("SLIPWAY_TEST_SECRET", "hidden", 1);
  Program program = Shell("cat; cat " + PathOf(0) + "; cat " + PathOf(1) + " " + PathOf(0) +
                          "; env | grep -c SECRET; ls /proc/self/fd | tr '\\n' ' ' >&2; exit 3");
  program.files = {"one", std::string(300'000, 'x').substr(0, 3)};
  program.input = "input,";
  const auto ended = RunProgram(program);
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->out, "input,onexxxone0\n");
  EXPECT_EQ(ended->err, "0 1 2 3 4 5 ") << "5 is the folder that ls itself reads";
  EXPECT_EQ(ended->code, 3);
}

TEST(Program, ThatTakesTooLongIsKilled) {
  Program program = Shell("exec sleep 600");
  program.timeout = std::chrono::milliseconds(50);
  const auto ended = RunProgram(program);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().reaction, Reaction::kRetry);
  EXPECT_NE(ended.error().message.find("not done within 50 ms"), std::string::npos) << ended.error().message;
}

TEST(Program, ThatIsMissingOrDiesIsNoAnswer) {
  Program missing;
  missing.words = {"slipway-no-such-program"};
  const auto nothing = RunProgram(missing);
  ASSERT_FALSE(nothing);
  EXPECT_NE(nothing.error().message.find("install its package"), std::string::npos);
  EXPECT_FALSE(RunProgram(Shell("kill -9 $$")));
  EXPECT_TRUE(RunProgram(Shell("exit 255")));
}

TEST(Program, MayTakeAndWriteSoMuchAndNoMore) {
  const auto flood = RunProgram(Shell("exec yes"));
  ASSERT_FALSE(flood);
  EXPECT_NE(flood.error().message.find("ended by signal"), std::string::npos) << flood.error().message;
  const auto limits =
      RunProgram(Shell("while [ \"$(ulimit -v)\" = unlimited ] || [ \"$(ulimit -f)\" = unlimited ]; do :; "
                       "done; ulimit -v; ulimit -f"));
  ASSERT_TRUE(limits) << limits.error().message;
  EXPECT_EQ(limits->out, "524288\n2048\n") << "KiB, and blocks of 512 bytes";
}

TEST(Program, IsReadOnlySoFar) {
  const auto ended = RunProgram(Shell("head -c 1000000 /dev/zero"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->out.size(), 65536u);
}

}  // namespace
}  // namespace slipway::trust
