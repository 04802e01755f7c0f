#include "bootnet/http/small_files.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bootnet/catalog/unique_fd.h"

namespace slipway::http {
namespace {

UniqueFd FileOf(const std::string& bytes) {
  UniqueFd fd(::memfd_create("small", MFD_CLOEXEC));
  EXPECT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return fd;
}

TEST(SmallFiles, KeepsWhatHasTheDigest) {
  SmallFiles files;
  const std::string bytes = "machine: {}\n";
  const Sha256 digest = Sha256::Of(bytes);
  EXPECT_EQ(files.Find(digest), nullptr);
  const auto read = files.Read(digest, bytes.size(), FileOf(bytes).get());
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(*read, bytes);
  EXPECT_EQ(files.Find(digest), read);
}

TEST(SmallFiles, RefusesWhatWasEditedOnDisk) {
  SmallFiles files;
  const Sha256 digest = Sha256::Of("machine: {}\n");
  EXPECT_EQ(files.Read(digest, 12, FileOf("machine: []\n").get()), nullptr) << "the same length";
  EXPECT_EQ(files.Read(digest, 12, FileOf("machine").get()), nullptr) << "shorter";
  EXPECT_EQ(files.Find(digest), nullptr);
}

TEST(SmallFiles, ForgetsWhatWasAskedForLongestAgo) {
  SmallFiles files;
  const size_t fit = SmallFiles::kMostBytes / SmallFiles::kLargest;
  std::vector<Sha256> digests;
  for (size_t i = 0; i <= fit; ++i) {
    const std::string bytes =
        std::to_string(i) + std::string(SmallFiles::kLargest - std::to_string(i).size(), 'x');
    digests.push_back(Sha256::Of(bytes));
    if (i == fit) {
      EXPECT_NE(files.Find(digests[0]), nullptr) << "used again just now";
    }
    ASSERT_NE(files.Read(digests[i], bytes.size(), FileOf(bytes).get()), nullptr);
  }
  EXPECT_NE(files.Find(digests[0]), nullptr);
  EXPECT_EQ(files.Find(digests[1]), nullptr);
  EXPECT_NE(files.Find(digests[fit]), nullptr);
}

}  // namespace
}  // namespace slipway::http
