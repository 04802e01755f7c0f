#include "bootnet/catalog/request_path.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

std::string Http(std::string_view raw) {
  return NormalizeRequestPath(raw, PathDialect::kHttp).value_or("refused");
}
std::string Tftp(std::string_view raw) {
  return NormalizeRequestPath(raw, PathDialect::kTftp).value_or("refused");
}

TEST(RequestPath, HasOneSpelling) {
  EXPECT_EQ(Http("/boot.ipxe"), "boot.ipxe");
  EXPECT_EQ(Http("//boot.ipxe"), "boot.ipxe");
  EXPECT_EQ(Http("/./nodes/.//a"), "nodes/a");
  EXPECT_EQ(Http("/nodes/02%3a00.ipxe"), "nodes/02:00.ipxe");
  EXPECT_EQ(Http("/boot.ipxe?mac=1&x=../.."), "boot.ipxe");
  EXPECT_EQ(Http("http://192.0.2.1:8080/boot.ipxe"), "boot.ipxe");
  EXPECT_EQ(Tftp("\\nodes\\a"), "nodes/a");
  EXPECT_EQ(Tftp("boot.ipxe"), "boot.ipxe");
}

TEST(RequestPath, AShortWayForMostPathsGivesWhatTheLongOneDoes) {
  constexpr std::string_view kLetters = "a./:%2";
  int normal = 0;
  for (unsigned i = 0; i < 6 * 6 * 6 * 6 * 6 * 6; ++i) {
    std::string path;
    for (unsigned rest = i; rest > 0; rest /= 6) path += kLetters[rest % 6];
    EXPECT_EQ(Http("/" + path), Http("/./" + path)) << path;
    normal += Http("/" + path) == path ? 1 : 0;
  }
  EXPECT_GT(normal, 1000);
}

TEST(RequestPath, RefusesWhatNoHonestClientSends) {
  for (std::string_view raw : {"", "/", "//", "/..", "/../etc/passwd", "/a/../b", "/%2e%2e/b", "/a%2f..%2fb",
                               "/%00", "/a%0d%0ab", "/a%1f", "/%", "/%2", "/%zz", "/a\\b", "http://", "?x"}) {
    EXPECT_EQ(Http(raw), "refused") << raw;
  }
  for (std::string_view raw : {std::string_view("..\\a"), std::string_view("a/../b"),
                               std::string_view("a\x01"), std::string_view("a\0b", 3)}) {
    EXPECT_EQ(Tftp(raw), "refused") << raw;
  }
}

TEST(RequestPath, DecodesOnlyOnce) { EXPECT_EQ(Http("/%252e%252e/x"), "%2e%2e/x"); }

TEST(RequestPath, HasALongestLength) {
  EXPECT_EQ(Http("/" + std::string(511, 'a')), std::string(511, 'a'));
  EXPECT_EQ(Http("/" + std::string(512, 'a')), "refused");
  EXPECT_EQ(Tftp(std::string(100'000, '/')), "refused");
}

}  // namespace
}  // namespace slipway
