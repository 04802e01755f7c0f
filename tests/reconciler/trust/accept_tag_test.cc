#include "reconciler/trust/accept_tag.h"

#include <gtest/gtest.h>

namespace slipway::trust {
namespace {

const std::string kNew = "3f2c9d1e0ab4" + std::string(28, '1');
const std::string kOld = "9a8b7c6d5e4f" + std::string(28, '2');

TEST(AcceptTag, NamesTheStepThatItAllows) {
  EXPECT_EQ(AcceptTagName(kNew, kOld), "slipway/accept-3f2c9d1e0ab4-after-9a8b7c6d5e4f");
  EXPECT_EQ(AcceptTagName(kNew, ""), "slipway/accept-3f2c9d1e0ab4-after-nothing");
  EXPECT_TRUE(Accepts({kNew, "commit", AcceptTagName(kNew, kOld)}, kNew, kOld));
  EXPECT_TRUE(Accepts({kNew, "commit", AcceptTagName(kNew, "")}, kNew, ""));
  EXPECT_TRUE(Accepts({kNew, "commit", "slipway/accept-" + kNew + "-after-" + kOld}, kNew, kOld));
}

TEST(AcceptTag, AllowsNoOtherStep) {
  const std::string name = AcceptTagName(kNew, kOld);
  EXPECT_FALSE(Accepts({kNew, "commit", name}, kNew, kNew)) << "after another one was served";
  EXPECT_FALSE(Accepts({kNew, "commit", name}, kNew, "")) << "after nothing was served";
  EXPECT_FALSE(Accepts({kNew, "commit", AcceptTagName(kNew, "")}, kNew, kOld));
  EXPECT_FALSE(Accepts({kOld, "commit", name}, kNew, kOld)) << "it points elsewhere than its name says";
  EXPECT_FALSE(Accepts({kNew, "tree", name}, kNew, kOld));
  for (const char* other : {"v1.0", "slipway/accept-3f2c9d1e0ab4", "slipway/accept-3f2c9d1e0ab4-after-",
                            "slipway/accept--after-9a8b7c6d5e4f", "slipway/accept-3f2c9d1-after-9a8b7c6",
                            "xslipway/accept-3f2c9d1e0ab4-after-9a8b7c6d5e4f",
                            "slipway/accept-3f2c9d1e0ab4-after-9a8b7c6d5e40", ""}) {
    EXPECT_FALSE(Accepts({kNew, "commit", other}, kNew, kOld)) << other;
  }
}

}  // namespace
}  // namespace slipway::trust
