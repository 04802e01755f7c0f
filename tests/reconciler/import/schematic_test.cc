#include "reconciler/import/schematic.h"

#include <gtest/gtest.h>

#include "reconciler/import/go_yaml.h"

namespace slipway::imports {
namespace {

yaml::Value Parse(const std::string& text) {
  yaml::Stream stream = yaml::Read(text, "schematic.yaml");
  EXPECT_TRUE(stream.problems.empty()) << text;
  return stream.documents.empty() ? yaml::Value() : stream.documents.front().root;
}

TEST(Schematic, TheEmptyOneHasTheFactorysDefaultId) {
  const std::string id = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";
  EXPECT_EQ(ReadSchematic(yaml::Value()).id, id);
  EXPECT_EQ(ReadSchematic(Parse("customization: {systemExtensions: {officialExtensions: []}}")).id, id);
}

TEST(Schematic, RaspberryPi) {
  EXPECT_EQ(ReadSchematic(Parse("overlay: {name: rpi_generic, image: siderolabs/sbc-raspberrypi}")).id,
            "ee21ef4a5ef808a9b7484cc0dda0f25075021691c8c09a276591eedb638ea1f9");
}

// The ids below are what the factory's own module gives for these texts.
TEST(Schematic, EveryFieldAndEveryQuote) {
  const std::string text =
      R"(overlay: {name: rock64, image: siderolabs/sbc-rockchip, options: {configTxtAppend: "a=1\nb=2", z: 1, b: true, list: [a, b], m: {x: y}}}
customization:
  extraKernelArgs: [net.ifnames=0, "-console", "true", "123", "a: b", "x #y", "it's", "- a", "0x1f", "1e3", "null", "", "~", "yes", "off", "on", "y", "@foo", "*x", "!x", "&a", "[a", "{a", "a,b", "%x", "`x", "'q", "\"q", "a:", ":a", "?x", "? x", "-", "2001-01-01", ".5", "0o14", "0b1", "1_000", " lead", "trail ", "=", "<<", "é", "tab\tx", "12:30:45", "+1", ".inf", "NaN", "|x", ">x", "#x", "a#b", "talos.config=http://x/y?mac=${mac}", "0777", "1.2.3", "TRUE", "No"]
  meta:
    - {key: 10, value: "line1\nline2\n"}
    - {key: 11, value: "line1\nline2"}
    - {key: 12, value: "{\"a\": 1}"}
  systemExtensions: {officialExtensions: [siderolabs/intel-ucode, siderolabs/tailscale]}
)";
  const Schematic schematic = ReadSchematic(Parse(text));
  EXPECT_EQ(schematic.id, "d3e943ea3ee5b79c82b10043f4cf1c5f880e83e3a95d72b1f4524039b028e091");
  EXPECT_EQ(schematic.kernel_args.front(), "net.ifnames=0");
  EXPECT_TRUE(schematic.unknown_keys.empty());
}

TEST(Schematic, UnknownFieldsAreNamedAndDoNotCount) {
  const Schematic schematic = ReadSchematic(Parse("customization: {extensions: [a]}\nother: 1"));
  EXPECT_EQ(schematic.unknown_keys, (std::vector<std::string>{"other", "extensions"}));
  EXPECT_EQ(schematic.id, ReadSchematic(yaml::Value()).id);
}

TEST(GoYaml, Layout) {
  EXPECT_EQ(WriteGoYaml(Parse("{a: {b: [1, {c: \"x\\ny\"}]}, d: []}")),
            "a:\n    b:\n        - 1\n        - c: |-\n            x\n            y\nd: []\n");
}

}  // namespace
}  // namespace slipway::imports
