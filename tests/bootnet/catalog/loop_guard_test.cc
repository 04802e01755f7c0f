#include "bootnet/catalog/loop_guard.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

using Verdict = LoopGuard::Verdict;

TEST(LoopGuard, TellsOnceOfTheFourthFetchWithinAMinute) {
  LoopGuard guard;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guard.OnBootProgram("a", "snponly.efi", i * 1000), Verdict::kQuiet);
  EXPECT_EQ(guard.OnBootProgram("a", "snponly.efi", 4000), Verdict::kTell);
  EXPECT_EQ(guard.OnBootProgram("a", "snponly.efi", 5000), Verdict::kQuiet);
  EXPECT_EQ(guard.OnBootProgram("b", "snponly.efi", 5000), Verdict::kQuiet) << "another machine";
}

TEST(LoopGuard, StartsAfreshWithAScriptAnotherProgramOrTime) {
  LoopGuard guard;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(guard.OnBootProgram("a", "snponly.efi", i), Verdict::kQuiet);
    if (i % 3 == 2) guard.OnScript("a");
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(guard.OnBootProgram("b", i % 2 == 0 ? "undionly.kpxe" : "snponly.efi", i), Verdict::kQuiet);
    EXPECT_EQ(guard.OnBootProgram("c", "snponly.efi", i * 30'000), Verdict::kQuiet);
  }
}

TEST(LoopGuard, StaysBoundedUnderForgedAddresses) {
  LoopGuard guard;
  for (int i = 0; i < 100'000; ++i) guard.OnBootProgram(std::to_string(i), "snponly.efi", 0);
  EXPECT_LE(guard.size(), 4096U);
}

}  // namespace
}  // namespace slipway
