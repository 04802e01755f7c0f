#include "bootnet/dhcp/lease_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>

#include "tests/bootnet/world.h"

namespace slipway::dhcp {
namespace {

using slipway::testing::TempDir;

Binding Lease(uint32_t address) {
  Binding binding;
  binding.address = {address};
  binding.mac = Mac{{0xfe, 0xdc, 0xba, 0x98, 0x76, static_cast<uint8_t>(address)}};
  binding.state = BindingState::kBound;
  binding.until = 1'700'000'000;
  binding.client_id = std::string("\0\x01 any", 6);
  binding.hostname = "host\xff";
  return binding;
}

LeaseStore::Kept WriteAndWait(LeaseStore& store, std::vector<Binding> records) {
  std::promise<LeaseStore::Kept> kept;
  store.OnCommit([&](std::vector<LeaseStore::Done> waiting, LeaseStore::Kept outcome) {
    for (const auto& done : waiting) done(outcome);
  });
  store.Write(std::move(records), [&](LeaseStore::Kept outcome) { kept.set_value(outcome); });
  return kept.get_future().get();
}

TEST(LeaseStore, GivesBackWhatItKept) {
  const TempDir folder;
  const std::string path = folder.path() + "/leases.sqlite";
  Binding later = Lease(0xffffffff);
  {
    auto opened = LeaseStore::Open(path);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_TRUE(opened->bindings.empty());
    EXPECT_EQ(WriteAndWait(*opened->store, {Lease(1), later}), LeaseStore::Kept::kYes);
    later.state = BindingState::kReleased;
    EXPECT_EQ(WriteAndWait(*opened->store, {later}), LeaseStore::Kept::kYes);
    opened->store->WriteNumber("quiet", -7);
  }
  auto again = LeaseStore::Open(path);
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->bindings.size(), 2U);
  EXPECT_TRUE(std::find(again->bindings.begin(), again->bindings.end(), Lease(1)) != again->bindings.end());
  EXPECT_TRUE(std::find(again->bindings.begin(), again->bindings.end(), later) != again->bindings.end());
  EXPECT_EQ(again->numbers.at("quiet"), -7);
  EXPECT_EQ(again->warning, "");
}

TEST(LeaseStore, SharesOneSyncAmongAllThatWait) {
  const TempDir folder;
  auto opened = LeaseStore::Open(folder.path() + "/leases.sqlite");
  ASSERT_TRUE(opened.has_value());
  constexpr int kWrites = 5000;
  std::atomic<int> commits = 0;
  std::atomic<int> told = 0;
  std::promise<void> all;
  opened->store->OnCommit([&](std::vector<LeaseStore::Done> waiting, LeaseStore::Kept outcome) {
    ++commits;
    for (const auto& done : waiting) done(outcome);
  });
  for (int i = 0; i < kWrites; ++i) {
    opened->store->Write({Lease(static_cast<uint32_t>(i))}, [&](LeaseStore::Kept outcome) {
      EXPECT_EQ(outcome, LeaseStore::Kept::kYes);
      if (++told == kWrites) all.set_value();
    });
  }
  all.get_future().wait();
  EXPECT_LT(commits, kWrites / 10);
}

TEST(LeaseStore, SaysWhenTheDiskTakesNothing) {
  auto nowhere = LeaseStore::Open("/proc/no/such/folder/leases.sqlite");
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().reaction, Reaction::kRetry);
  EXPECT_NE(nowhere.error().message.find("/proc/no/such/folder"), std::string::npos);
}

TEST(LeaseStore, MovesADamagedFileAsideAndSaysSo) {
  const TempDir folder;
  const std::string path = folder.path() + "/leases.sqlite";
  std::ofstream(path) << std::string(8192, 'x');
  auto opened = LeaseStore::Open(path);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_NE(opened->warning.find(".damaged"), std::string::npos);
  EXPECT_TRUE(std::ifstream(path + ".damaged").good());
  EXPECT_EQ(WriteAndWait(*opened->store, {Lease(1)}), LeaseStore::Kept::kYes);
}

}  // namespace
}  // namespace slipway::dhcp
