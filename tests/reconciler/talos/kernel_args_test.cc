#include "reconciler/talos/kernel_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::talos {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::vector<std::string> Args(const char* version, Arch arch = Arch::kAmd64) {
  return DefaultKernelArgs(*TalosVersion::Parse(version), arch);
}

TEST(KernelArgs, AreTheImagersForEachMinor) {
  EXPECT_THAT(Args("v1.8.4"),
              ElementsAre("talos.platform=metal", "console=tty0", "init_on_alloc=1", "slab_nomerge", "pti=on",
                          "consoleblank=0", "nvme_core.io_timeout=4294967295", "printk.devkmsg=on",
                          "ima_template=ima-ng", "ima_appraise=fix", "ima_hash=sha512"));
  EXPECT_THAT(
      Args("v1.11.6"),
      ElementsAre("talos.platform=metal", "console=tty0", "init_on_alloc=1", "slab_nomerge", "pti=on",
                  "consoleblank=0", "nvme_core.io_timeout=4294967295", "printk.devkmsg=on", "selinux=1"));
  EXPECT_THAT(Args("v1.14.0-rc.1"), ElementsAre("talos.platform=metal", "console=tty0", "slab_nomerge",
                                                "pti=on", "consoleblank=0", "printk.devkmsg=on", "selinux=1",
                                                "module.sig_enforce=1", "proc_mem.force_override=never"));
}

TEST(KernelArgs, Arm64HasItsSerialConsole) {
  const auto args = Args("v1.13.9", Arch::kArm64);
  EXPECT_EQ(args[1], "console=ttyAMA0");
  EXPECT_EQ(args[2], "console=tty0");
}

TEST(KernelArgs, AUsersConsoleReplacesAllDefaultConsoles) {
  const auto args = MergeKernelArgs(Args("v1.13.9", Arch::kArm64), {"console=ttyS0", "console=tty1"});
  EXPECT_THAT(args, Not(Contains("console=tty0")));
  EXPECT_THAT(args, Not(Contains("console=ttyAMA0")));
  EXPECT_THAT(args, Contains("console=ttyS0"));
  EXPECT_EQ(args.back(), "console=tty1");
}

TEST(KernelArgs, AMinusRemovesByNameOrByWhole) {
  EXPECT_THAT(MergeKernelArgs({"a=1", "b=2", "c"}, {"-a", "-b=3", "-c"}), ElementsAre("b=2"));
  EXPECT_THAT(MergeKernelArgs({"b=2"}, {"-b=2", "d"}), ElementsAre("d"));
}

}  // namespace
}  // namespace slipway::talos
