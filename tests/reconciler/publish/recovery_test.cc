#include <gtest/gtest.h>

#include <filesystem>

#include "reconciler/publish/publisher.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::Files;
using testing::Fleet;
using testing::FleetTree;
using testing::InfoOf;
using testing::ReadLive;
using testing::WriteText;

/// Two generations are there: 000001-a with machine 1, and 000002-b, current, with machines 1 and 2.
class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() : ops_(MakePosixFileOps()) {
    testing::StoreAssets(dir_.path(), Fleet({}, ""));
    Start();
    EXPECT_TRUE(publisher_->Publish(FleetTree({1}, "one"), InfoOf('a')));
    EXPECT_TRUE(publisher_->Publish(FleetTree({1, 2}, "two"), InfoOf('b')));
  }

  void Start() {
    publisher_.reset();
    auto opened = Publisher::Open(*ops_, dir_.path());
    ASSERT_TRUE(opened) << opened.error().message;
    publisher_ = std::move(*opened);
  }

  /// The next pass of the worker, which renders what is already live.
  Published NextPass() {
    const auto published = publisher_->Publish(FleetTree({1, 2}, "two"), InfoOf('b'));
    EXPECT_TRUE(published) << published.error().message;
    return published.value_or(Published{});
  }

  fs::path Live(const std::string& path) const { return dir_.path() / "current" / path; }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> ops_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(RecoveryTest, AdoptsCurrentAtTheStart) {
  Start();
  ASSERT_NE(publisher_->current(), nullptr);
  EXPECT_EQ(publisher_->current()->name, "000002-bbbbbbbbbbbb");
  EXPECT_TRUE(publisher_->notes().empty());
  EXPECT_EQ(NextPass().change, Published::Change::kNone);
}

TEST_F(RecoveryTest, RemovesWhatACrashLeft) {
  fs::create_directories(dir_ / "staging/tree-1-0/nodes");
  WriteText(dir_ / "staging/tree-1-0/nodes/x", "x");
  fs::create_symlink("generations/000009-ffffffffffff", dir_ / ".current-000009-ffffffffffff");
  WriteText(dir_ / ".pin.json.new", "{");
  Start();
  EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
  EXPECT_EQ(testing::NamesIn(dir_.path()),
            (std::set<std::string>{"assets", "current", "generations", "staging"}));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

TEST_F(RecoveryTest, FallsBackToTheNewestGenerationThatVerifies) {
  fs::create_directories(dir_ / "generations/000003-cccccccccccc");
  WriteText(Live("manifest.json"), "{\"format\": 1");
  Start();
  ASSERT_NE(publisher_->current(), nullptr);
  EXPECT_EQ(publisher_->current()->name, "000001-aaaaaaaaaaaa");
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1}, "one"));
  EXPECT_EQ(publisher_->notes().size(), 3u) << "the broken one, the unfinished one, and what was done";
  EXPECT_EQ(NextPass().generation, "000004-bbbbbbbbbbbb");
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

TEST_F(RecoveryTest, PutsAMissingOrDanglingOrForeignLinkRight) {
  for (const char* target : {"", "generations/000099-ffffffffffff", "/etc", "../elsewhere"}) {
    fs::remove(dir_ / "current");
    if (*target != '\0') fs::create_symlink(target, dir_ / "current");
    Start();
    EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two")) << target;
  }
  fs::remove(dir_ / "current");
  WriteText(dir_ / "current", "not a link");
  Start();
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

TEST_F(RecoveryTest, NoticesALinkThatWasTurnedWhileRunning) {
  fs::remove(dir_ / "current");
  EXPECT_EQ(NextPass().change, Published::Change::kNone);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
  fs::remove(dir_ / "current");
  fs::create_symlink("generations/000001-aaaaaaaaaaaa", dir_ / "current");
  EXPECT_EQ(NextPass().change, Published::Change::kNew);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

TEST_F(RecoveryTest, StartsEmptyWhenNothingVerifies) {
  for (const auto& entry : fs::directory_iterator(dir_ / "generations"))
    fs::remove(entry.path() / "revision.json");
  Start();
  EXPECT_EQ(publisher_->current(), nullptr);
  EXPECT_EQ(NextPass().generation, "000003-bbbbbbbbbbbb");
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

struct Edit {
  const char* name;
  void (*apply)(const fs::path& file);
};

class EditedFileTest : public RecoveryTest, public ::testing::WithParamInterface<Edit> {};

TEST_P(EditedFileTest, IsFoundAndRepairedOnTheNextPass) {
  EXPECT_TRUE(publisher_->FindDamageInCurrent()->empty());
  const std::string config = MachineConfigPath(testing::MachineMac(1));
  for (const std::string& path :
       {config, std::string("boot.ipxe"), std::string("manifest.json"), std::string("revision.json")}) {
    GetParam().apply(Live(path));
    const auto damaged = publisher_->FindDamageInCurrent();
    ASSERT_TRUE(damaged);
    EXPECT_EQ(*damaged, std::vector<std::string>{path});
    const Published published = NextPass();
    EXPECT_EQ(published.change, Published::Change::kNew);
    EXPECT_EQ(published.counts.repaired, path.ends_with(".json") ? 0u : 1u);
    EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two")) << path;
    EXPECT_TRUE(publisher_->FindDamageInCurrent()->empty());
  }
}

TEST_P(EditedFileTest, IsFoundAfterARestart) {
  const std::string config = MachineConfigPath(testing::MachineMac(2));
  GetParam().apply(Live(config));
  Start();
  ASSERT_NE(publisher_->current(), nullptr) << "a damaged file is no reason not to adopt the rest";
  EXPECT_EQ(*publisher_->FindDamageInCurrent(), std::vector<std::string>{config});
  EXPECT_EQ(NextPass().counts.repaired, 1u);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

INSTANTIATE_TEST_SUITE_P(
    Edits, EditedFileTest,
    ::testing::Values(Edit{"InPlace",
                           [](const fs::path& file) {
                             std::string text = testing::ReadText(file);
                             text[0] ^= 1;
                             WriteText(file, text);
                           }},
                      Edit{"Longer",
                           [](const fs::path& file) { WriteText(file, testing::ReadText(file) + "more"); }},
                      Edit{"Truncated", [](const fs::path& file) { fs::resize_file(file, 0); }},
                      Edit{"Removed", [](const fs::path& file) { fs::remove(file); }},
                      Edit{"Renamed",
                           [](const fs::path& file) {
                             WriteText(file.string() + "~", "edited");
                             fs::rename(file.string() + "~", file);
                           }},
                      Edit{"MadeALink",
                           [](const fs::path& file) {
                             fs::remove(file);
                             fs::create_symlink("/etc/hostname", file);
                           }},
                      Edit{"MadeAFolder",
                           [](const fs::path& file) {
                             fs::remove(file);
                             fs::create_directory(file);
                           }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(RecoveryTest, TouchingAFileIsNoDamage) {
  EXPECT_TRUE(publisher_->FindDamageInCurrent()->empty());
  fs::last_write_time(Live("boot.ipxe"), fs::file_time_type::clock::now());
  EXPECT_TRUE(publisher_->FindDamageInCurrent()->empty());
  EXPECT_EQ(NextPass().change, Published::Change::kNone);
}

TEST_F(RecoveryTest, RepairsARemovedFolder) {
  fs::remove_all(Live("talos"));
  EXPECT_EQ(publisher_->FindDamageInCurrent()->size(), 2u);
  EXPECT_EQ(NextPass().counts.repaired, 2u);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "two"));
}

TEST_F(RecoveryTest, VerifiesToTheDepthAskedFor) {
  WriteText(Live("boot.ipxe"), "edited");
  DigestCache cache;
  const std::string name = "000002-bbbbbbbbbbbb";
  EXPECT_TRUE(VerifyGeneration(publisher_->state(), name, VerifyDepth::kManifest, cache));
  const auto files = VerifyGeneration(publisher_->state(), name, VerifyDepth::kFiles, cache);
  ASSERT_FALSE(files);
  EXPECT_NE(files.error().message.find("boot.ipxe"), std::string::npos);
}

}  // namespace
}  // namespace slipway
