#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/source/git_source.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::testing {

/// Runs a shell command in `dir` with a git that knows no configuration but ours; what it prints, without the
/// last newline. Fails the test when the command fails.
std::string Sh(const std::filesystem::path& dir, const std::string& command);

/// A program that runs beside the test, in a process group of its own that ends with it.
class Child {
 public:
  Child(const std::vector<std::string>& words, const std::filesystem::path& log);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  bool running() const;

 private:
  pid_t pid_ = -1;
};

uint16_t FreePort();              ///< on loopback, free a moment ago
bool WaitForPort(uint16_t port);  ///< until somebody listens there; false after a minute

/// A TCP server on loopback that accepts and then sends `byte_every` (never, where 0) and nothing else.
class DeafServer {
 public:
  explicit DeafServer(int byte_every_ms = 0);
  ~DeafServer();
  DeafServer(const DeafServer&) = delete;
  DeafServer& operator=(const DeafServer&) = delete;
  uint16_t port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A bare repository "remote.git" with a work tree "work" that pushes to it, and a mirror of it. Its main
/// branch has one commit with site.yaml and nodes/a.yaml.
class GitFixture : public ::testing::Test {
 protected:
  GitFixture();

  /// Writes files, commits and pushes; the commit's hash.
  std::string Commit(const std::string& shell_changes, const std::string& subject = "Change the fleet");

  SourceConfig Config(const std::string& url = "") const;
  GitSource Source() const { return Source(Config()); }
  GitSource Source(SourceConfig config) const { return GitSource(std::move(config), mirror()); }

  std::filesystem::path remote() const { return dir_ / "remote.git"; }
  std::filesystem::path work() const { return dir_ / "work"; }
  std::string mirror() const { return dir_ / "mirror.git"; }

  TempDir dir_;
  std::string first_;  ///< hash of the first commit
};

/// The texts of all files of a revision, "path=text" each; kinds other than files as "path->symlink".
std::vector<std::string> ReadAll(GitSource& source, const Revision& revision);

/// The entry of that path; fails the test when there is none.
SourceTree::Entry EntryOf(const SourceTree& tree, const std::string& path);

/// Expects a failure for this reason, with these words, without these secrets, within 10 s.
#define EXPECT_SOURCE_FAILURE(result, expected_reason, words)                     \
  do {                                                                            \
    const auto& source_result = (result);                                         \
    ASSERT_FALSE(source_result);                                                  \
    EXPECT_EQ(ToString(source_result.error().reason), ToString(expected_reason))  \
        << source_result.error().error.message;                                   \
    EXPECT_EQ(source_result.error().reason, expected_reason);                     \
    EXPECT_NE(source_result.error().error.message.find(words), std::string::npos) \
        << source_result.error().error.message;                                   \
  } while (false)

}  // namespace slipway::testing
