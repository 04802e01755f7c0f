#include "reconciler/source/remote_url.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(RemoteUrl, ReadsEveryFormThatGitDoes) {
  const struct {
    const char* text;
    RemoteKind kind;
    const char* display;
    const char* user;
    const char* host;
    uint16_t port;
    const char* path;
  } cases[] = {
      {"/srv/fleet.git", RemoteKind::kLocal, "/srv/fleet.git", "", "", 0, "/srv/fleet.git"},
      {"./fleet", RemoteKind::kLocal, "./fleet", "", "", 0, "./fleet"},
      {"file:///srv/fleet.git", RemoteKind::kLocal, "file:///srv/fleet.git", "", "", 0, "/srv/fleet.git"},
      {"git://example.org/f", RemoteKind::kGit, "git://example.org/f", "", "example.org", 0, "/f"},
      {"https://u:secret@example.org:8443/f?token=secret", RemoteKind::kHttp, "https://example.org:8443/f",
       "u", "example.org", 8443, "/f?token=secret"},
      {"ssh://git@example.org:2222/~/f", RemoteKind::kSsh, "ssh://example.org:2222/~/f", "git", "example.org",
       2222, "~/f"},
      {"git@example.org:team/f.git", RemoteKind::kSsh, "example.org:team/f.git", "git", "example.org", 0,
       "team/f.git"},
      {"example.org:/abs/f", RemoteKind::kSsh, "example.org:/abs/f", "", "example.org", 0, "/abs/f"},
      {"ssh://git@[2001:db8::1]:22/f", RemoteKind::kSsh, nullptr, "git", "2001:db8::1", 22, "/f"},
  };
  for (const auto& entry : cases) {
    const auto url = ParseRemoteUrl(entry.text);
    ASSERT_TRUE(url) << entry.text;
    EXPECT_EQ(url->kind, entry.kind) << entry.text;
    EXPECT_EQ(url->user, entry.user) << entry.text;
    EXPECT_EQ(url->host, entry.host) << entry.text;
    EXPECT_EQ(url->port, entry.port) << entry.text;
    EXPECT_EQ(url->path, entry.path) << entry.text;
    if (entry.display != nullptr) {
      EXPECT_EQ(url->display, entry.display);
    }
    EXPECT_EQ(url->display.find("secret"), std::string::npos);
  }
}

TEST(RemoteUrl, RefusesWhatCouldBeAnOptionOrIsNoAddress) {
  for (const char* text : {"", "ftp://h/x", "ssh://-oProxyCommand=x/y", "-oProxyCommand=x:y", "ssh://-u@h/x",
                           "http://", "http:///x", "ssh://h", "https://h:99999/x", "https://h:8x/x",
                           "file://relative", "ext::sh -c x", "ssh://u@-h/x", "--upload-pack=x"}) {
    EXPECT_FALSE(ParseRemoteUrl(text)) << text;
  }
}

}  // namespace
}  // namespace slipway
