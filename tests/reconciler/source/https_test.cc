// A real HTTPS server with basic authentication: certificates of the test's own, made by OpenSSL's program.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

using testing::Child;
using testing::FreePort;
using testing::GitFixture;
using testing::Sh;
using testing::WaitForPort;

class HttpsTest : public GitFixture {
 protected:
  void SetUp() override {
    std::ofstream(dir_ / "password") << "right\n";
    for (const char* ca : {"ca", "stranger"}) {
      Sh(dir_.path(),
         std::string("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
                     "/CN=authority -keyout ") +
             ca + ".key -out " + ca + ".crt");
    }
  }

  /// Serves with a certificate of our authority for these names.
  void Serve(const std::string& names, const std::string& days = "-days 2") {
    std::ofstream(dir_ / "ext") << "subjectAltName=" << names << "\n";
    Sh(dir_.path(),
       "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=git -keyout server.key -out "
       "server.csr && openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile "
       "ext " +
           days + " -out server.crt");
    port_ = FreePort();
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"python3", SLIPWAY_SOURCE_DIR "/tests/reconciler/source/http_git_server.py",
                                 dir_.path().string(), std::to_string(port_), dir_ / "password",
                                 dir_ / "server.crt", dir_ / "server.key"},
        dir_ / "https.log");
    ASSERT_TRUE(WaitForPort(port_));
  }

  SourceConfig HttpsConfig(const std::string& ca = "ca.crt") const {
    SourceConfig config = Config("https://127.0.0.1:" + std::to_string(port_) + "/remote.git");
    config.username = "ada";
    config.password_file = dir_ / "password";
    config.ca_file = dir_ / ca;
    return config;
  }

  uint16_t port_ = 0;
  std::unique_ptr<Child> server_;
};

TEST_F(HttpsTest, IsFollowedWithAPasswordAndAnAuthorityOfOnesOwn) {
  Serve("IP:127.0.0.1,DNS:127.0.0.1");
  GitSource source = Source(HttpsConfig());
  const auto first = source.Fetch();
  ASSERT_TRUE(first) << first.error().error.message;
  EXPECT_EQ(first->commit, first_);
  const std::string second = Commit("echo b > nodes/b.yaml");
  const auto next = source.Fetch();
  ASSERT_TRUE(next) << next.error().error.message;
  EXPECT_EQ(next->commit, second);
}

TEST_F(HttpsTest, RefusesAWrongPasswordWithoutShowingIt) {
  Serve("IP:127.0.0.1,DNS:127.0.0.1");
  SourceConfig config = HttpsConfig();
  config.password_file = dir_ / "wrong";
  std::ofstream(dir_ / "wrong") << "hidden-secret\n";
  GitSource source = Source(config);
  const auto refused = source.Fetch();
  EXPECT_SOURCE_FAILURE(refused, SourceReason::kAuthenticationFailed, "source.password_file");
  EXPECT_EQ(refused.error().error.message.find("hidden-secret"), std::string::npos);
}

TEST_F(HttpsTest, SendsNoPasswordToAServerThatItDoesNotTrust) {
  const auto refuse = [this](const std::string& ca) {
    GitSource source = Source(HttpsConfig(ca));
    const auto failed = source.Fetch();
    EXPECT_SOURCE_FAILURE(failed, SourceReason::kCertificateUnknown, "source.ca_file");
    EXPECT_EQ(Sh(dir_.path(), "grep -c 'GET /' https.log || true"), "0")
        << "no request came as far as the server";
  };
  Serve("IP:127.0.0.1,DNS:127.0.0.1");
  refuse("stranger.crt");
  server_.reset();
  Serve("DNS:elsewhere.example.org");
  refuse("ca.crt");
}

}  // namespace
}  // namespace slipway
