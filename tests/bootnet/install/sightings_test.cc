#include "bootnet/install/sightings.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(ScriptSightings, RememberTheLastScriptOfAnAddress) {
  ScriptSightings sightings;
  EXPECT_FALSE(sightings.Find({1}));
  sightings.Note({1}, "alpha", 10);
  sightings.Note({1}, "beta", 20);
  ASSERT_TRUE(sightings.Find({1}));
  EXPECT_EQ(sightings.Find({1})->node, "beta");
  EXPECT_EQ(sightings.Find({1})->at_ms, 20);
  EXPECT_FALSE(sightings.Find({2}));
}

TEST(ScriptSightings, StayBoundedAndForgetTheOldest) {
  ScriptSightings sightings;
  for (uint32_t n = 0; n < 100'000; ++n) sightings.Note({n}, "alpha", n);
  EXPECT_LE(sightings.size(), 16'384U);
  EXPECT_TRUE(sightings.Find({99'999}));
  EXPECT_FALSE(sightings.Find({0}));
}

}  // namespace
}  // namespace slipway
