#include "reconciler/publish/asset_url.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdlib>
#include <thread>

#include "reconciler/publish/asset_fetcher.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

TEST(AssetUrl, IsTakenApart) {
  const auto url = AssetUrl::Parse("HTTPS://ada:p%40ss@Files.Example.org:8443/a/b.bin?token=1#x").value();
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.credentials, "ada:p@ss");
  EXPECT_EQ(url.host, "files.example.org");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target, "/a/b.bin?token=1");
  EXPECT_EQ(url.Origin(), "https://files.example.org:8443");
  EXPECT_EQ(url.Redacted(), "https://files.example.org:8443/a/b.bin");
  EXPECT_EQ(AssetUrl::Parse("http://example.org").value().target, "/");
  EXPECT_EQ(AssetUrl::Parse("http://[2001:db8::1]:80/x").value().Origin(), "http://[2001:db8::1]");
  EXPECT_EQ(AssetUrl::Parse("file:///srv/a%20b").value().target, "/srv/a b");
}

TEST(AssetUrl, RefusesWhatItDoesNotUnderstandWithoutShowingSecrets) {
  for (const std::string text :
       {"", "x", "ftp://secret@h/x", "https:///x", "http://h:0/secret", "http://h:99999/", "http://h:80x/",
        "file://host/x", "file:relative", "http://u:secret@/x", "http://h/a b", "http://h/\x01",
        "http://[::1/x", "file:///a%00b", "file:///a%zz", "http://u%zz:secret@h/", "javascript:alert(1)"}) {
    const auto url = AssetUrl::Parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reaction, Reaction::kFixInput);
    if (text.find("secret@") != std::string::npos) {
      EXPECT_EQ(url.error().message.find("secret"), std::string::npos) << url.error().message;
    }
  }
  EXPECT_FALSE(AssetUrl::Parse("http://h/" + std::string(5000, 'x')));
}

TEST(FollowRedirect, ResolvesEveryForm) {
  const auto from = AssetUrl::Parse("https://u:p@example.org/a/b?q").value();
  const struct {
    const char* location;
    const char* target;
  } cases[] = {{"https://example.org/x", "https://example.org/x"},
               {"/x/y", "https://example.org/x/y"},
               {"c", "https://example.org/a/c"},
               {"c?u=http://z/", "https://example.org/a/c"},
               {"//cdn.example.com/x", "https://cdn.example.com/x"}};
  for (const auto& entry : cases) {
    const auto to = FollowRedirect(from, entry.location);
    ASSERT_TRUE(to) << to.error().message;
    EXPECT_EQ(to->Redacted(), entry.target);
    EXPECT_EQ(to->credentials, to->host == "example.org" ? "u:p" : "")
        << "credentials stay with their origin";
  }
  for (const char* bad : {"http://example.org/x", "file:///etc/passwd", "ftp://example.org/", "https://"}) {
    EXPECT_FALSE(FollowRedirect(from, bad)) << bad;
  }
}

/// A TLS server with a certificate that only its own CA file vouches for.
class TlsAssetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string dir = dir_.path().string();
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -keyout " +
        dir + "/key.pem -out " + dir + "/cert.pem 2>/dev/null";
    if (std::system(command.c_str()) != 0) GTEST_SKIP() << "no openssl command to make a certificate with";
    server_ = std::make_unique<httplib::SSLServer>((dir + "/cert.pem").c_str(), (dir + "/key.pem").c_str());
    server_->Get("/kernel",
                 [](const httplib::Request&, httplib::Response& res) { res.set_content("kernel", "x/y"); });
    server_->Get("/down", [](const httplib::Request&, httplib::Response& res) {
      res.set_redirect("http://localhost/kernel");
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  void TearDown() override {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<MeasuredAsset> Get(const std::string& path, const std::string& ca) {
    FetchOptions options;
    options.ca_file = ca.empty() ? "" : dir_.path() / ca;
    options.stall = std::chrono::seconds(5);
    return MeasureAsset("https://localhost:" + std::to_string(port_) + path, options, {});
  }

  testing::TempDir dir_;
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(TlsAssetTest, TrustsOnlyCertificatesThatSomebodyVouchesFor) {
  const auto trusted = Get("/kernel", "cert.pem");
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->digest, Sha256::Of("kernel"));
  const auto unknown = Get("/kernel", "");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("certificate is not trusted"), std::string::npos)
      << unknown.error().message;
  EXPECT_FALSE(Get("/kernel", "missing.pem"));
}

TEST_F(TlsAssetTest, DoesNotFollowARedirectAwayFromTls) {
  const auto fetched = Get("/down", "cert.pem");
  ASSERT_FALSE(fetched);
  EXPECT_NE(fetched.error().message.find("less safe"), std::string::npos) << fetched.error().message;
}

}  // namespace
}  // namespace slipway
