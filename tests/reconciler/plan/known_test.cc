// A plan that looks only at what differs from a fleet that is known says what the whole plan says, or
// nothing.
#include "reconciler/plan/known_fleet.h"

#include "reconciler/plan/format.h"
#include "reconciler/plan/plan_known.h"
#include "tests/reconciler/plan/known_fixture.h"

namespace slipway::plan {
namespace {

std::string TextOf(const Plan& plan) {
  return FormatJson(plan) + FormatSarif(plan) + FormatText(plan, Colour::kNone, 0) +
         FormatMarkdown(plan, 65'536);
}

/// What one run of the program keeps from one revision to the next.
struct Program {
  FleetLoader loader;
  Renderer renderer{OwnDecryptor()};

  std::unique_ptr<const Walked> Go(const SourceTree& tree) { return *Walk(tree, loader, renderer); }

  /// "" where it is refused.
  std::string Whole(const Files& base, const Files& head) {
    const auto before = MakeMemoryTree(base);
    const auto after = MakeMemoryTree(head);
    const auto was = Go(*before);
    const auto now = Go(*after);
    if (!was->plan || !now->plan) return {};
    const auto made = ComparePlans({"base", *was->loaded.fleet, *was->plan},
                                   {"head", *now->loaded.fleet, *now->plan}, "key");
    return made ? TextOf(*made) : "";
  }

  std::optional<KnownFleet> Known(const Files& files) {
    const auto tree = MakeMemoryTree(files);
    const auto walked = Go(*tree);
    if (!walked->plan) return std::nullopt;
    // As it comes back from the disk.
    return DecodeKnown(EncodeKnown(Remember(*tree, *walked->loaded.fleet, *walked->plan->pass)));
  }

  /// "" where nothing is said.
  std::string Narrow(const KnownFleet& known, const Files& base, const Files& head) {
    const auto before = MakeMemoryTree(base);
    const auto after = MakeMemoryTree(head);
    const auto made = PlanKnown(known, {"base", *before}, {"head", *after}, loader, renderer, "key");
    return made ? TextOf(*made) : "";
  }
};

Files With(Files files, const std::string& path, const std::string& bytes) {
  files[path] = bytes;
  return files;
}

class KnownFleetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto problems = whole_.Go(*MakeMemoryTree(LargeFleet()))->diagnostics;
    for (const Diagnostic& problem : problems)
      EXPECT_NE(problem.severity, Severity::kError) << FormatText(problem);
    const auto known = whole_.Known(LargeFleet());
    ASSERT_TRUE(known);
    known_ = *known;
  }

  /// Narrowed, of a change of LargeFleet().
  std::string Narrow(const Files& head) { return narrow_.Narrow(known_, LargeFleet(), head); }
  void ExpectSame(const Files& head) {
    const std::string whole = whole_.Whole(LargeFleet(), head);
    ASSERT_NE(whole, "");
    EXPECT_EQ(Narrow(head), whole);
  }

  Program whole_;
  Program narrow_;
  KnownFleet known_;
};

TEST_F(KnownFleetTest, LeavesOutWorkersAndKeepsWhatOthersDependOn) {
  const auto has = [](const auto& list, const std::string& path) {
    return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item.path == path; });
  };
  EXPECT_GE(known_.files.size(), 29U) << "all workers, but those that stand for an encrypted file";
  for (const char* path : {"site.yaml", "cluster.yaml", "patches/own.yaml", "base/other.yaml", "README.md"})
    EXPECT_TRUE(has(known_.shared, path)) << path;
  for (const char* path : {"nodes/cp-1.yaml", "nodes/other.yaml"}) {
    EXPECT_FALSE(has(known_.files, path)) << path;
    EXPECT_FALSE(has(known_.shared, path)) << path;
  }
  EXPECT_EQ(known_.encrypted, (std::vector<std::string>{"base/other.yaml", "patches/r2.yaml"}));
  EXPECT_EQ(EncodeKnown(known_).find(kCanary), std::string::npos);
}

TEST_F(KnownFleetTest, OneMachineIsPlannedAlone) {
  const Files head = With(LargeFleet(), "nodes/r1/w04.yaml", WorkerText(4, "  install: {disk: /dev/sdb}\n"));
  ExpectSame(head);
  const auto tree = MakeMemoryTree(head);
  Program fresh;
  const auto base = MakeMemoryTree(LargeFleet());
  ASSERT_TRUE(PlanKnown(known_, {"base", *base}, {"head", *tree}, fresh.loader, fresh.renderer, "key"));
  // What was decoded by then need not be decoded again; the rest was left alone.
  EXPECT_GT(fresh.loader.Load(*tree)->files_read, 25U);
}

TEST_F(KnownFleetTest, LimitsCountTheMachinesThatWereLeftOut) {
  Files head = LargeFleet();
  head.erase("nodes/r1/w04.yaml");
  head.erase("nodes/r1/w07.yaml");
  ExpectSame(head);
  EXPECT_NE(Narrow(head).find("withdraws 2 of 35 machines"), std::string::npos);
}

TEST_F(KnownFleetTest, ASecretOfAFileThatOnlyOthersUseIsMasked) {
  const Files head = With(
      LargeFleet(), "nodes/r1/w04.yaml",
      WorkerText(4, "  patches: [{inline: {machine: {sysctls: {vm.b: x-" + std::string(kCanary) + "}}}}]\n"));
  ExpectSame(head);
  EXPECT_EQ(Narrow(head).find(kCanary), std::string::npos);
  EXPECT_NE(Narrow(head).find("(secret "), std::string::npos);
}

TEST_F(KnownFleetTest, NothingIsSaidWhereNobodyLeftReadsASecretThatOthersWouldHaveMasked) {
  Files base = LargeFleet();
  base.erase("nodes/other.yaml");  // stands for base/other.yaml, which nodes/other-2.yaml needs too
  const Files head = With(
      base, "nodes/r1/w04.yaml",
      WorkerText(4, "  patches: [{inline: {machine: {sysctls: {vm.b: " + std::string(kCanary) + "}}}}]\n"));
  EXPECT_EQ(whole_.Whole(base, head).find(kCanary), std::string::npos);
  EXPECT_NE(whole_.Whole(base, head), "");
  EXPECT_EQ(narrow_.Narrow(known_, base, head), "");
}

TEST_F(KnownFleetTest, NothingIsSaidWhereBothSidesMissAFileThatOthersNeed) {
  const Files own =
      With(LargeFleet(), "nodes/r1/w04.yaml", WorkerText(4, "  patches: [{file: patches/own.yaml}]\n"));
  known_ = *whole_.Known(own);
  Files base = own;
  base.erase("patches/own.yaml");
  const Files head = With(base, "nodes/r1/w07.yaml", WorkerText(7, "  install: {disk: /dev/sdb}\n"));
  EXPECT_EQ(whole_.Whole(base, head), "");
  EXPECT_EQ(narrow_.Narrow(known_, base, head), "");
}

TEST_F(KnownFleetTest, ANodeIsNobodysPatch) {
  const Files head =
      With(LargeFleet(), "nodes/r1/w04.yaml", WorkerText(4, "  patches: [{file: nodes/r1/w07.yaml}]\n"));
  EXPECT_EQ(whole_.Whole(LargeFleet(), head), "") << "files of Nodes concern others by what they claim alone";
  EXPECT_EQ(Narrow(head), "");
}

TEST_F(KnownFleetTest, WithoutTheIdentityNothingIsSaid) {
  const Files head = With(LargeFleet(), "nodes/r1/w04.yaml", WorkerText(4, "  install: {disk: /dev/sdb}\n"));
  Program stranger;
  stranger.renderer = Renderer();
  EXPECT_EQ(stranger.Narrow(known_, LargeFleet(), head), "");
  EXPECT_NE(Narrow(head), "");
}

TEST_F(KnownFleetTest, BothSidesMayHaveMovedOn) {
  const Files base = With(LargeFleet(), "nodes/r2/w05.yaml", WorkerText(5, "  install: {disk: /dev/sdb}\n"));
  const Files head = With(base, "nodes/r1/w04.yaml", WorkerText(4, "  install: {disk: /dev/sdc}\n"));
  EXPECT_EQ(narrow_.Narrow(known_, base, head), whole_.Whole(base, head));
  EXPECT_NE(narrow_.Narrow(known_, base, head), "");
}

TEST(KnownFleet, SaysWhatTheWholePlanSaysOrNothing) {
  size_t said = 0;
  size_t silent = 0;
  size_t refused = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    Editor editor(seed);
    Program whole;
    Program narrow;
    Files memory = LargeFleet();
    auto known = whole.Known(memory);
    Files base = memory;
    for (int round = 0; round < 60; ++round) {
      if (round % 12 == 11) {  // another fleet is remembered, and everything begins there
        Files edited = LargeFleet();
        for (size_t i = editor.Pick(4); i > 0; --i) editor.Edit(edited);
        if (auto again = whole.Known(edited)) known = again, memory = edited;
        base = memory;
      }
      Files head = base;
      for (size_t i = editor.Pick(3) + 1; i > 0; --i) editor.Edit(head);
      const std::string full = whole.Whole(base, head);
      const std::string some = narrow.Narrow(*known, base, head);
      if (!some.empty()) {
        ASSERT_EQ(some, full) << "seed " << seed << " round " << round;
      }
      ++(full.empty() ? refused : some.empty() ? silent : said);
      if (!full.empty() && editor.Pick(4) == 0) base = head;
    }
  }
  EXPECT_GT(said, 100U);
  EXPECT_GT(silent, 10U) << "changes of what all depend on";
  EXPECT_GT(refused, 30U);
}

TEST_F(KnownFleetTest, ComesBackFromItsBytesAndFromNoOthers) {
  const std::string bytes = EncodeKnown(known_);
  EXPECT_EQ(DecodeKnown(bytes), known_);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(DecodeKnown(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(DecodeKnown(bytes + 'x'));
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {  // whatever it says, nothing breaks
    std::string damaged = bytes;
    for (int n = 0; n < 3; ++n) damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto decoded = DecodeKnown(damaged);
    if (!decoded) continue;
    for (const KnownFleet::Claim& claim : decoded->claims) ASSERT_LT(claim.file, decoded->files.size());
  }
}

}  // namespace
}  // namespace slipway::plan
