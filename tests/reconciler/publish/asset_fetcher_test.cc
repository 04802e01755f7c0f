#include "reconciler/publish/asset_fetcher.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/publish/publish_fixture.h"
#include "tests/reconciler/publish/raw_http_server.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::HeaderOf;
using testing::HttpResponse;
using testing::RawHttpServer;
using Answer = RawHttpServer::Answer;

class AssetFetcherTest : public ::testing::Test {
 protected:
  AssetFetcherTest()
      : posix_(MakePosixFileOps()), ops_(*posix_), state_(StateDir::Open(ops_, dir_.path()).value()) {
    for (size_t i = 0; i < 300'000; ++i) bytes_ += static_cast<char>(i * 7 % 251);
    options_.timeout = std::chrono::seconds(20);
    options_.stall = std::chrono::seconds(1);
    options_.keep_free = 1;
  }

  Result<void> Fetch(const std::string& url, const FetchProgress& progress = {}) {
    AssetFetcher fetcher(state_, cache_, options_);
    return fetcher.Fetch({"kernel", url, digest()}, progress);
  }

  Sha256 digest() const { return Sha256::Of(bytes_); }
  fs::path Stored() const { return dir_.path() / "assets" / digest().ToHex(); }
  fs::path Partial() const { return dir_.path() / "assets/.partial" / digest().ToHex(); }
  bool IsStored() const { return fs::exists(Stored()) && testing::ReadText(Stored()) == bytes_; }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> posix_;
  testing::FaultyFileOps ops_;
  StateDir state_;
  DigestCache cache_;
  FetchOptions options_;
  std::string bytes_;
};

TEST_F(AssetFetcherTest, DownloadsVerifiesAndStores) {
  RawHttpServer server([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  std::vector<uint64_t> done;
  const auto fetched = Fetch(server.Url("/vmlinuz"), [&](uint64_t now, uint64_t total) {
    EXPECT_EQ(total, bytes_.size());
    done.push_back(now);
    return FetchControl::kGoOn;
  });
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_TRUE(IsStored());
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_EQ(done.back(), bytes_.size());
  EXPECT_TRUE(testing::NamesIn(dir_ / "assets/.partial").empty());
  ASSERT_TRUE(Fetch(server.Url("/vmlinuz")));
  EXPECT_EQ(server.requests().size(), 1u) << "what is here is not fetched again";
}

TEST_F(AssetFetcherTest, GoesOnWhereABreakEndedIt) {
  const std::string etag = "ETag: \"v1\"\r\n";
  RawHttpServer server([&](const std::string& request) {
    if (HeaderOf(request, "Range").empty()) {
      const std::string whole = HttpResponse("200 OK", etag, bytes_);
      return Answer{whole.substr(0, whole.size() - 100'000)};
    }
    EXPECT_EQ(HeaderOf(request, "Range"), "bytes=200000-");
    EXPECT_EQ(HeaderOf(request, "If-Range"), "\"v1\"");
    return Answer{HttpResponse("206 Partial Content", etag + "Content-Range: bytes 200000-299999/300000\r\n",
                               bytes_.substr(200'000))};
  });
  const auto broken = Fetch(server.Url("/vmlinuz"));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().reaction, Reaction::kRetry);
  EXPECT_FALSE(fs::exists(Stored()));
  EXPECT_EQ(fs::file_size(Partial()), 200'000u);
  const auto resumed = Fetch(server.Url("/vmlinuz"));
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_TRUE(IsStored());
}

TEST_F(AssetFetcherTest, BeginsAnewWhenTheServerSendsAllOrHasAShorterFile) {
  for (const bool beyond_end : {false, true}) {
    testing::WriteText(Partial(), std::string(beyond_end ? 400'000 : 1'000, 'x'));
    RawHttpServer server([&](const std::string& request) {
      if (beyond_end && !HeaderOf(request, "Range").empty()) {
        return Answer{HttpResponse("416 Range Not Satisfiable", "", "")};
      }
      return Answer{HttpResponse("200 OK", "", bytes_)};
    });
    const auto fetched = Fetch(server.Url("/vmlinuz"));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(IsStored());
    fs::remove(Stored());
  }
}

TEST_F(AssetFetcherTest, BeginsAnewWhenWhatItContinuedWasWrong) {
  testing::WriteText(Partial(), std::string(1'000, 'x'));
  RawHttpServer server([&](const std::string& request) {
    if (HeaderOf(request, "Range").empty()) return Answer{HttpResponse("200 OK", "", bytes_)};
    return Answer{HttpResponse("206 Partial Content", "Content-Range: bytes 1000-299999/300000\r\n",
                               bytes_.substr(1'000))};
  });
  ASSERT_TRUE(Fetch(server.Url("/vmlinuz")));
  EXPECT_TRUE(IsStored());
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(AssetFetcherTest, RefusesAPartThatWasNotAskedFor) {
  testing::WriteText(Partial(), bytes_.substr(0, 1'000));
  RawHttpServer server([&](const std::string&) {
    return Answer{HttpResponse("206 Partial Content", "Content-Range: bytes 0-299999/300000\r\n", bytes_)};
  });
  EXPECT_FALSE(Fetch(server.Url("/vmlinuz")));
  EXPECT_FALSE(fs::exists(Stored()));
}

TEST_F(AssetFetcherTest, FinishesWhatWasCompleteBeforeACrash) {
  testing::WriteText(Partial(), bytes_);
  ASSERT_TRUE(Fetch("http://127.0.0.1:1/never-asked"));
  EXPECT_TRUE(IsStored());
}

TEST_F(AssetFetcherTest, NeverStoresOtherBytesThanTheDigestSays) {
  RawHttpServer server([](const std::string&) { return Answer{HttpResponse("200 OK", "", "another file")}; });
  const auto fetched = Fetch(server.Url("/vmlinuz?token=secret"));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().reaction, Reaction::kFixInput);
  EXPECT_NE(fetched.error().message.find(Sha256::Of("another file").ToHex()), std::string::npos);
  EXPECT_EQ(fetched.error().message.find("secret"), std::string::npos);
  EXPECT_FALSE(fs::exists(Stored()));
  EXPECT_TRUE(testing::NamesIn(dir_ / "assets/.partial").empty());
}

TEST_F(AssetFetcherTest, FetchesADamagedFileAgain) {
  RawHttpServer server([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  testing::WriteText(Stored(), bytes_ + "more");
  AssetFetcher fetcher(state_, cache_, options_);
  EXPECT_EQ(fetcher.Check(digest()), FileState::kDamaged);
  EXPECT_FALSE(fs::exists(Stored()));
  EXPECT_EQ(fetcher.Check(digest()), FileState::kMissing);
  ASSERT_TRUE(Fetch(server.Url("/vmlinuz")));
  EXPECT_EQ(fetcher.Check(digest()), FileState::kIntact);
}

TEST_F(AssetFetcherTest, FollowsRedirectsFiveTimes) {
  for (const int hops : {5, 6}) {
    fs::remove(Stored());
    RawHttpServer server([&, left = hops](const std::string&) mutable {
      if (left-- == 0) return Answer{HttpResponse("200 OK", "", bytes_)};
      return Answer{HttpResponse("302 Found", "Location: /next?sig=secret\r\n", "moved")};
    });
    const auto fetched = Fetch(server.Url("/vmlinuz"));
    EXPECT_EQ(fetched.has_value(), hops == 5);
    if (!fetched) {
      EXPECT_NE(fetched.error().message.find("more than 5 redirects"), std::string::npos);
    }
  }
}

TEST_F(AssetFetcherTest, TellsWhatTheServersAnswerCallsFor) {
  const struct {
    const char* status;
    Reaction reaction;
    const char* words;
  } cases[] = {{"404 Not Found", Reaction::kFixInput, "correct the URL"},
               {"401 Unauthorized", Reaction::kFixInput, "credentials"},
               {"403 Forbidden", Reaction::kFixInput, "may not be read"},
               {"429 Too Many Requests", Reaction::kRetry, "429"},
               {"500 Internal Server Error", Reaction::kRetry, "500"},
               {"204 No Content", Reaction::kRetry, "204"}};
  for (const auto& entry : cases) {
    RawHttpServer server([&](const std::string&) { return Answer{HttpResponse(entry.status, "", "")}; });
    const auto fetched = Fetch(server.Url("/vmlinuz"));
    ASSERT_FALSE(fetched) << entry.status;
    EXPECT_EQ(fetched.error().reaction, entry.reaction) << fetched.error().message;
    EXPECT_NE(fetched.error().message.find(entry.words), std::string::npos) << fetched.error().message;
    EXPECT_NE(fetched.error().message.find("kernel"), std::string::npos) << fetched.error().message;
  }
}

TEST_F(AssetFetcherTest, GivesUpOnAServerThatStallsOrIsNotThere) {
  RawHttpServer silent([](const std::string&) { return Answer{"", true}; });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Fetch(silent.Url("/x")).error().reaction, Reaction::kRetry);
  RawHttpServer stalls([this](const std::string&) {
    return Answer{HttpResponse("200 OK", "", bytes_).substr(0, 5'000), true};
  });
  EXPECT_EQ(Fetch(stalls.Url("/x")).error().reaction, Reaction::kRetry);
  const auto nobody = Fetch("http://127.0.0.1:1/x");
  EXPECT_NE(nobody.error().message.find("cannot connect"), std::string::npos) << nobody.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(AssetFetcherTest, StopsWhenToldAndWhenTimeIsUp) {
  RawHttpServer server([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  const auto stopped = Fetch(server.Url("/x"), [](uint64_t, uint64_t) { return FetchControl::kStop; });
  ASSERT_FALSE(stopped);
  EXPECT_NE(stopped.error().message.find("stopped"), std::string::npos);
  EXPECT_GT(fs::file_size(Partial()), 0u);
  options_.timeout = std::chrono::milliseconds(0);
  const auto late = Fetch(server.Url("/x"));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reaction, Reaction::kRetry);
}

TEST_F(AssetFetcherTest, BoundsTheSizeWhateverTheServerSays) {
  options_.max_bytes = 100'000;
  RawHttpServer honest([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  EXPECT_EQ(Fetch(honest.Url("/x")).error().reaction, Reaction::kFixInput);
  RawHttpServer chunked([this](const std::string&) {
    return Answer{"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n" +
                  bytes_ + "\r\n0\r\n\r\n"};
  });
  const auto unknown = Fetch(chunked.Url("/x"));
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("larger than"), std::string::npos) << unknown.error().message;
  EXPECT_LE(fs::file_size(Partial()), options_.max_bytes);
}

TEST_F(AssetFetcherTest, LeavesRoomOnTheDisk) {
  options_.keep_free = uint64_t{1} << 62U;
  RawHttpServer server([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  const auto fetched = Fetch(server.Url("/x"));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().reaction, Reaction::kRetry);
  EXPECT_NE(fetched.error().message.find("free some space"), std::string::npos);
}

TEST_F(AssetFetcherTest, SurvivesEveryFaultOfTheDisk) {
  RawHttpServer server([this](const std::string& request) {
    const std::string range = HeaderOf(request, "Range");
    if (range.empty()) return Answer{HttpResponse("200 OK", "", bytes_)};
    const size_t start = std::stoul(range.substr(6));
    return Answer{HttpResponse("206 Partial Content",
                               "Content-Range: bytes " + std::to_string(start) + "-299999/300000\r\n",
                               bytes_.substr(start))};
  });
  uint64_t operations = 0;
  for (uint64_t n = 1; operations == 0; ++n) {
    SCOPED_TRACE(n);
    fs::remove_all(dir_ / "assets/.partial");
    fs::create_directory(dir_ / "assets/.partial");
    fs::remove(Stored());
    testing::FaultyFileOps faulty(*posix_);
    StateDir state;
    state.ops = &faulty;
    state.path = state_.path;
    state.assets = posix_->OpenDir(kNoDir, dir_.path() / "assets").value();
    state.partial = posix_->OpenDir(kNoDir, dir_.path() / "assets/.partial").value();
    faulty.CrashAt(n, testing::FaultyFileOps::Moment::kAfter);
    DigestCache cache;
    (void)AssetFetcher(state, cache, options_).Fetch({"kernel", server.Url("/x"), digest()}, {});
    if (!faulty.crashed()) operations = n;
    EXPECT_EQ(fs::exists(Stored()), IsStored()) << "only verified bytes are visible";
    state.ops = posix_.get();
    const auto fetched =
        AssetFetcher(state, cache_, options_).Fetch({"kernel", server.Url("/x"), digest()}, {});
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_TRUE(IsStored());
  }
  EXPECT_GT(operations, 15u);
}

class FileAssetTest : public AssetFetcherTest {
 protected:
  FileAssetTest() {
    fs::create_directories(files_ / "allowed/sub");
    fs::create_directories(files_ / "elsewhere");
    testing::WriteText(files_ / "allowed/sub/my kernel", bytes_);
    testing::WriteText(files_ / "elsewhere/secret", bytes_);
    options_.file_roots = {"/nonexistent", files_ / "allowed"};
  }

  std::string Url(const std::string& path) const { return "file://" + files_.path().string() + path; }

  testing::TempDir files_;
};

TEST_F(FileAssetTest, CopiesFromBelowTheConfiguredFolders) {
  const auto fetched = Fetch(Url("/allowed/sub/my%20kernel"));
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_TRUE(IsStored());
  EXPECT_FALSE(fs::equivalent(Stored(), files_ / "allowed/sub/my kernel"))
      << "the owner may go on writing to his own";
}

TEST_F(FileAssetTest, FollowsLinksInsideTheFolder) {
  fs::create_symlink("sub/my kernel", files_ / "allowed/link");
  EXPECT_TRUE(Fetch(Url("/allowed/link")));
}

TEST_F(FileAssetTest, NeverReadsOutsideThem) {
  fs::create_symlink("../elsewhere/secret", files_ / "allowed/link");
  fs::create_directory_symlink("../elsewhere", files_ / "allowed/folder");
  for (const char* path :
       {"/elsewhere/secret", "/allowed/../elsewhere/secret", "/allowed/link", "/allowed/folder/secret",
        "/allowed/%2e%2e/elsewhere/secret", "/allowed/missing", "/allowed/sub", "/allowed"}) {
    const auto fetched = Fetch(Url(path));
    ASSERT_FALSE(fetched) << path;
    EXPECT_EQ(fetched.error().reaction, Reaction::kFixInput) << fetched.error().message;
    EXPECT_FALSE(fs::exists(Stored()));
  }
  options_.file_roots.clear();
  EXPECT_NE(Fetch(Url("/allowed/sub/my%20kernel")).error().message.find("assets.file_roots"),
            std::string::npos);
}

TEST_F(FileAssetTest, MeasuresWithoutKeeping) {
  const auto measured = MeasureAsset(Url("/allowed/sub/my%20kernel"), options_, {});
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_EQ(measured->digest, digest());
  EXPECT_EQ(measured->size, bytes_.size());
  EXPECT_FALSE(fs::exists(Stored()));
  RawHttpServer server([this](const std::string&) { return Answer{HttpResponse("200 OK", "", bytes_)}; });
  EXPECT_EQ(MeasureAsset(server.Url("/x"), options_, {})->digest, digest());
  EXPECT_FALSE(MeasureAsset("gopher://x/", options_, {}));
}

}  // namespace
}  // namespace slipway
