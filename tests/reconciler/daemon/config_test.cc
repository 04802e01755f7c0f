#include "reconciler/daemon/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

tl::expected<DaemonConfig, Diagnostics> Decode(const std::string& text) {
  const yaml::Stream stream = yaml::Read(text, "slipway.yaml");
  EXPECT_TRUE(stream.problems.empty());
  return DecodeConfig(stream.documents.front().root, "slipway.yaml");
}

TEST(DaemonConfig, ReadsEveryKey) {
  const auto config = Decode(R"(
source:  {url: "file:///srv/fleet.git", branch: main, path: fleet, interval: 45s, timeout: 2m}
state_dir: /var/lib/x
boot:
  interfaces: [eth1, eth2]
  address: 10.0.5.10
  dhcp: proxy
  tftp_port: 6969
  tftp_port_range: 40000-40999
  http_port: 9090
  https_port: 9443
  tls_certificate: /etc/slipway/boot.crt
  tls_key: /etc/slipway/boot.key
  ipxe_dir: /opt/ipxe
control: {listen: "127.0.0.1:9470"}
secrets: {identity_files: [/etc/slipway/age.txt]}
talos:   {schemas: /etc/slipway/talos-schemas}
assets:  {file_roots: [/srv/assets]}
)");
  ASSERT_TRUE(config) << FormatText(config.error().front());
  EXPECT_EQ(config->source.branch, "main");
  EXPECT_EQ(config->source.interval, std::chrono::seconds(45));
  EXPECT_EQ(config->source.timeout, std::chrono::seconds(120));
  EXPECT_THAT(config->boot.interfaces, ElementsAre("eth1", "eth2"));
  EXPECT_EQ(config->boot.address, Ipv4::Parse("10.0.5.10"));
  EXPECT_EQ(config->boot.http_port, 9090);
  EXPECT_EQ(config->boot.https_port, 9443);
  EXPECT_EQ(config->boot.tls_certificate, "/etc/slipway/boot.crt");
  EXPECT_EQ(config->boot.tls_key, "/etc/slipway/boot.key");
  EXPECT_EQ(config->boot.tftp_port_range, std::pair(uint16_t{40000}, uint16_t{40999}));
  EXPECT_FALSE(config->boot.tftp_single_port);
  EXPECT_EQ(config->control_port, 9470);
  EXPECT_THAT(config->identity_files, ElementsAre("/etc/slipway/age.txt"));
  EXPECT_EQ(config->talos_schemas, "/etc/slipway/talos-schemas");
  EXPECT_THAT(config->file_roots, ElementsAre("/srv/assets"));
}

TEST(DaemonConfig, SaysWhatIsWrongAndWhere) {
  const auto config =
      Decode("source: {url: /srv/x, branch: a, tag: b, interval: soon}\nboot: {dhcp: proxy}\n");
  ASSERT_FALSE(config);
  std::string all;
  for (const Diagnostic& d : config.error()) all += FormatText(d) + "\n";
  EXPECT_THAT(all, HasSubstr("slipway.yaml:1:"));
  EXPECT_THAT(all, HasSubstr("interval"));
}

TEST(DaemonConfig, ReadsWhatRevisionsMustFulfil) {
  const auto config = Decode(
      "source: {url: /srv/x, verify: {mode: range, history: any, allowed_signers: /a, revoked_keys: /r, "
      "pgp_keys: /p}}\n"
      "boot: {dhcp: off}\n");
  ASSERT_TRUE(config) << FormatText(config.error().front());
  EXPECT_EQ(config->source.verify,
            (VerifySettings{trust::Mode::kRange, trust::HistoryRule::kAny, "/a", "/r", "/p"}));
  const auto plain = Decode("source: {url: /srv/x}\nboot: {dhcp: off}\n");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->source.verify, VerifySettings{});
  EXPECT_EQ(plain->source.verify.mode, trust::Mode::kOff);
  EXPECT_EQ(plain->source.verify.history, trust::HistoryRule::kFastForward);
}

TEST(DaemonConfig, SignaturesNeedKeysOfTheHost) {
  for (const char* keys : {"", ", revoked_keys: /r"}) {
    const auto config =
        Decode(std::string("source: {url: /srv/x, verify: {mode: head") + keys + "}}\nboot: {dhcp: off}\n");
    ASSERT_FALSE(config);
    EXPECT_THAT(FormatText(config.error().front()), HasSubstr("source.verify.allowed_signers"));
  }
  EXPECT_TRUE(Decode("source: {url: /srv/x, verify: {mode: head, pgp_keys: /p}}\nboot: {dhcp: off}\n"));
  EXPECT_FALSE(Decode("source: {url: /srv/x, verify: {mode: tag}}\nboot: {dhcp: off}\n"));
}

TEST(DaemonConfig, UnknownKeysAreErrors) {
  const auto config = Decode("source: {url: /srv/x}\nboot: {dhcp: off}\nstatedir: /x\n");
  ASSERT_FALSE(config);
  EXPECT_THAT(FormatText(config.error().front()), HasSubstr("statedir"));
}

TEST(DaemonConfig, ProxyDhcpNeedsAnInterface) {
  const auto config = Decode("source: {url: /srv/x}\n");
  ASSERT_FALSE(config);
  EXPECT_THAT(FormatText(config.error().front()), HasSubstr("boot.interfaces"));
}

TEST(DaemonConfig, TftpPortsAndTlsFilesMustBelongTogether) {
  const auto problem = [](const std::string& boot) {
    const auto config = Decode("source: {url: /srv/x}\nboot: {dhcp: off, " + boot + "}\n");
    return config ? std::string("fine") : FormatText(config.error().front());
  };
  EXPECT_EQ(problem("tftp_single_port: true"), "fine");
  EXPECT_EQ(problem("tftp_port_range: 40000-40000"), "fine");
  for (const char* range : {"40999-40000", "40000-70000", "40000", "0-9"}) {
    EXPECT_THAT(problem("tftp_port_range: \"" + std::string(range) + "\""), HasSubstr("tftp_port_range"));
  }
  EXPECT_THAT(problem("tftp_port_range: 40000-40999, tftp_single_port: true"), HasSubstr("without effect"));
  EXPECT_THAT(problem("https_port: 8443"), HasSubstr("boot.tls_certificate"));
  EXPECT_THAT(problem("https_port: 8443, tls_certificate: /a"), HasSubstr("boot.tls_key"));
  EXPECT_THAT(problem("tls_certificate: /a, tls_key: /b"), HasSubstr("boot.https_port"));
}

TEST(DaemonConfig, KnowsWhatDhcpMayBe) {
  for (const DhcpSetting setting : {DhcpSetting::kProxy, DhcpSetting::kServer, DhcpSetting::kAuto,
                                    DhcpSetting::kObserve, DhcpSetting::kOff}) {
    const std::string word(ToString(setting));
    const auto config = Decode("source: {url: /srv/x}\nboot: {interfaces: [eth1], dhcp: " + word + "}\n");
    ASSERT_TRUE(config) << word;
    EXPECT_EQ(config->boot.dhcp, setting) << word;
    EXPECT_EQ(config->boot.dhcp_probe, DhcpProbing::kArp);
    EXPECT_EQ(config->boot.dhcp_quiet, std::chrono::hours(1));
    const auto nowhere = Decode("source: {url: /srv/x}\nboot: {dhcp: " + word + "}\n");
    EXPECT_EQ(nowhere.has_value(), setting == DhcpSetting::kOff) << word;
  }
  EXPECT_FALSE(Decode("source: {url: /srv/x}\nboot: {interfaces: [eth1], dhcp: relay}\n"));
  const auto tuned = Decode(
      "source: {url: /srv/x}\n"
      "boot: {interfaces: [eth1], dhcp: auto, dhcp_probe: off, dhcp_quiet: 10m, dns_port: 5353}\n");
  ASSERT_TRUE(tuned);
  EXPECT_EQ(tuned->boot.dhcp_probe, DhcpProbing::kOff);
  EXPECT_EQ(tuned->boot.dhcp_quiet, std::chrono::minutes(10));
  EXPECT_EQ(tuned->boot.dns_port, 5353);
}

TEST(DaemonConfig, TheForgeIsFoundByTheRepositorysAddress) {
  const auto decoded = [](const std::string& forge,
                          const std::string& url = "https://gitlab.example.org/infra/fleet.git") {
    return Decode("source: {url: \"" + url + "\"}\nboot: {dhcp: off}\nforge: {" + forge + "}\n");
  };
  const auto config = decoded("kind: gitlab, token_file: /t, comments: true, propose: true, interval: 5m");
  ASSERT_TRUE(config) << FormatText(config.error().front());
  EXPECT_EQ(config->forge.target->root, "https://gitlab.example.org/api/v4");
  EXPECT_EQ(config->forge.target->repository, "infra/fleet");
  EXPECT_TRUE(config->forge.comments && config->forge.propose);
  EXPECT_EQ(config->forge.interval, std::chrono::minutes(5));
  EXPECT_FALSE(Decode("source: {url: /srv/x}\nboot: {dhcp: off}\n")->forge.target)
      << "nothing is told unasked";
  EXPECT_EQ(decoded("kind: forgejo, token_file: /t")->forge.target->kind, forge::Kind::kGitea);
  const auto problem = [&](const std::string& forge, const std::string& url) {
    const auto wrong = decoded(forge, url);
    return wrong ? "" : FormatText(wrong.error().front());
  };
  EXPECT_THAT(problem("kind: github, token_file: /t", "/srv/fleet.git"), HasSubstr("forge.url"));
  EXPECT_THAT(problem("kind: github", "https://github.com/o/r"), HasSubstr("token_file"));
  EXPECT_THAT(problem("kind: sourcehut, token_file: /t", "https://github.com/o/r"), HasSubstr("kind"));
}

TEST(DaemonConfig, EveryKeyIsAFlagThatWins) {
  yaml::Value document =
      yaml::Read("source: {url: /a}\nboot: {dhcp: off, http_port: 1}\n", "f").documents[0].root;
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.path == "boot.http_port") OverrideKey(document, key, {"8081"});
    if (key.path == "boot.tftp_single_port") OverrideKey(document, key, {"true"});
    if (key.path == "assets.file_roots") OverrideKey(document, key, {"/x", "/y"});
    if (key.path == "source.url") {
      EXPECT_EQ(key.Flag(), "--source-url");
    }
  }
  const auto config = DecodeConfig(document, "f");
  ASSERT_TRUE(config) << FormatText(config.error().front());
  EXPECT_EQ(config->boot.http_port, 8081);
  EXPECT_TRUE(config->boot.tftp_single_port);
  EXPECT_THAT(config->file_roots, ElementsAre("/x", "/y"));
}

TEST(Duration, IsANumberAndAUnit) {
  EXPECT_EQ(ParseDuration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(ParseDuration("2h"), std::chrono::seconds(7200));
  for (const char* bad : {"", "s", "30", "-1s", "0s", "1d", "1 s", "99999999999s"})
    EXPECT_FALSE(ParseDuration(bad)) << bad;
}

}  // namespace
}  // namespace slipway
