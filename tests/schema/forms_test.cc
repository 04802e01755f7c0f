#include "schema/fleet/forms.h"

#include <gtest/gtest.h>

namespace slipway::forms {
namespace {

TEST(Forms, ResourceNamesAreDnsSubdomainsInLowerCase) {
  for (const char* good : {"a", "worker-02", "a.b", "0", "talos-1.11-kernel"})
    EXPECT_TRUE(IsResourceName(good)) << good;
  for (const char* bad :
       {"", "A", "-a", "a-", "a..b", ".a", "a.", "a_b", "a/b", "../a", "ä", "a b", "a\n", "${mac}"}) {
    EXPECT_FALSE(IsResourceName(bad)) << bad;
  }
  EXPECT_TRUE(IsResourceName(std::string(63, 'a')));
  EXPECT_FALSE(IsResourceName(std::string(64, 'a')));
  EXPECT_TRUE(IsHostname("Worker-02.example.org"));
}

TEST(Forms, BootServersAreHttpWithHostAndPort) {
  EXPECT_EQ(ParseBootServer("http://10.0.5.10:8080")->ToString(), "http://10.0.5.10:8080");
  EXPECT_EQ(ParseBootServer("http://boot.example.org/")->ToString(), "http://boot.example.org");
  EXPECT_EQ(ParseBootServer("http://boot:80")->ToString(), "http://boot");
  for (const char* bad :
       {"", "10.0.5.10", "https://a", "http://", "http://a:0", "http://a:65536", "http://a:08",
        "http://a:", "http://a/b", "http://u@a", "http://a?b", "http://10.0.5.300", "http://1.2.3",
        "http://a b", "http://0.0.0.0", "http://a//", "HTTP://a", "http://[::1]"}) {
    EXPECT_FALSE(ParseBootServer(bad)) << bad;
  }
}

TEST(Forms, EndpointsAreHttpsWithAPort) {
  EXPECT_EQ(ParseEndpoint("https://10.0.128.100:6443/"), "https://10.0.128.100:6443");
  for (const char* bad : {"https://a", "http://a:6443", "https://a:6443/x", "https://:6443", "a:6443"}) {
    EXPECT_FALSE(ParseEndpoint(bad)) << bad;
  }
}

TEST(Forms, AssetUrls) {
  for (const char* good :
       {"https://example.org/a", "http://10.0.0.1:81/a?b=c", "file:///srv/a", "https://a/b@c"}) {
    EXPECT_EQ(AssetUrlProblem(good), "") << good;
  }
  for (const char* bad :
       {"", "ftp://a/b", "https://u:p@a/b", "https://a", "https:///a", "file://srv/a", "file:///",
        "file:///srv/../etc/passwd", "https://a/b c", "https://a/\n", "https://a:99999/b", "/srv/a"}) {
    EXPECT_NE(AssetUrlProblem(bad), "") << bad;
  }
}

TEST(Forms, DigestsAndUuidsAreTurnedToLowerCase) {
  EXPECT_EQ(ParseDigest(std::string(64, 'A')), std::string(64, 'a'));
  EXPECT_FALSE(ParseDigest(std::string(63, 'a')));
  EXPECT_FALSE(ParseDigest(std::string(64, 'g')));
  EXPECT_EQ(ParseUuid("4C4C4544-0051-3610-8057-B7C04F4D3533"), "4c4c4544-0051-3610-8057-b7c04f4d3533");
  EXPECT_FALSE(ParseUuid("4c4c454400513610-8057-b7c04f4d3533----"));
}

TEST(Forms, Timeouts) {
  EXPECT_EQ(ParseTimeout("10s"), 10);
  EXPECT_EQ(ParseTimeout("60m"), 3600);
  for (const char* bad : {"", "10", "s", "0s", "-1s", "61m", "3601s", "1h", "1.5s", "99999999999s", "10 s"}) {
    EXPECT_FALSE(ParseTimeout(bad)) << bad;
  }
}

TEST(Forms, KernelArguments) {
  for (const char* good : {"console=ttyS0,115200n8", "-console=tty0", "talos.x=${uuid}", "a=\"b\""}) {
    EXPECT_EQ(KernelArgumentProblem(good), "") << good;
  }
  for (const char* bad : {"", "-", "a b", "a\nb", "a\tb", "ä", "||", "&&", "a\\"})
    EXPECT_NE(KernelArgumentProblem(bad), "") << bad;
}

TEST(Forms, FilePathsStayInside) {
  for (const char* good : {"a", "patches/nvme.yaml", "a/..b/c...", ".hidden/x", "ä/ö.yaml"}) {
    EXPECT_EQ(FilePathProblem(good), "") << good;
  }
  for (const char* bad : {"", "/a", "..", "a/../b", "./a", "a/.", "a//b", "a/", "a\\b", "a\nb", "\xff"}) {
    EXPECT_NE(FilePathProblem(bad), "") << bad;
  }
}

}  // namespace
}  // namespace slipway::forms
