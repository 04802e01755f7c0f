// Every example becomes configs that Talos takes, with nothing to complain about.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;

const fs::path kExamples = fs::path(SLIPWAY_SOURCE_DIR) / "examples";

TEST(Examples, EveryOneRendersWithThePublishedIdentity) {
  std::ifstream file(kExamples / "age.txt");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto identities = secrets::ParseIdentities(text);
  ASSERT_TRUE(identities) << identities.error().message;
  const secrets::Decryptor decryptor(*std::move(identities));
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(kExamples)) {
    if (!entry.is_directory()) continue;
    const auto tree = MakeDirectoryTree(entry.path().string());
    ASSERT_TRUE(tree);
    const auto loaded = FleetLoader().Load(**tree);
    ASSERT_TRUE(loaded && loaded->fleet) << entry.path();
    Renderer renderer(decryptor);
    const auto outcome = renderer.MakePlan(*loaded->fleet, **tree);
    ASSERT_TRUE(outcome && outcome->plan) << entry.path();
    for (const Diagnostic& d : outcome->diagnostics) ADD_FAILURE() << FormatText(d);
    for (const Diagnostic& d : Renderer::Check(*outcome->plan)) ADD_FAILURE() << FormatText(d);
    ++count;
  }
  EXPECT_GE(count, 2U);
}

}  // namespace
}  // namespace slipway
