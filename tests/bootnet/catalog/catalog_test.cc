#include "bootnet/catalog/catalog.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/bootnet/world.h"

namespace slipway {
namespace {

using namespace slipway::testing;

class CatalogOnDisk : public ::testing::Test {
 protected:
  CatalogOnDisk() { WriteState(state_.path()); }
  std::filesystem::path Current(std::string_view name) const {
    return std::filesystem::path(state_.path()) / kCurrentName / name;
  }
  TempDir state_;
};

std::string ReadAll(const UniqueFd& fd) {
  std::string bytes(400'000, '\0');
  const ssize_t n = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(n < 0 ? 0 : static_cast<size_t>(n));
  return bytes;
}

TEST_F(CatalogOnDisk, OpensEveryFileOfTheManifest) {
  const auto catalog = Catalog::Load(state_.path());
  ASSERT_TRUE(catalog.has_value()) << catalog.error().message;
  for (const auto& [path, bytes] : SiteFiles()) {
    const auto item = (*catalog)->Find(path);
    ASSERT_TRUE(item.has_value()) << path;
    const auto fd = (*catalog)->Open(*item);
    ASSERT_TRUE(fd.has_value()) << fd.error().message;
    EXPECT_TRUE(ReadAll(*fd) == bytes) << path;
  }
}

TEST_F(CatalogOnDisk, ServesAnAssetThatOnlyAFormerGenerationNamed) {
  const auto catalog = Catalog::Load(state_.path());
  ASSERT_TRUE(catalog.has_value());
  const auto item = (*catalog)->Find(AssetPath(Sha256::Of("an older kernel"), "old-vmlinuz"));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(ReadAll(*(*catalog)->Open(*item)), "an older kernel");
}

TEST_F(CatalogOnDisk, KeepsServingAfterTheLinkMoved) {
  const auto catalog = Catalog::Load(state_.path());
  ASSERT_TRUE(catalog.has_value());
  std::filesystem::remove(std::filesystem::path(state_.path()) / kCurrentName);
  EXPECT_TRUE((*catalog)->Open(*(*catalog)->Find("boot.ipxe")).has_value());
}

TEST_F(CatalogOnDisk, RefusesAManifestThatWasEdited) {
  std::ofstream(Current(kManifestName), std::ios::app) << "\n";
  const auto catalog = Catalog::Load(state_.path());
  ASSERT_FALSE(catalog.has_value());
  EXPECT_EQ(catalog.error().reaction, Reaction::kRetry);
  EXPECT_NE(catalog.error().message.find("was changed on disk"), std::string::npos);
}

TEST_F(CatalogOnDisk, RefusesAFileThatWasEditedOrReplacedByALink) {
  const auto catalog = Catalog::Load(state_.path());
  ASSERT_TRUE(catalog.has_value());
  std::ofstream(Current("boot.ipxe"), std::ios::app) << "more";
  EXPECT_FALSE((*catalog)->Open(*(*catalog)->Find("boot.ipxe")).has_value());
  std::filesystem::remove(Current("boot.ipxe"));
  std::filesystem::create_symlink("/etc/passwd", Current("boot.ipxe"));
  EXPECT_FALSE((*catalog)->Open(*(*catalog)->Find("boot.ipxe")).has_value());
}

TEST(CatalogLoad, NamesWhatIsMissing) {
  const TempDir empty;
  const auto catalog = Catalog::Load(empty.path());
  ASSERT_FALSE(catalog.has_value());
  EXPECT_NE(catalog.error().message.find("/current"), std::string::npos);
}

TEST(CatalogFind, KnowsAMachineByEverySpellingOfItsMac) {
  const Snapshot snapshot = MakeSnapshot();
  for (std::string_view path :
       {"nodes/02-00-00-00-be-0a.ipxe", "nodes/02:00:00:00:be:0a.ipxe", "nodes/02-00-00-00-BE-0A.ipxe",
        "talos/configs/02-00-00-00-be-0a.yaml", "talos/configs/02:00:00:00:BE:0a.yaml"}) {
    const auto item = snapshot.catalog->Find(path);
    ASSERT_TRUE(item.has_value()) << path;
    EXPECT_EQ(item->owner->node, "beta");
  }
  for (std::string_view path :
       {"nodes/02-00-00-00-ff-01.ipxe", "02-00-00-00-be-0a.ipxe", "nodes/02-00-00-00-be-0a.yaml",
        "talos/02-00-00-00-be-0a.yaml", "manifest.json", "revision.json", "nodes", ""}) {
    EXPECT_FALSE(snapshot.catalog->Find(path).has_value()) << path;
  }
}

TEST(CatalogFind, AnswersAutoexecInAnyFolderWithTheEntryScript) {
  const Snapshot snapshot = MakeSnapshot();
  for (std::string_view path : {"autoexec.ipxe", "ipxe/autoexec.ipxe", "a/b/autoexec.ipxe"}) {
    ASSERT_TRUE(snapshot.catalog->Find(path).has_value()) << path;
    EXPECT_EQ(snapshot.catalog->Find(path)->file->path, "boot.ipxe");
  }
  EXPECT_FALSE(snapshot.catalog->Find("xautoexec.ipxe").has_value());
}

TEST(BootFilesScan, FindsWhatIsThereAndKeepsItOpen) {
  const TempDir folder;
  std::ofstream(folder.path() + "/snponly.efi") << "program";
  std::ofstream(folder.path() + "/readme.txt") << "not a program";
  const std::vector<std::string> folders{folder.path(), folder.path() + "/nowhere"};
  auto found = BootFiles::Scan(folders);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->files.size(), 1U);
  EXPECT_EQ(found->files[0].digest, Sha256::Of("program"));
  std::filesystem::remove(folder.path() + "/snponly.efi");
  EXPECT_EQ(ReadAll(found->files[0].fd), "program");
  EXPECT_EQ(found->For(Platform::kEfiX64), &found->files[0]);
  EXPECT_EQ(found->For(Platform::kBios), nullptr);
  EXPECT_FALSE(BootFiles::Scan(std::span(folders).subspan(1)).has_value())
      << "the first folder must be there";
}

TEST(BootFilesScan, ServesSignedLoadersByTheNamesThatTheyLookForEachOtherBy) {
  const TempDir folder;
  std::ofstream(folder.path() + "/shimx64.efi.signed") << "shim";
  std::ofstream(folder.path() + "/grubnetx64.efi.signed") << "grub";
  std::ofstream(folder.path() + "/grubnetaa64.efi.signed") << "grub for arm";
  const std::vector<std::string> folders{folder.path()};
  const auto found = BootFiles::Scan(folders);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->For(Platform::kEfiX64), nullptr) << "GRUB only where it is asked for";
  ASSERT_NE(found->For(Platform::kEfiX64, Loader::kGrub), nullptr);
  EXPECT_EQ(found->For(Platform::kEfiX64, Loader::kGrub)->name, "shimx64.efi");
  EXPECT_EQ(ReadAll(found->Find("grubx64.efi")->fd), "grub");
  EXPECT_EQ(found->For(Platform::kEfiArm64)->name, "grubaa64.efi") << "no iPXE for arm64 in Debian 12";
  std::ofstream(folder.path() + "/shimaa64.efi.signed") << "shim for arm";
  const auto with_shim = BootFiles::Scan(folders);
  ASSERT_TRUE(with_shim.has_value()) << with_shim.error().message;
  EXPECT_EQ(with_shim->files.size(), 4U) << "each once, though two platforms have GRUB";
  EXPECT_EQ(with_shim->For(Platform::kEfiArm64)->name, "shimaa64.efi");
  EXPECT_EQ(with_shim->For(Platform::kUBootArm64)->name, "grubaa64.efi") << "shim finds nothing under U-Boot";
}

}  // namespace
}  // namespace slipway
