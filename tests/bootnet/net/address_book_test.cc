#include "bootnet/net/address_book.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

constexpr Mac kOne{{2, 0, 0, 0, 0, 1}};
constexpr Mac kTwo{{2, 0, 0, 0, 0, 2}};
constexpr int64_t kDay = 24 * 3'600'000;

TEST(AddressBook, TheLastRequestCountsForADay) {
  AddressBook book;
  EXPECT_FALSE(book.Find({1}, 0));
  book.Note({1}, kOne, 0);
  book.Note({1}, kTwo, 10);
  EXPECT_EQ(book.Find({1}, 10 + kDay), kTwo);
  EXPECT_FALSE(book.Find({1}, 11 + kDay));
}

TEST(AddressBook, StaysBoundedAndLetsNobodyPushOutWhatIsFresh) {
  AddressBook book;
  for (uint32_t n = 0; n < 200'000; ++n) book.Note({n}, kOne, 0);
  EXPECT_LE(book.size(), 65'536U);
  EXPECT_TRUE(book.Find({0}, 0)) << "a flood finds no room";
  book.Note({200'001}, kTwo, kDay + 1);
  EXPECT_TRUE(book.Find({200'001}, kDay + 1)) << "what is old makes room";
}

}  // namespace
}  // namespace slipway
