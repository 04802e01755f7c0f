#include "bootnet/catalog/loop_guard.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

using Verdict = LoopGuard::Verdict;
constexpr Mac kA{{2, 0, 0, 0, 0, 1}};
constexpr Mac kB{{2, 0, 0, 0, 0, 2}};
constexpr Ipv4 kC{0xc0000201};

TEST(LoopGuard, TellsOnceOfTheFourthFetchWithinAMinute) {
  LoopGuard guard;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guard.OnBootProgram(kA, "snponly.efi", i * 1000), Verdict::kQuiet);
  EXPECT_EQ(guard.OnBootProgram(kA, "snponly.efi", 4000), Verdict::kTell);
  EXPECT_EQ(guard.OnBootProgram(kA, "snponly.efi", 5000), Verdict::kQuiet);
  EXPECT_EQ(guard.OnBootProgram(kB, "snponly.efi", 5000), Verdict::kQuiet) << "another machine";
}

TEST(LoopGuard, StartsAfreshWithAScriptAnotherProgramOrTime) {
  LoopGuard guard;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(guard.OnBootProgram(kA, "snponly.efi", i), Verdict::kQuiet);
    if (i % 3 == 2) guard.OnScript(kA);
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(guard.OnBootProgram(kB, i % 2 == 0 ? "undionly.kpxe" : "snponly.efi", i), Verdict::kQuiet);
    EXPECT_EQ(guard.OnBootProgram(kC, "snponly.efi", i * 30'000), Verdict::kQuiet);
  }
}

TEST(LoopGuard, StaysBoundedUnderForgedAddresses) {
  LoopGuard guard;
  for (uint32_t i = 0; i < 100'000; ++i) guard.OnBootProgram(Ipv4{i}, "snponly.efi", 0);
  EXPECT_LE(guard.size(), 4096U);
}

}  // namespace
}  // namespace slipway
