#include "reconciler/plan/plan_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::plan {
namespace {

namespace fs = std::filesystem;
using testing::FaultyFileOps;

KnownFleet FleetOf(const std::string& id) {
  KnownFleet known;
  known.shared = {{"site.yaml", "site-" + id, 0, SourceTree::EntryKind::kFile}};
  known.files = {{"a.yaml", "a-" + id, 1}, {"b.yaml", "b-" + id, 2}};
  known.claims = {{1, 0}, {2, 1}};
  known.encrypted = {"base.yaml"};
  return known;
}

class PlanCacheTest : public ::testing::Test {
 protected:
  std::string folder() const { return dir_ / "cache/slipway"; }
  PlanCache Cache(const std::string& build = "1") { return {*ops_, folder(), build}; }

  /// The only file of a fleet that is there.
  fs::path File() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder())) {
      EXPECT_TRUE(found.empty()) << found << " and " << entry.path();
      found = entry.path();
    }
    EXPECT_FALSE(found.empty());
    return found;
  }
  static std::string BytesOf(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> ops_ = MakePosixFileOps(Readers::kOwner);
};

TEST_F(PlanCacheTest, FindsWhatWasKeptLastOfTheSameRepositoryAndBuild) {
  EXPECT_FALSE(Cache().Find("one"));
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  ASSERT_TRUE(Cache().Keep("one", FleetOf("2")));
  EXPECT_EQ(Cache().Find("one"), FleetOf("2"));
  EXPECT_FALSE(Cache().Find("two"));
  EXPECT_FALSE(Cache("2").Find("one")) << "another program may judge otherwise";
}

TEST_F(PlanCacheTest, NobodyElseMayReadIt) {
  const mode_t mask = ::umask(0);
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(PlanCacheTest, WhatIsDamagedIsNotThere) {
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  const fs::path file = File();
  const std::string bytes = BytesOf(file);
  for (size_t size = 0; size < bytes.size(); ++size) {
    Write(file, bytes.substr(0, size));
    ASSERT_FALSE(Cache().Find("one")) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] ^= 1;
    Write(file, damaged);
    ASSERT_FALSE(Cache().Find("one")) << at;
  }
  Write(file, bytes);
  EXPECT_TRUE(Cache().Find("one"));
}

TEST_F(PlanCacheTest, WhatOthersMayHavePutThereIsNotThere) {
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  const fs::path file = File();
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_write);
  EXPECT_FALSE(Cache().Find("one"));
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_TRUE(Cache().Find("one"));
  fs::permissions(folder(), fs::perms::all);
  EXPECT_FALSE(Cache().Find("one"));
  EXPECT_EQ(Cache().Keep("one", FleetOf("2")).error().code, EPERM);
  fs::permissions(folder(), fs::perms::owner_all);
  fs::rename(file, dir_ / "elsewhere");
  fs::create_symlink(dir_ / "elsewhere", file);
  EXPECT_FALSE(Cache().Find("one"));
  ASSERT_TRUE(Cache().Keep("one", FleetOf("2")));
  EXPECT_EQ(Cache().Find("one"), FleetOf("2")) << "the link was replaced, and what it points at left alone";
  EXPECT_NE(BytesOf(dir_ / "elsewhere"), BytesOf(file));
}

TEST_F(PlanCacheTest, WhatBelongsToSomebodyElseIsNotThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  const fs::path file = File();
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(Cache().Find("one"));
  ASSERT_EQ(::chown(file.c_str(), 0, 0), 0);
  EXPECT_TRUE(Cache().Find("one"));
  ASSERT_EQ(::chown(folder().c_str(), 65534, 65534), 0);
  EXPECT_FALSE(Cache().Find("one"));
  EXPECT_FALSE(Cache().Keep("one", FleetOf("2")));
}

TEST_F(PlanCacheTest, KeepsTheNewestRepositories) {
  for (size_t i = 0; i < PlanCache::kMostFiles + 5; ++i) {
    ASSERT_TRUE(Cache().Keep(std::to_string(i), FleetOf("1")));
    // Older than whatever comes next, on disks with coarse clocks too.
    for (const auto& entry : fs::directory_iterator(folder()))
      fs::last_write_time(entry.path(), fs::last_write_time(entry.path()) - std::chrono::seconds(10));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder()), {}), PlanCache::kMostFiles);
  EXPECT_FALSE(Cache().Find("4"));
  EXPECT_TRUE(Cache().Find("5"));
}

TEST_F(PlanCacheTest, ClearsAwayWhatNobodyWillFinishAndNothingOfOthers) {
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  const fs::path file = File();
  const fs::path old = file.parent_path() / ("." + file.filename().string() + ".1.1");
  const fs::path fresh = file.parent_path() / ("." + file.filename().string() + ".1.2");
  const fs::path foreign = file.parent_path() / "notes.txt";
  for (const fs::path& path : {old, fresh, foreign}) Write(path, "x");
  for (const fs::path& path : {old, foreign})
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(2));
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh)) << "somebody may be writing it";
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(PlanCacheTest, ManyAtATimeFindOneWholeFleet) {
  ASSERT_TRUE(Cache().Keep("one", FleetOf("0")));
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t, &wrong] {
      const std::string id = std::to_string(t);
      for (int i = 0; i < 50; ++i) {
        if (!Cache().Keep("one", FleetOf(id))) ++wrong;
        const auto found = Cache().Find("one");
        if (!found || !(*found == FleetOf(found->files[0].content_id.substr(2)))) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  File();  // and nothing is left of the writing
}

TEST_F(PlanCacheTest, WhereverKeepingFailsTheOldOrTheNewIsFound) {
  uint64_t operations = 0;
  for (uint64_t n = 1; n <= 40; ++n) {
    for (const bool dies : {false, true}) {
      ASSERT_TRUE(Cache().Keep("one", FleetOf("old")));
      FaultyFileOps faulty(*ops_);
      if (dies) {
        faulty.CrashAt(n, FaultyFileOps::Moment::kAfter);
      } else {
        faulty.FailAt(n, EIO);
      }
      const auto kept = PlanCache(faulty, folder(), "1").Keep("one", FleetOf("new"));
      operations = faulty.count();
      const auto found = Cache().Find("one");
      ASSERT_TRUE(found) << n;
      const bool is_new = *found == FleetOf("new");
      EXPECT_TRUE(is_new || *found == FleetOf("old")) << n;
      EXPECT_TRUE(is_new || dies || !kept) << n;
      if (!dies) File();  // and nothing is left of the writing
      fs::remove_all(folder());
    }
    if (n > operations) return;
  }
  FAIL() << "it takes more operations than the test looks at: " << operations;
}

TEST_F(PlanCacheTest, WhereverReadingFailsNothingIsFound) {
  ASSERT_TRUE(Cache().Keep("one", FleetOf("1")));
  for (uint64_t n = 1; n <= 20; ++n) {
    FaultyFileOps faulty(*ops_);
    faulty.FailAt(n, EIO);
    const auto found = PlanCache(faulty, folder(), "1").Find("one");
    if (n > faulty.count()) {
      EXPECT_EQ(found, FleetOf("1"));
      return;
    }
    EXPECT_FALSE(found) << n;
  }
  FAIL();
}

TEST_F(PlanCacheTest, AFolderThatCannotBeMadeKeepsNothing) {
  Write(dir_ / "file", "x");
  PlanCache cache(*ops_, dir_ / "file/slipway", "1");
  EXPECT_FALSE(cache.Keep("one", FleetOf("1")));
  EXPECT_FALSE(cache.Find("one"));
}

}  // namespace
}  // namespace slipway::plan
