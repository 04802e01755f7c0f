#include "bootnet/tftp/netascii.h"

#include <gtest/gtest.h>

namespace slipway::tftp {
namespace {

TEST(TftpNetascii, EndsLinesAsTelnetDoes) {
  EXPECT_EQ(ToNetascii("a\nb\n"), "a\r\nb\r\n");
  EXPECT_EQ(ToNetascii("a\rb"), std::string("a\r\0b", 4));
  EXPECT_EQ(ToNetascii("\r\n"), std::string("\r\0\r\n", 4)) << "a CR LF of the file is a CR, then an LF";
  EXPECT_EQ(ToNetascii(""), "");
}

TEST(TftpNetascii, IsUndoneByWhatClientsDo) {
  std::string all;
  for (int i = 0; i < 1024; ++i) all += static_cast<char>(i * 7);
  const std::string wire = ToNetascii(all);
  std::string back;
  for (size_t i = 0; i < wire.size(); ++i) {
    if (wire[i] == '\r') {
      ++i;
      ASSERT_LT(i, wire.size());
      ASSERT_TRUE(wire[i] == '\n' || wire[i] == '\0') << i;
      back += wire[i] == '\n' ? '\n' : '\r';
    } else {
      ASSERT_NE(wire[i], '\n') << "a bare LF";
      back += wire[i];
    }
  }
  EXPECT_TRUE(back == all);
}

}  // namespace
}  // namespace slipway::tftp
