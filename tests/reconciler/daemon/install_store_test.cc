#include "reconciler/daemon/install_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace slipway {
namespace {

constexpr Mac kMac{{0x02, 0, 0, 0, 0, 0x11}};

class InstallStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/slipway-installs-XXXXXX";
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(folder_ + "-copy");
  }

  static InstallRecord Record() {
    InstallRecord record;
    record.offered = 3;
    record.wiped = 2;
    record.configured = 3;
    record.completed = 1;
    record.offered_at = 1'800'000'000;
    record.completed_at = 1'700'000'000;
    record.address = "10.0.128.2";
    record.evidence = "its Talos API";
    return record;
  }

  std::string folder_;
};

TEST_F(InstallStoreTest, WhatWasWrittenIsThereAfterAKill) {
  {
    Installs installs;
    auto store = InstallStore::Open(folder_, installs);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->Write({{kMac, {}}, {kMac, Record()}}));
    // As after kill -9: what is on the disk now, without the store's farewell.
    std::filesystem::copy(folder_, folder_ + "-copy", std::filesystem::copy_options::recursive);
  }
  for (const std::string& place : {folder_, folder_ + "-copy"}) {
    Installs again;
    ASSERT_TRUE(InstallStore::Open(place, again));
    EXPECT_EQ(again.Find(kMac), Record()) << place;
  }
}

TEST_F(InstallStoreTest, ReadsBesideADaemonAndTakesAMissingLedgerForAnEmptyOne) {
  Installs none;
  EXPECT_TRUE(InstallStore::Read(folder_ + "/nowhere", none));
  EXPECT_TRUE(none.All().empty());
  Installs installs;
  auto store = InstallStore::Open(folder_, installs);
  ASSERT_TRUE(store && (*store)->Write({{kMac, Record()}}));
  Installs beside;
  const auto read = InstallStore::Read(folder_, beside);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(beside.Find(kMac), Record());
}

TEST_F(InstallStoreTest, ADamagedLedgerKeepsTheDaemonFromStartingAndSaysWhatCanBeDone) {
  std::ofstream(folder_ + "/installs.sqlite") << std::string(8192, 'x');
  Installs installs;
  const auto store = InstallStore::Open(folder_, installs);
  ASSERT_FALSE(store) << "guessing could wipe a disk";
  EXPECT_EQ(store.error().reaction, Reaction::kFixInput);
  EXPECT_NE(store.error().message.find("Bring back a copy, or move it away"), std::string::npos);
}

TEST_F(InstallStoreTest, StartsWhereNothingCanBeWrittenAndCatchesUp) {
  {
    Installs installs;
    auto store = InstallStore::Open(folder_, installs);
    ASSERT_TRUE(store && (*store)->Write({{kMac, Record()}}));
  }
  // A folder in the file's place is what root cannot write to either.
  const std::string file = folder_ + "/installs.sqlite";
  std::filesystem::rename(file, file + ".kept");
  Installs installs;
  std::ofstream(file).close();
  std::filesystem::create_directory(file + "-journal");
  auto store = InstallStore::Open(folder_, installs);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_FALSE((*store)->Write({{kMac, Record()}}));
  std::filesystem::remove(file + "-journal");
  EXPECT_TRUE((*store)->Write({})) << "what could not be written is written now";
  Installs again;
  ASSERT_TRUE(InstallStore::Read(folder_, again));
  EXPECT_EQ(again.Find(kMac), Record());
}

TEST_F(InstallStoreTest, KeepsWhatCouldNotBeWrittenForTheNextTime) {
  Installs installs;
  auto store = InstallStore::Open(folder_, installs);
  ASSERT_TRUE(store);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ + "/installs.sqlite").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto refused = (*store)->Write({{kMac, Record()}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reaction, Reaction::kRetry);
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_TRUE((*store)->Write({{Mac{{0x02, 0, 0, 0, 0, 0x12}}, {}}}));
  Installs again;
  ASSERT_TRUE(InstallStore::Read(folder_, again));
  EXPECT_EQ(again.Find(kMac), Record());
}

}  // namespace
}  // namespace slipway
