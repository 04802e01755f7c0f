#include "tests/bootnet/world.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace slipway::testing {
namespace {

BootEntry Row(const Mac& mac, const std::string& node) {
  BootEntry entry;
  entry.mac = mac;
  entry.node = node;
  entry.cluster = "home";
  entry.hostname = node;
  entry.script = MachineScriptPath(mac);
  entry.config = MachineConfigPath(mac);
  entry.source = "nodes/" + node + ".yaml:1";
  return entry;
}

FileKind KindOf(const std::string& path) {
  if (path == kEntryScriptPath) return FileKind::kEntryScript;
  if (path.starts_with("nodes/")) return FileKind::kMachineScript;
  if (path.starts_with("talos/")) return FileKind::kMachineConfig;
  return FileKind::kAsset;
}

void WriteFile(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Kernel() {
  std::string bytes(300'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

}  // namespace

std::string AssetPathOfSite() { return AssetPath(Sha256::Of(Kernel()), "vmlinuz"); }

std::map<std::string, std::string> SiteFiles() {
  std::map<std::string, std::string> files;
  files["boot.ipxe"] = "#!ipxe\necho entry script\n";
  for (const Mac& mac : {kAlpha1, kAlpha2, kBeta}) {
    files[MachineScriptPath(mac)] = "#!ipxe\necho script of " + mac.ToColons() + "\n";
    files[MachineConfigPath(mac)] = std::string(kConfigMark) + mac.ToColons() + "}\n";
  }
  files[AssetPathOfSite()] = Kernel();
  return files;
}

Manifest SiteManifest(const SiteOptions& options) {
  Manifest manifest;
  manifest.site = "home";
  manifest.boot_server = {options.boot_url_host, options.boot_url_port};
  manifest.unknown_machines = options.unknown;
  manifest.config_access = options.access;
  for (const auto& [path, bytes] : SiteFiles()) {
    manifest.files.push_back({path, Sha256::Of(bytes), bytes.size(), KindOf(path)});
  }
  manifest.boot = {Row(kAlpha1, "alpha"), Row(kAlpha2, "alpha"), Row(kBeta, "beta")};
  return manifest;
}

std::string ProgramOf(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 2'463'534'242;
  for (char& c : bytes) {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    c = static_cast<char>(state);
  }
  return bytes;
}

BootFiles MakeBootFiles() {
  return BootFilesOf({{"undionly.kpxe", ProgramOf(70'001).substr(1)}, {"snponly.efi", ProgramOf(70'000)}});
}

BootFiles BootFilesOf(const std::map<std::string, std::string>& programs) {
  BootFiles boot_files;
  for (const auto& [name, bytes] : programs) {
    UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    boot_files.files.push_back({name, bytes.size(), Sha256::Of(bytes), std::move(fd)});
  }
  return boot_files;
}

Snapshot MakeSnapshot(const SiteOptions& options, Ledger ledger) {
  Snapshot snapshot;
  snapshot.catalog =
      std::make_shared<const Catalog>(SiteManifest(options), RevisionInfo{}, UniqueFd(), UniqueFd());
  snapshot.boot_files = std::make_shared<const BootFiles>(MakeBootFiles());
  snapshot.ledger = std::make_shared<const Ledger>(std::move(ledger));
  return snapshot;
}

void WriteState(const std::string& root, const SiteOptions& options) {
  const std::filesystem::path generation = std::filesystem::path(root) / kGenerationsName / "000001-test";
  for (const auto& [path, bytes] : SiteFiles()) WriteFile(generation / path, bytes);
  const std::string manifest = EncodeManifest(SiteManifest(options));
  WriteFile(generation / kManifestName, manifest);
  RevisionInfo revision;
  revision.number = 1;
  revision.revision = "main@sha1:" + std::string(40, 'a');
  revision.commit = std::string(40, 'a');
  revision.tree_digest = TreeDigest(manifest);
  const std::string retained = "an older kernel";
  const Sha256 digest = Sha256::Of(retained);
  revision.retained_assets = {{AssetPath(digest, "old-vmlinuz"), digest, retained.size(), FileKind::kAsset}};
  WriteFile(std::filesystem::path(root) / kAssetStoreName / digest.ToHex(), retained);
  WriteFile(generation / kRevisionName, EncodeRevision(revision));
  std::filesystem::create_directory_symlink(std::filesystem::path(kGenerationsName) / "000001-test",
                                            std::filesystem::path(root) / kCurrentName);
}

TempDir::TempDir() {
  std::string name = ::testing::TempDir() + "/slipway-bootnet-XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadTestFile(const std::string& name) {
  std::ifstream file(std::string(SLIPWAY_SOURCE_DIR) + "/tests/bootnet/testdata/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace slipway::testing
