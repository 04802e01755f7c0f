// Remotes over the network, with real servers on loopback: git daemon, git http-backend, sshd; and ones that
// hang.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::Child;
using testing::DeafServer;
using testing::FreePort;
using testing::GitFixture;
using testing::ReadAll;
using testing::Sh;
using testing::WaitForPort;

class RemoteTest : public GitFixture {
 protected:
  std::string Loopback(const std::string& scheme, uint16_t port, const std::string& path) const {
    return scheme + "://127.0.0.1:" + std::to_string(port) + path;
  }

  void ExpectFollows(GitSource& source) {
    const auto first = source.Fetch();
    ASSERT_TRUE(first) << first.error().error.message;
    EXPECT_EQ(first->name, "main@sha1:" + first_);
    EXPECT_EQ(ReadAll(source, *first).size(), 2u);
    const std::string second = Commit("echo b > nodes/b.yaml");
    const auto next = source.Fetch();
    ASSERT_TRUE(next) << next.error().error.message;
    EXPECT_EQ(next->commit, second);
    EXPECT_EQ(ReadAll(source, *next).size(), 3u);
    EXPECT_EQ(source.CompareWith(*next, first_), Ancestry::kDescendant);
  }
};

TEST_F(RemoteTest, GitDaemonIsFollowed) {
  const uint16_t port = FreePort();
  const Child daemon({"git", "daemon", "--listen=127.0.0.1", "--port=" + std::to_string(port), "--export-all",
                      "--reuseaddr", "--base-path=" + dir_.path().string(), dir_.path().string()},
                     dir_ / "daemon.log");
  ASSERT_TRUE(WaitForPort(port));
  GitSource source = Source(Config(Loopback("git", port, "/remote.git")));
  ExpectFollows(source);
  GitSource missing = Source(Config(Loopback("git", port, "/missing.git")));
  EXPECT_SOURCE_FAILURE(missing.Fetch(), SourceReason::kUnreachable, "check the network, the URL");
}

class HttpTest : public RemoteTest {
 protected:
  HttpTest() : port_(FreePort()) { SetPassword("right"); }

  void SetPassword(const std::string& password) {
    std::ofstream(dir_ / "password", std::ios::trunc) << password << "\n";
  }

  void Serve(const std::string& password_file) {
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"python3", SLIPWAY_SOURCE_DIR "/tests/reconciler/source/http_git_server.py",
                                 dir_.path().string(), std::to_string(port_), password_file},
        dir_ / "http.log");
    ASSERT_TRUE(WaitForPort(port_));
  }

  std::string Url(const std::string& path = "/remote.git") const { return Loopback("http", port_, path); }

  uint16_t port_;
  std::unique_ptr<Child> server_;
};

TEST_F(HttpTest, IsFollowed) {
  Serve("-");
  GitSource source = Source(Config(Url()));
  ExpectFollows(source);
}

TEST_F(HttpTest, TakesCredentialsFromTheConfigurationOrTheUrl) {
  Serve(dir_ / "password");
  SourceConfig config = Config(Url());
  config.username = "ada";
  config.password_file = dir_ / "password";
  GitSource source = Source(config);
  ExpectFollows(source);
  fs::remove_all(mirror());
  std::string url = Url();
  url.insert(7, "ada:right@");
  GitSource inline_source = Source(Config(url));
  EXPECT_TRUE(inline_source.Fetch());
  EXPECT_EQ(inline_source.display_url(), Url());
}

TEST_F(HttpTest, EndsAfterWrongCredentialsAndReadsARotatedTokenAtOnce) {
  Serve(dir_ / "password");
  SourceConfig config = Config(Url());
  config.username = "ada";
  config.password_file = dir_ / "token";
  std::ofstream(dir_ / "token") << "stale-secret\n";
  GitSource source = Source(config);
  const auto start = std::chrono::steady_clock::now();
  const auto refused = source.Fetch();
  EXPECT_SOURCE_FAILURE(refused, SourceReason::kAuthenticationFailed, "source.password_file");
  EXPECT_EQ(refused.error().error.message.find("stale-secret"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  std::ofstream(dir_ / "token", std::ios::trunc) << "right\n";
  EXPECT_TRUE(source.Fetch());

  SourceConfig anonymous = Config(Url());
  GitSource nobody = Source(anonymous);
  EXPECT_SOURCE_FAILURE(nobody.Fetch(), SourceReason::kAuthenticationFailed, "source.username");
  config.password_file = dir_ / "missing";
  GitSource unreadable = Source(config);
  EXPECT_SOURCE_FAILURE(unreadable.Fetch(), SourceReason::kAuthenticationFailed, "missing");
}

TEST_F(HttpTest, FollowsARedirectOnTheSameHost) {
  Serve(dir_ / "password");
  SourceConfig config = Config(Url("/moved"));
  config.username = "ada";
  config.password_file = dir_ / "password";
  GitSource source = Source(config);
  EXPECT_TRUE(source.Fetch());
}

TEST_F(HttpTest, TellsWhatTheServerSaysWithoutCredentials) {
  Serve("-");
  const struct {
    const char* path;
    SourceReason reason;
  } cases[] = {{"/forbidden/x.git", SourceReason::kAuthenticationFailed},
               {"/missing.git", SourceReason::kUnreachable},
               {"/broken/x.git", SourceReason::kUnreachable}};
  for (const auto& entry : cases) {
    std::string url = Url(entry.path);
    url.insert(7, "ada:hidden@");
    GitSource source = Source(Config(url));
    const auto failed = source.Fetch();
    EXPECT_SOURCE_FAILURE(failed, entry.reason, Url(entry.path));
    EXPECT_EQ(failed.error().error.message.find("hidden"), std::string::npos) << failed.error().error.message;
  }
}

TEST_F(RemoteTest, UnreachableOnesAreToldApartFromSilentOnes) {
  const uint16_t closed = FreePort();
  for (const char* scheme : {"git", "http", "https", "ssh"}) {
    GitSource source = Source(Config(Loopback(scheme, closed, "/x.git")));
    EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kUnreachable, "127.0.0.1");
  }
  GitSource nowhere = Source(Config("http://nowhere.invalid/x.git"));
  EXPECT_SOURCE_FAILURE(nowhere.Fetch(), SourceReason::kUnreachable, "nowhere.invalid");
}

TEST_F(RemoteTest, AServerThatAcceptsAndNeverAnswersCostsTheTimeoutAndNoMore) {
  for (const int byte_every_ms : {0, 20}) {
    for (const char* scheme : {"git", "http", "https", "ssh"}) {
      SCOPED_TRACE(std::string(scheme) + (byte_every_ms == 0 ? ", silent" : ", a byte at a time"));
      const DeafServer server(byte_every_ms);
      SourceConfig config = Config(Loopback(scheme, server.port(), "/x.git"));
      config.timeout = std::chrono::seconds(1);
      GitSource source = Source(config);
      const auto start = std::chrono::steady_clock::now();
      const auto failed = source.Fetch();
      ASSERT_FALSE(failed);
      // A stream of zeros is no protocol at all, and may be refused before the time is up.
      if (byte_every_ms == 0) {
        EXPECT_EQ(ToString(failed.error().reason), ToString(SourceReason::kTimedOut));
      }
      EXPECT_EQ(failed.error().error.reaction, Reaction::kRetry);
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
    }
  }
}

/// A real sshd with keys made for the test alone.
class SshTest : public RemoteTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "sshd for tests runs as root only";
    if (access("/usr/sbin/sshd", X_OK) != 0) GTEST_SKIP() << "no sshd here; apt-get install openssh-server";
    fs::create_directories("/run/sshd");
    port_ = FreePort();
    Sh(dir_.path(),
       "for key in host other client stranger; do ssh-keygen -q -t ed25519 -N '' -C test -f $key; done; "
       "cp client.pub authorized");
    std::ofstream(dir_ / "sshd_config")
        << "Port " << port_ << "\nListenAddress 127.0.0.1\nHostKey " << (dir_ / "host").string()
        << "\nAuthorizedKeysFile " << (dir_ / "authorized").string()
        << "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
           "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
           "SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*\n"
           "PidFile none\n";
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"/usr/sbin/sshd", "-D", "-e", "-f", (dir_ / "sshd_config").string()},
        dir_ / "sshd.log");
    ASSERT_TRUE(WaitForPort(port_));
    Know("host");
  }

  /// Makes known_hosts say that our server has these keys.
  void Know(const std::string& keys) {
    Sh(dir_.path(), "rm -f known; for key in " + keys + "; do echo \"[127.0.0.1]:" + std::to_string(port_) +
                        " $(cut -d' ' -f1,2 $key.pub)\" >> known; done; touch known");
  }

  SourceConfig SshConfig(const std::string& key = "client") const {
    SourceConfig config = Config("ssh://root@127.0.0.1:" + std::to_string(port_) + remote().string());
    config.ssh_key = dir_ / key;
    config.known_hosts = dir_ / "known";
    return config;
  }

  uint16_t port_ = 0;
  std::unique_ptr<Child> server_;
};

TEST_F(SshTest, IsFollowed) {
  GitSource source = Source(SshConfig());
  ExpectFollows(source);
}

TEST_F(SshTest, AcceptsAnyOfSeveralKnownKeysInAnyOrder) {
  for (const char* keys : {"other host", "host other"}) {
    Know(keys);
    GitSource source = Source(SshConfig());
    EXPECT_TRUE(source.Fetch()) << keys;
  }
  Know("host");
  Sh(dir_.path(), "ssh-keygen -q -H -f known");
  GitSource hashed = Source(SshConfig());
  EXPECT_TRUE(hashed.Fetch()) << "hashed host names";
}

TEST_F(SshTest, RefusesAKeyThatTheServerDoesNotKnow) {
  GitSource source = Source(SshConfig("stranger"));
  EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kAuthenticationFailed, "source.ssh_key");
  GitSource missing = Source(SshConfig("missing"));
  EXPECT_SOURCE_FAILURE(missing.Fetch(), SourceReason::kAuthenticationFailed, "source.ssh_key");
}

TEST_F(SshTest, RefusesAHostThatIsNotKnown) {
  Know("");
  GitSource source = Source(SshConfig());
  EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kHostKeyUnknown, "source.known_hosts");
  SourceConfig config = SshConfig();
  config.known_hosts = dir_ / "nothing-there";
  GitSource without = Source(config);
  EXPECT_SOURCE_FAILURE(without.Fetch(), SourceReason::kHostKeyUnknown, "source.known_hosts");
}

TEST_F(SshTest, RefusesAHostWhoseKeyChanged) {
  Know("other");
  GitSource source = Source(SshConfig());
  EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kHostKeyChanged, "somebody is in between");
}

TEST_F(SshTest, TellsARepositoryThatIsNotThere) {
  SourceConfig config = SshConfig();
  config.url += "/missing'; touch " + (dir_ / "injected").string() + "; '";
  GitSource source = Source(config);
  EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kGitOperationFailed, "check the path in source.url");
  EXPECT_FALSE(fs::exists(dir_ / "injected"));
}

}  // namespace
}  // namespace slipway
