#include "schema/contract/manifest.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

Manifest Sample() {
  Manifest manifest;
  manifest.site = "home";
  manifest.boot_server = {"10.0.5.10", 8080};
  manifest.unknown_machines = UnknownAction::kReport;
  const Mac mac = *Mac::Parse("6c:4b:90:8b:a1:6d");
  manifest.files = {
      {"boot.ipxe", Sha256::Of("a"), 1, FileKind::kEntryScript},
      {MachineScriptPath(mac), Sha256::Of("b"), 2, FileKind::kMachineScript},
      {MachineConfigPath(mac), Sha256::Of("c"), 3, FileKind::kMachineConfig},
  };
  BootEntry entry;
  entry.mac = mac;
  entry.node = "worker-02";
  entry.cluster = "home";
  entry.hostname = "worker-node-02";
  entry.serial = "with \"quotes\" and \xff bytes";
  entry.script = MachineScriptPath(mac);
  entry.config = MachineConfigPath(mac);
  entry.source = "nodes/worker-02.yaml:1";
  manifest.boot = {entry};
  return manifest;
}

TEST(Manifest, SurvivesARoundTrip) {
  Manifest manifest = Sample();
  manifest.boot[0].serial = "S/N 42";
  const auto decoded = DecodeManifest(EncodeManifest(manifest));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, manifest);
}

/// One of every choice that few sites or machines make.
Manifest WithChoices() {
  Manifest manifest = Sample();
  manifest.config_access = ConfigAccess::kWindow;
  manifest.config_window_seconds = 60;
  manifest.dns = {true, "home.arpa", 30};
  Subnet subnet;
  subnet.cidr = *Ipv4Prefix::Parse("10.0.128.0/24");
  subnet.gateway = Ipv4::Parse("10.0.128.1");
  subnet.nameservers = {*Ipv4::Parse("10.0.128.1"), *Ipv4::Parse("10.0.128.2")};
  subnet.ranges = {*AddressRange::Parse("10.0.128.100-10.0.128.199")};
  subnet.ntp_servers = {*Ipv4::Parse("10.0.128.3")};
  subnet.domain = "home.arpa";
  subnet.mtu = 9000;
  subnet.routes = {{*Ipv4Prefix::Parse("10.20.0.0/16"), *Ipv4::Parse("10.0.128.254")}};
  subnet.lease_seconds = 600;
  manifest.subnets = {subnet, Subnet{*Ipv4Prefix::Parse("10.1.0.0/24"), {}, {}, {}, {}, {}, {}, {}}};
  manifest.names = {{"controlplane.talos", {*Ipv4::Parse("10.0.128.10"), *Ipv4::Parse("10.0.128.11")}}};
  manifest.clusters = {{"home", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"}};
  const Mac mac = manifest.boot[0].mac;
  manifest.files.insert(manifest.files.begin() + 1,
                        {{"local/exit.ipxe", Sha256::Of("d"), 4, FileKind::kLocalBoot},
                         {MachineGrubPath(mac), Sha256::Of("e"), 5, FileKind::kLoaderConfig}});
  manifest.files.insert(manifest.files.begin() + 4,
                        {MachineWipePath(mac, Loader::kIpxe), Sha256::Of("f"), 6, FileKind::kWipeScript});
  BootEntry& entry = manifest.boot[0];
  entry.serial.clear();
  entry.address = Ipv4Prefix::Parse("10.0.128.2/24");
  entry.loader = Loader::kGrub;
  entry.install_revision = 3;
  entry.local_script = "local/exit.ipxe";
  entry.wipe_script = MachineWipePath(mac, Loader::kIpxe);
  entry.wipe_until = 1'800'000'000;
  return manifest;
}

TEST(Manifest, KeepsTheChoicesOfSiteAndMachines) {
  const Manifest manifest = WithChoices();
  const auto decoded = DecodeManifest(EncodeManifest(manifest));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, manifest);
}

TEST(Manifest, RefusesChoicesThatAreNotInTheirForm) {
  const std::string good = EncodeManifest(WithChoices());
  const std::pair<std::string_view, std::string_view> edits[] = {
      {"10.0.128.100-10.0.128.199", "10.0.128.199-10.0.128.100"},
      {"10.20.0.0/16=10.0.128.254", "10.20.0.0/16"},
      {"\"mtu\":9000", "\"mtu\":90000"},
      {"\"leaseSeconds\":600", "\"leaseSeconds\":0"},
      {"\"configWindow\":60", "\"configWindow\":-60"},
      {"\"installRevision\":3", "\"installRevision\":0"},
      {"10.0.128.2/24", "10.0.128.2"},
      {"\"loader\":\"grub\"", "\"loader\":\"lilo\""},
      {"\"localScript\":\"local/exit.ipxe\"", "\"localScript\":\"local/other.ipxe\""},
      {"\"osCa\"", "\"ca\""}};
  for (const auto& [from, to] : edits) {
    std::string text = good;
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
    EXPECT_FALSE(DecodeManifest(text)) << to;
  }
}

TEST(Manifest, StaysValidJsonWhateverAStringHolds) {
  const auto decoded = DecodeManifest(EncodeManifest(Sample()));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->boot[0].serial, "with \"quotes\" and \xEF\xBF\xBD bytes");
}

TEST(Manifest, FindsFilesAndMachines) {
  const Manifest manifest = Sample();
  EXPECT_NE(manifest.FindFile("boot.ipxe"), nullptr);
  EXPECT_EQ(manifest.FindFile("boot.ipx"), nullptr);
  EXPECT_EQ(manifest.FindMac(*Mac::Parse("6c-4b-90-8b-a1-6d"))->node, "worker-02");
  EXPECT_EQ(manifest.FindMac(Mac{}), nullptr);
}

TEST(Manifest, RefusesPathsThatCouldLeaveTheGeneration) {
  for (const char* path : {"../x", "/etc/passwd", "a//b", "a/./b", "nodes/..", "a\\b", "x\n", ""}) {
    Manifest manifest = Sample();
    manifest.files[0].path = path;
    EXPECT_FALSE(DecodeManifest(EncodeManifest(manifest))) << path;
  }
}

TEST(Manifest, RefusesUnsortedListsAndDanglingBootRows) {
  Manifest manifest = Sample();
  std::swap(manifest.files[0], manifest.files[1]);
  EXPECT_FALSE(DecodeManifest(EncodeManifest(manifest)));
  manifest = Sample();
  manifest.boot[0].config = "talos/configs/other.yaml";
  EXPECT_FALSE(DecodeManifest(EncodeManifest(manifest)));
}

TEST(Manifest, RefusesEveryTruncation) {
  const std::string text = EncodeManifest(Sample());
  for (size_t length = 0; length + 2 < text.size(); ++length) {
    EXPECT_FALSE(DecodeManifest(text.substr(0, length))) << length;
  }
}

TEST(Manifest, RefusesAnotherFormat) {
  std::string text = EncodeManifest(Sample());
  text.replace(text.find("manifest/v1"), 11, "manifest/v9");
  const auto decoded = DecodeManifest(text);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find("manifest/v9"), std::string::npos);
}

TEST(Manifest, DigestDependsOnContentAlone) {
  EXPECT_EQ(TreeDigest(EncodeManifest(Sample())), TreeDigest(EncodeManifest(Sample())));
  Manifest other = Sample();
  other.files[0].digest = Sha256::Of("changed");
  EXPECT_NE(TreeDigest(EncodeManifest(Sample())), TreeDigest(EncodeManifest(other)));
}

TEST(Revision, SurvivesARoundTrip) {
  RevisionInfo revision;
  revision.number = 42;
  revision.revision = "main@sha1:3f2c9d1e0ab4";
  revision.author = "Someone <s@example.org>";
  revision.subject = "Add worker-03\twith a tab";
  revision.committed_at = 1700000000;
  revision.published_at = 1700000001;
  revision.tree_digest = "sha256:00";
  revision.retained_assets = {{"assets/x/vmlinuz", Sha256::Of("k"), 9, FileKind::kAsset}};
  const auto decoded = DecodeRevision(EncodeRevision(revision));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, revision);
}

TEST(Manifest, RefusesWhatIsNoJsonOrOfAnotherShape) {
  const std::string good = EncodeManifest(Sample());
  const std::pair<std::string_view, std::string_view> edits[] = {{"},\n{", "}\n{"},
                                                                 {"\n],", ",\n],"},
                                                                 {"{\n\"format\"", "{,\"format\""},
                                                                 {"\"size\":", "\"size\":-"},
                                                                 {"\"size\":", "\"weight\":"},
                                                                 {"\"files\":[", "\"files\":[["},
                                                                 {"\"site\":", "\"site\""},
                                                                 {"\"boot\":", "\"root\":"},
                                                                 {"\n}\n", "\n}\n}"}};
  for (const auto& [from, to] : edits) {
    std::string text = good;
    ASSERT_NE(text.rfind(from), std::string::npos) << from;
    text.replace(text.rfind(from), from.size(), to);
    EXPECT_FALSE(DecodeManifest(text)) << from << " → " << to;
  }
}

TEST(Revision, KeepsWhatTheNextOneIsMeasuredBy) {
  RevisionInfo revision;
  revision.commit = std::string(40, 'b');
  revision.signer = "ada@example.org, ED25519 key SHA256:x";
  revision.accepted_by = "root";
  EXPECT_EQ(TrustBaseOf(revision), (TrustBase{revision.commit, "", "", ""})) << "one that was written before";
  revision.trust = {std::string(40, 'a'), "ada@example.org ssh-ed25519 AAAA\n# \"quoted\"\n", "ssh-rsa BBBB",
                    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"};
  const auto decoded = DecodeRevision(EncodeRevision(revision));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, revision);
  EXPECT_EQ(TrustBaseOf(*decoded), revision.trust);
}

TEST(Revision, KeepsATimeBefore1970) {
  RevisionInfo revision;
  revision.committed_at = -1;
  const auto decoded = DecodeRevision(EncodeRevision(revision));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->committed_at, -1);
}

TEST(Sha256, MatchesTheStandardsVector) {  // FIPS 180-4, "abc"
  EXPECT_EQ(Sha256::Of("abc").ToHex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256::ParseHex(Sha256::Of("abc").ToHex()), Sha256::Of("abc"));
  EXPECT_FALSE(Sha256::ParseHex("xyz"));
}

}  // namespace
}  // namespace slipway
