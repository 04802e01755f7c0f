#include "reconciler/daemon/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "reconciler/daemon/blocked.h"

namespace slipway {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("slipway-files-" + std::to_string(::getpid()));
    ASSERT_TRUE(MakeFolder(folder_.string() + "/a/b"));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(FilesTest, ReplacesAWholeFileAndKeepsItFromOthers) {
  ASSERT_TRUE(ReplaceFile(Path("f"), "one", Durability::kDurable));
  ASSERT_TRUE(ReplaceFile(Path("f"), "two", Durability::kAtomicOnly));
  EXPECT_EQ(**ReadSmallFile(Path("f")), "two");
  struct stat status {};
  ASSERT_EQ(::stat(Path("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007U, 0U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2)
      << "no temporary file is left";
}

TEST_F(FilesTest, AMissingFileIsNothingAndAFolderAnError) {
  EXPECT_FALSE(ReadSmallFile(Path("none"))->has_value());
  EXPECT_FALSE(ReadSmallFile(Path("a")));
  EXPECT_FALSE(ReplaceFile(Path("none/f"), "x", Durability::kAtomicOnly));
}

TEST_F(FilesTest, BlockedMachinesSurviveARestart) {
  const Mac mac = *Mac::Parse("6c:4b:90:8b:a1:6d");
  {
    auto blocked = BlockedMachines::Load(folder_.string());
    ASSERT_TRUE(blocked);
    ASSERT_TRUE(blocked->Add(mac));
  }
  auto blocked = BlockedMachines::Load(folder_.string());
  ASSERT_TRUE(blocked);
  EXPECT_TRUE(blocked->macs().contains(mac));
  ASSERT_TRUE(blocked->Remove(mac));
  EXPECT_TRUE(BlockedMachines::Load(folder_.string())->macs().empty());
}

TEST_F(FilesTest, ADamagedBlockListIsAnErrorNotAnEmptyList) {
  for (const char* text : {"{", "{}", "[\"nonsense\"]", "[1]"}) {
    std::ofstream(Path("blocked.json")) << text;
    EXPECT_FALSE(BlockedMachines::Load(folder_.string())) << text;
  }
}

}  // namespace
}  // namespace slipway
