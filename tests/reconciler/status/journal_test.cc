#include "reconciler/status/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace slipway {
namespace {

BootEvent Event(int number, const std::string& mac = "6c:4b:90:8b:a1:6d") {
  BootEvent event;
  event.time_ms = 1'000 + number;
  event.outcome = Outcome::kAnswered;
  event.mac = Mac::Parse(mac);
  event.node = "w1";
  event.request = "GET /nodes/" + std::to_string(number);
  event.serial = number == 0 ? "S-1" : "";
  return event;
}

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("slipway-journal-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path() const { return (folder_ / "journal.sqlite").string(); }

  std::filesystem::path folder_;
};

TEST_F(JournalTest, RemembersAcrossARestartNewestFirst) {
  {
    Journal journal;
    ASSERT_TRUE(journal.Open(Path()));
    for (int i = 0; i < 3; ++i) journal.Record(Event(i));
  }
  Journal journal;
  ASSERT_TRUE(journal.Open(Path()));
  const auto recent = journal.Recent(10);
  ASSERT_EQ(recent.size(), 3U);
  EXPECT_EQ(recent[0]->request, "GET /nodes/2");
  const auto machines = journal.Machines();
  ASSERT_EQ(machines.size(), 1U);
  EXPECT_EQ(machines[0].events, 3U);
  EXPECT_EQ(machines[0].serial, "S-1") << "what it once said of itself stays";
  EXPECT_EQ(machines[0].script_fetched_ms, 1'002);
}

TEST_F(JournalTest, ADamagedFileIsMovedAside) {
  std::ofstream(Path()) << std::string(8192, 'x');
  Journal journal;
  EXPECT_TRUE(journal.Open(Path()));
  EXPECT_TRUE(std::filesystem::exists(Path() + ".damaged"));
}

TEST_F(JournalTest, WithoutADiskItGoesOnInMemory) {
  Journal journal;
  EXPECT_FALSE(journal.Open("/nonexistent/journal.sqlite"));
  EXPECT_FALSE(journal.trouble().empty());
  journal.Record(Event(1));
  EXPECT_EQ(journal.Recent(10).size(), 1U);
}

TEST_F(JournalTest, AFloodOfForgedMacsCostsABoundedAmount) {
  MachineTable table(100);
  for (int i = 0; i < 1000; ++i) {
    char mac[18];
    std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", i / 256, i % 256);
    table.Note(Event(i, mac));
  }
  EXPECT_EQ(table.All().size(), 100U);
  EXPECT_EQ(table.All().front().mac, *Mac::Parse("02:00:00:00:03:e7"));
}

TEST_F(JournalTest, ManyThreadsMayAskWhileOneRecords) {
  Journal journal;
  ASSERT_TRUE(journal.Open(Path()));
  std::thread reader([&] {
    for (int i = 0; i < 200; ++i) {
      journal.Recent(50);
      journal.Machines();
    }
  });
  for (int i = 0; i < 2000; ++i) journal.Record(Event(i));
  reader.join();
  EXPECT_EQ(journal.counters().events[3][0], 2000U);
}

}  // namespace
}  // namespace slipway
