// The mirror is a cache: whatever happens to it, the next fetch puts it right without anybody's help.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::GitFixture;
using testing::ReadAll;
using testing::Sh;

std::vector<fs::path> FilesBelow(const fs::path& dir, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file() && entry.path().extension() == extension) files.push_back(entry.path());
  }
  return files;
}

/// Packs are read-only, which does not stop a failing disk.
void Overwrite(const fs::path& file, const std::function<void(std::string&)>& change) {
  fs::permissions(file, fs::perms::owner_all);
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  change(bytes);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

struct Damage {
  const char* name;
  void (*apply)(const fs::path& mirror);
};

class DamagedMirrorTest : public GitFixture, public ::testing::WithParamInterface<Damage> {
 protected:
  void ExpectHealthy(GitSource& source, size_t files) {
    const auto revision = source.Fetch();
    ASSERT_TRUE(revision) << revision.error().error.message;
    EXPECT_EQ(ReadAll(source, *revision).size(), files);
  }
};

TEST_P(DamagedMirrorTest, IsPutRightWhenNothingIsNew) {
  {
    GitSource source = Source();
    ExpectHealthy(source, 2);
  }
  GetParam().apply(mirror());
  GitSource restarted = Source();
  ExpectHealthy(restarted, 2);
  ExpectHealthy(restarted, 2);
}

TEST_P(DamagedMirrorTest, IsPutRightWhenSomethingIsNew) {
  {
    GitSource source = Source();
    ExpectHealthy(source, 2);
  }
  GetParam().apply(mirror());
  Commit("echo b > nodes/b.yaml");
  GitSource restarted = Source();
  ExpectHealthy(restarted, 3);
  Commit("echo c > nodes/c.yaml");
  ExpectHealthy(restarted, 4);
}

INSTANTIATE_TEST_SUITE_P(
    Mirror, DamagedMirrorTest,
    ::testing::Values(
        Damage{"PackTruncated",
               [](const fs::path& mirror) {
                 for (const auto& pack : FilesBelow(mirror, ".pack"))
                   Overwrite(pack, [](auto& b) { b.resize(b.size() / 2); });
               }},
        Damage{"PackEmptied",
               [](const fs::path& mirror) {
                 for (const auto& pack : FilesBelow(mirror, ".pack"))
                   Overwrite(pack, [](auto& b) { b.clear(); });
               }},
        Damage{"PackZeroed",
               [](const fs::path& mirror) {
                 for (const auto& pack : FilesBelow(mirror, ".pack"))
                   Overwrite(pack, [](auto& b) { b.assign(b.size(), '\0'); });
               }},
        Damage{"PackBytesFlipped",
               [](const fs::path& mirror) {
                 for (const auto& pack : FilesBelow(mirror, ".pack")) {
                   Overwrite(pack, [](auto& b) {
                     for (size_t i = 12; i + 20 < b.size(); i += 16) b[i] = static_cast<char>(b[i] ^ 0x55);
                   });
                 }
               }},
        Damage{"PackRemoved",
               [](const fs::path& mirror) {
                 for (const auto& pack : FilesBelow(mirror, ".pack")) fs::remove(pack);
               }},
        Damage{"IndexRemoved",
               [](const fs::path& mirror) {
                 for (const auto& index : FilesBelow(mirror, ".idx")) fs::remove(index);
               }},
        Damage{"IndexTruncated",
               [](const fs::path& mirror) {
                 for (const auto& index : FilesBelow(mirror, ".idx"))
                   Overwrite(index, [](auto& b) { b.resize(b.size() / 2); });
               }},
        Damage{"ObjectsRemoved", [](const fs::path& mirror) { fs::remove_all(mirror / "objects"); }},
        Damage{"ReferenceZeroed",
               [](const fs::path& mirror) {
                 std::ofstream(mirror / "refs/heads/main", std::ios::trunc) << std::string(41, '\0');
               }},
        Damage{"ReferenceEmptied",
               [](const fs::path& mirror) { std::ofstream(mirror / "refs/heads/main", std::ios::trunc); }},
        Damage{"HeadZeroed",
               [](const fs::path& mirror) {
                 std::ofstream(mirror / "HEAD", std::ios::trunc) << std::string(23, '\0');
               }},
        Damage{"HeadRemoved", [](const fs::path& mirror) { fs::remove(mirror / "HEAD"); }},
        Damage{"ConfigGarbled",
               [](const fs::path& mirror) {
                 std::ofstream(mirror / "config", std::ios::trunc) << "[core\n\x01\x02";
               }},
        Damage{"LocksLeft",
               [](const fs::path& mirror) {
                 for (const char* lock : {"HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock",
                                          "refs/heads/main.lock"}) {
                   std::ofstream(mirror / lock) << "x";
                 }
               }},
        Damage{"MadeAFile",
               [](const fs::path& mirror) {
                 fs::remove_all(mirror);
                 std::ofstream(mirror) << "x";
               }},
        Damage{"Emptied",
               [](const fs::path& mirror) {
                 fs::remove_all(mirror);
                 fs::create_directory(mirror);
               }},
        Damage{"Removed", [](const fs::path& mirror) { fs::remove_all(mirror); }}),
    [](const auto& test) { return std::string(test.param.name); });

class MirrorTest : public GitFixture {};

TEST_F(MirrorTest, HealsWhileATreeIsBeingRead) {
  GitSource source = Source();
  const auto revision = source.Fetch();
  ASSERT_TRUE(revision);
  const auto tree = source.ReadTree(*revision);
  ASSERT_TRUE(tree);
  fs::remove_all(mirror() + "/objects");
  GitSource other(Config(), mirror());
  ASSERT_TRUE(other.Fetch()) << "it was moved aside and cloned again under the first one";
  for (const SourceTree::Entry& entry : (*tree)->entries()) {
    EXPECT_TRUE((*tree)->Read(entry, 100)) << entry.path;
  }
}

TEST_F(MirrorTest, ReadsABlobThatWentBadByCloningAgain) {
  Commit("seq 1 100000 > numbers.txt");
  {
    GitSource source = Source();
    ASSERT_TRUE(source.Fetch());
  }
  GitSource source = Source();
  const auto revision = source.Fetch();
  ASSERT_TRUE(revision);
  const auto tree = source.ReadTree(*revision);
  ASSERT_TRUE(tree);
  for (const auto& pack : FilesBelow(mirror(), ".pack")) {
    Overwrite(pack, [](std::string& bytes) {
      for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
    });
  }
  const auto numbers = (*tree)->Read(testing::EntryOf(**tree, "numbers.txt"), 1U << 20U);
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_TRUE(numbers->ends_with("\n100000\n"));
}

TEST_F(MirrorTest, RemovesWhatAKilledFetchLeft) {
  GitSource source = Source();
  ASSERT_TRUE(source.Fetch());
  const fs::path leftover = fs::path(mirror()) / "objects/pack/pack_git2_a1b2c3";
  std::ofstream(leftover) << std::string(1000, 'x');
  GitSource restarted = Source();
  ASSERT_TRUE(restarted.Fetch());
  EXPECT_FALSE(fs::exists(leftover)) << "they would fill the disk, one for each kill";
}

TEST_F(MirrorTest, KeepsOneDamagedMirror) {
  for (int i = 0; i < 3; ++i) {
    GitSource source = Source();
    ASSERT_TRUE(source.Fetch());
    fs::remove_all(mirror() + "/objects");
    GitSource restarted = Source();
    ASSERT_TRUE(restarted.Fetch());
  }
  size_t damaged = 0;
  for (const auto& entry : fs::directory_iterator(dir_.path())) {
    if (entry.path().filename().string().find("damaged") != std::string::npos) ++damaged;
  }
  EXPECT_EQ(damaged, 1u);
}

TEST_F(MirrorTest, DoesNotGrowWithEveryPush) {
  GitSource source = Source();
  for (int i = 0; i < 60; ++i) {
    Commit("echo " + std::to_string(i) + " > nodes/n.yaml");
    ASSERT_TRUE(source.Fetch());
  }
  EXPECT_LE(FilesBelow(mirror(), ".pack").size(), 50u) << "every look-up would go through all of them";
  const auto revision = source.Fetch();
  EXPECT_EQ(source.CompareWith(*revision, first_), Ancestry::kDescendant);
}

}  // namespace
}  // namespace slipway
