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
