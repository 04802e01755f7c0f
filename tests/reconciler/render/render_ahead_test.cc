#include "reconciler/render/render_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

namespace slipway {
namespace {

std::vector<uint32_t> FirstIndexes(uint32_t count) {
  std::vector<uint32_t> queue(count);
  std::iota(queue.begin(), queue.end(), 0U);
  return queue;
}

Result<std::string> Name(size_t index) { return "file " + std::to_string(index); }

TEST(RenderAhead, GivesEveryFileInOrderWhetherFewOrMany) {
  for (const uint32_t count : {0U, 1U, 63U, 64U, 1000U}) {
    RenderAhead ahead(FirstIndexes(count), Name);
    for (uint32_t i = 0; i < count; ++i) EXPECT_EQ(*ahead.Take(i), *Name(i));
  }
}

TEST(RenderAhead, RendersOnTheSpotWhatIsNotQueued) {
  std::vector<uint32_t> even;
  for (uint32_t i = 0; i < 1000; i += 2) even.push_back(i);
  RenderAhead ahead(even, Name);
  for (uint32_t i = 0; i < 1100; ++i) EXPECT_EQ(*ahead.Take(i), *Name(i));
}

TEST(RenderAhead, PassesOverWhatNobodyAsksFor) {
  RenderAhead ahead(FirstIndexes(1000), Name);
  for (uint32_t i = 0; i < 1000; i += 97) EXPECT_EQ(*ahead.Take(i), *Name(i));
}

TEST(RenderAhead, GivesAnErrorWhereItsFileIs) {
  RenderAhead ahead(FirstIndexes(200), [](size_t index) -> Result<std::string> {
    if (index == 150) return FixInput("this one");
    return Name(index);
  });
  for (uint32_t i = 0; i < 150; ++i) EXPECT_TRUE(ahead.Take(i));
  EXPECT_EQ(ahead.Take(150).error().message, "this one");
  EXPECT_EQ(*ahead.Take(151), *Name(151));
}

TEST(RenderAhead, EndsWhenNobodyWantsTheRest) {
  std::atomic<size_t> rendered = 0;
  {
    RenderAhead ahead(FirstIndexes(1'000'000), [&rendered](size_t index) {
      ++rendered;
      return Name(index);
    });
    EXPECT_EQ(*ahead.Take(0), *Name(0));
  }
  EXPECT_LT(rendered, 1000U) << "a few batches ahead at most";
}

TEST(RenderAhead, HoldsLittleHoweverLargeTheFilesAre) {
  std::atomic<size_t> rendered = 0;
  RenderAhead ahead(FirstIndexes(200), [&rendered](size_t) -> Result<std::string> {
    ++rendered;
    return std::string(1U << 20U, 'x');
  });
  for (uint32_t i = 0; i < 20; ++i) {
    EXPECT_EQ(ahead.Take(i)->size(), 1U << 20U);
    EXPECT_LE(rendered, i + 6) << "one file a batch, two batches ready, one at hand, one in the making";
  }
}

}  // namespace
}  // namespace slipway
