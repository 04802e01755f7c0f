#include "reconciler/daemon/identities.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/reconciler/secrets/seal.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway {
namespace {

using secrets::TestIdentity;
using secrets::TestRecipient;

class IdentitiesTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_.path().string() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  IdentitySources Sources(std::vector<std::string> files = {}) {
    IdentitySources sources;
    sources.files = std::move(files);
    sources.environment = [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
    return sources;
  }
  static std::string Recipients(const Result<LoadedIdentities>& loaded) {
    if (!loaded) return loaded.error().message;
    std::string text;
    for (const secrets::Identity& identity : loaded->identities) text += identity.Recipient() + ' ';
    return text;
  }

  testing::TempDir folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(IdentitiesTest, ComeFromFilesCredentialsAndTheEnvironment) {
  EXPECT_EQ(Recipients(LoadIdentities(Sources())), "");
  const std::string file = Write("own.txt", TestIdentity(0) + "\n", 0640);
  Write("slipway-age", TestIdentity(1) + "\n", 0440);
  Write("slipway-age-old", TestIdentity(2) + "\n" + TestIdentity(0) + "\n",
        0444);  // systemd guards the folder
  Write("git-token", "hunter2\n");
  environment_["CREDENTIALS_DIRECTORY"] = folder_.path().string();
  environment_["SLIPWAY_AGE_KEY"] = TestIdentity(3);
  environment_["SOPS_AGE_KEY"] = TestIdentity(4) + "\n" + TestIdentity(5);
  environment_["SOPS_AGE_KEY_FILE"] = Write("sops.txt", TestIdentity(6) + "\n");
  const auto loaded = LoadIdentities(Sources({file}));
  std::string expected;
  for (unsigned i = 0; i < 7; ++i) expected += TestRecipient(i) + ' ';
  EXPECT_EQ(Recipients(loaded), expected);
  for (const std::string& note : loaded->notes) EXPECT_EQ(note.find("AGE-SECRET-KEY"), std::string::npos);
}

TEST_F(IdentitiesTest, FilesOpenToOthersAreRefusedOrWarnedAbout) {
  for (const mode_t mode : {0644U, 0602U, 0606U}) {
    const std::string file = Write("open.txt", TestIdentity() + "\n", mode);
    const auto refused = LoadIdentities(Sources({file}));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("chmod"), std::string::npos);
    EXPECT_EQ(refused.error().reaction, Reaction::kFixInput);
    IdentitySources lenient = Sources({file});
    lenient.exposed = ExposedFiles::kWarn;
    const auto warned = LoadIdentities(lenient);
    ASSERT_TRUE(warned);
    EXPECT_EQ(warned->notes.front().substr(0, 7), "warning");
  }
}

TEST_F(IdentitiesTest, WhatIsWrongIsNamedWithoutItsContent) {
  const auto says = [&](std::vector<std::string> files) {
    const auto loaded = LoadIdentities(Sources(std::move(files)));
    return loaded ? std::string("nothing") : loaded.error().message;
  };
  EXPECT_NE(says({folder_.path().string() + "/absent"}).find("absent"), std::string::npos);
  EXPECT_NE(says({folder_.path().string()}).find("no file"), std::string::npos);
  const std::string bad = says({Write("bad.txt", "# x\nhunter2\n")});
  EXPECT_NE(bad.find("bad.txt, line 2"), std::string::npos) << bad;
  EXPECT_EQ(bad.find("hunter2"), std::string::npos) << bad;
  environment_["SLIPWAY_AGE_KEY"] = "hunter2";
  EXPECT_NE(says({}).find("SLIPWAY_AGE_KEY"), std::string::npos);
  EXPECT_EQ(says({}).find("hunter2"), std::string::npos);
}

TEST_F(IdentitiesTest, VariablesAreForgotten) {
  ::setenv("SLIPWAY_AGE_KEY", TestIdentity().c_str(), 1);
  const char* before = std::getenv("SLIPWAY_AGE_KEY");
  ASSERT_NE(before, nullptr);
  ForgetIdentityVariables();
  EXPECT_EQ(std::getenv("SLIPWAY_AGE_KEY"), nullptr);
}

}  // namespace
}  // namespace slipway
