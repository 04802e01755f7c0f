#include "reconciler/status/history.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "reconciler/status/journal.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway {
namespace {

using ::testing::IsEmpty;

constexpr const char* kMac = "02:00:00:00:00:01";
constexpr const char* kFirst = "main@sha1:1111111111111111111111111111111111111111";
constexpr const char* kSecond = "main@sha1:2222222222222222222222222222222222222222";

RevisionInfo Revision(uint64_t number, const std::string& name) {
  RevisionInfo revision;
  revision.number = number;
  revision.revision = name;
  revision.author = "A <a@example.org>";
  revision.subject = "Add worker-1";
  revision.pull_request = "#12";
  revision.published_at = 100;
  return revision;
}

BootEvent Boot(Served served, const std::string& revision = kFirst) {
  BootEvent event;
  event.time_ms = 200'000;
  event.outcome = Outcome::kAnswered;
  event.mac = Mac::Parse(kMac);
  event.node = "worker-1";
  event.request = "GET /x";
  event.served = served;
  event.revision = revision;
  event.digest = "d";
  return event;
}

class HistoryTest : public ::testing::Test {
 protected:
  void Fill() {
    Journal journal;
    ASSERT_TRUE(journal.Open(Path()));
    journal.NoteServed(Revision(1, kFirst), {{100'000, "approved", kMac, "worker-1", "", kFirst, ""}});
    journal.Record(Boot(Served::kScript));
    journal.Record(Boot(Served::kConfig));
    journal.NoteServed(Revision(2, kSecond),
                       {{300'000, "changed", kMac, "renamed", "next-boot", kSecond, ""},
                        {300'000, "approved", "02:00:00:00:00:02", "other", "", kSecond, ""}});
  }
  std::string Path() const { return folder_.path().string() + "/journal.sqlite"; }
  std::vector<std::string> Kinds(const std::string& machine) const {
    std::vector<std::string> kinds;
    const auto lines = ReadHistory(folder_.path().string(), machine, 100);
    for (const HistoryLine& line : lines.value()) kinds.push_back(line.record.kind);
    return kinds;
  }

  testing::TempDir folder_;
};

TEST(TitleOf, NamesThePullRequestOnce) {
  RevisionInfo revision = Revision(1, kFirst);
  EXPECT_EQ(TitleOf(revision), "Add worker-1 #12");
  revision.subject = "Add worker-1 (#12)";
  EXPECT_EQ(TitleOf(revision), "Add worker-1 (#12)");
  revision.subject = "Revert \"#123\"";
  EXPECT_EQ(TitleOf(revision), "Revert \"#123\" #12") << "another one's number begins like it";
  revision.subject = "";
  EXPECT_EQ(TitleOf(revision), "#12");
  revision.pull_request = "";
  EXPECT_EQ(TitleOf(revision), "");
}

TEST_F(HistoryTest, JoinsRevisionsAndBootsOfAMachineUnderAllOfItsNames) {
  Fill();
  for (const char* name : {kMac, "worker-1", "renamed"})
    EXPECT_THAT(Kinds(name), ::testing::UnorderedElementsAre("changed", "fetched", "fetched", "approved"))
        << name;
  EXPECT_THAT(Kinds("other"), ::testing::ElementsAre("approved"));
  EXPECT_THAT(Kinds("nobody"), IsEmpty());
  EXPECT_EQ(Kinds("").size(), 5U);
  const auto lines = ReadHistory(folder_.path().string(), "worker-1", 100);
  for (const HistoryLine& line : lines.value()) {
    EXPECT_EQ(line.revision.pull_request, "#12");
    EXPECT_EQ(line.revision.number, line.record.revision == kFirst ? 1U : 2U);
  }
}

TEST_F(HistoryTest, AChangeIsPutDownToItsCommitOrToTheOperatorAlsoAfterARestart) {
  const std::string older(40, '3');
  const std::string other = "02:00:00:00:00:02";
  std::vector<HistoryLine> told;
  {
    Journal journal;
    ASSERT_TRUE(journal.Open(Path()));
    RevisionInfo revision = Revision(1, kFirst);
    revision.commit = std::string(40, '1');
    revision.commits = EncodeMerged({{revision.commit, "N <n@example.org>", "Newest", "", "", 9, {"x"}},
                                     {older, "O <o@example.org>", "Older", "#9", "ada", 8, {"y"}}});
    journal.NoteServed(revision, {{100'000, "approved", kMac, "worker-1", "", kFirst, older},
                                  {100'000, "approved", other, "other", "", kFirst, revision.commit}});
    RevisionInfo back = Revision(2, kSecond);
    back.commit = std::string(40, '2');
    back.restored_by = "a rollback of root";
    journal.NoteServed(back, {{200'000, "changed", kMac, "worker-1", "", kSecond, back.restored_by}});
    told = journal.History();
  }
  const auto kept = ReadHistory(folder_.path().string(), "", 100);
  ASSERT_TRUE(kept);
  for (const std::vector<HistoryLine>& lines : {told, *kept}) {
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].revision.author, "") << "it is not that commit's author who went back";
    EXPECT_FALSE(IsCommit(lines[0].record.cause));
    for (const HistoryLine& line : lines) {
      if (line.record.cause != older) continue;
      EXPECT_EQ(line.revision.author, "O <o@example.org>");
      EXPECT_EQ(line.revision.subject, "Older");
      EXPECT_EQ(line.revision.pull_request, "#9");
      EXPECT_EQ(line.revision.signer, "ada");
      EXPECT_EQ(line.revision.committed_at, 8);
    }
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const HistoryLine& line) {
      return line.revision.author == (line.record.node == "other" ? "A <a@example.org>" : "none") ||
             line.revision.author == "N <n@example.org>";
    }));
  }
}

TEST_F(HistoryTest, ANameFromOutsideIsNoPartOfAnyStatement) {
  Fill();
  EXPECT_THAT(Kinds("x' OR '1'='1"), IsEmpty());
  EXPECT_THAT(Kinds("%"), IsEmpty());
}

TEST_F(HistoryTest, OutlivesTheDaemonAndKnowsWhatItNotedLast) {
  Fill();
  Journal journal;
  ASSERT_TRUE(journal.Open(Path()));
  EXPECT_EQ(journal.newest_generation(), 2U);
  EXPECT_EQ(journal.History().size(), 5U);
  const auto machines = journal.Machines();
  ASSERT_EQ(machines.size(), 1U);
  EXPECT_EQ(machines[0].booted_revision, kFirst);
  EXPECT_EQ(machines[0].booted_config, "d");
}

TEST_F(HistoryTest, OnlyWhatWasAnsweredToANodeIsAPartOfItsStory) {
  EXPECT_TRUE(HistoryOf(Boot(Served::kConfig)));
  EXPECT_FALSE(HistoryOf(Boot(Served::kInitramfs)));
  EXPECT_FALSE(HistoryOf(Boot(Served::kOther)));
  BootEvent refused = Boot(Served::kConfig);
  refused.outcome = Outcome::kRefused;
  EXPECT_FALSE(HistoryOf(refused));
  BootEvent unknown = Boot(Served::kScript);
  unknown.node.clear();
  EXPECT_FALSE(HistoryOf(unknown));
  BootEvent installed = Boot(Served::kOther);
  installed.door = Door::kInstall;
  EXPECT_EQ(HistoryOf(installed)->kind, "installed");
}

TEST_F(HistoryTest, AJournalOfAnEarlierVersionIsTakenOver) {
  Fill();
  ASSERT_EQ(std::system(("python3 -c \"import sqlite3; c = sqlite3.connect('" + Path() +
                         "'); c.execute('ALTER TABLE machines DROP COLUMN booted_revision'); "
                         "c.execute('ALTER TABLE machines DROP COLUMN booted_config'); "
                         "c.execute('DROP TABLE history'); c.execute('DROP TABLE served'); c.commit()\"")
                            .c_str()),
            0);
  Journal journal;
  ASSERT_TRUE(journal.Open(Path()));
  EXPECT_EQ(journal.newest_generation(), 0U);
  EXPECT_EQ(journal.Machines().size(), 1U) << "what was known of machines stays";
}

TEST_F(HistoryTest, WithoutAJournalItSaysWhichFileIsMissing) {
  const auto read = ReadHistory(folder_.path().string() + "/nowhere", "", 10);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, ::testing::HasSubstr("nowhere/journal.sqlite"));
}

}  // namespace
}  // namespace slipway
