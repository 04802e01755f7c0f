#include "bootnet/simulate/dialogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bootnet/world.h"

namespace slipway::simulate {
namespace {

using namespace slipway::testing;
using ::testing::Contains;
using ::testing::HasSubstr;

World MakeWorld(const SiteOptions& options = {}) {
  World world;
  world.snapshot = MakeSnapshot(options);
  world.server = {0xc000020a};
  world.http_port = 8080;
  world.read = [](const Catalog::Item& item) -> Result<std::string> {
    std::string text = SiteFiles().at(item.file->path);
    if (item.file->kind == FileKind::kMachineScript) {
      text += "kernel http://192.0.2.10:8080/" + AssetPathOfSite() +
              " initrd=initramfs.xz talos.config=http://192.0.2.10:8080/" + MachineConfigPath(kAlpha1) + "\n";
    }
    return text;
  };
  return world;
}

std::vector<std::string> Titles(const std::vector<Step>& steps) {
  std::vector<std::string> titles;
  for (const Step& step : steps) titles.push_back(step.title);
  return titles;
}

TEST(Simulate, ShowsTheWholeDialogueOfAUefiMachine) {
  Machine machine;
  machine.mac = kAlpha1;
  const auto steps = Boot(machine, MakeWorld());
  const std::vector<std::string> wanted = {"DISCOVER to port 67 → OFFER snponly.efi",
                                           "boot server REQUEST to port 4011 → ACK snponly.efi",
                                           "TFTP RRQ snponly.efi",
                                           "DISCOVER to port 67 → OFFER http://192.0.2.10:8080/boot.ipxe",
                                           "HTTP GET /boot.ipxe",
                                           "HTTP GET /" + MachineScriptPath(kAlpha1),
                                           "HTTP GET /" + AssetPathOfSite(),
                                           "HTTP GET /" + MachineConfigPath(kAlpha1)};
  EXPECT_EQ(Titles(steps), wanted);
  for (const Step& step : steps)
    EXPECT_EQ(step.outcome, Outcome::kAnswered) << step.title << ": " << step.message;
  EXPECT_THAT(steps[0].lines, Contains("option 60 vendor class: PXEClient"));
  EXPECT_THAT(steps[0].lines, Contains("option 54 server identifier: 192.0.2.10"));
  EXPECT_THAT(steps[2].lines, Contains(HasSubstr("70000 bytes, sha256:")));
}

TEST(Simulate, FirmwareChoosesTheDoor) {
  Machine machine;
  machine.mac = kAlpha1;
  machine.platform = Platform::kBios;
  EXPECT_EQ(Boot(machine, MakeWorld())[1].title, "TFTP RRQ undionly.kpxe") << "no 4011 for BIOS";
  machine.platform = Platform::kEfiX64;
  machine.start = Machine::Start::kHttpBoot;
  EXPECT_EQ(Boot(machine, MakeWorld())[1].title, "HTTP GET /ipxe/snponly.efi");
  machine.start = Machine::Start::kIpxe;
  EXPECT_EQ(Boot(machine, MakeWorld())[1].title, "HTTP GET /boot.ipxe");
}

TEST(Simulate, EndsWhereTheMachineGetsNothingMoreAndSaysWhy) {
  Machine machine;
  machine.mac = kStranger;
  const auto ignored = Boot(machine, MakeWorld());
  ASSERT_EQ(ignored.size(), 1U);
  EXPECT_EQ(ignored[0].title, "DISCOVER to port 67 → no answer");
  EXPECT_EQ(ignored[0].reason, "UnknownMachine");
  const auto reported = Boot(machine, MakeWorld({.unknown = UnknownAction::kReport}));
  EXPECT_EQ(reported.back().outcome, Outcome::kRefused);
  EXPECT_EQ(reported.back().title, "HTTP GET /" + MachineScriptPath(kStranger));
}

TEST(Simulate, BehindARouterTheScriptOpensTheWindowForTheConfig) {
  Machine machine;
  machine.mac = kAlpha1;
  machine.path = Machine::Path::kRelayed;
  const auto steps = Boot(machine, MakeWorld());
  EXPECT_EQ(steps.back().title, "HTTP GET /" + MachineConfigPath(kAlpha1));
  EXPECT_EQ(steps.back().reason, "Window");
}

TEST(Simulate, SendsTheUuidAsFirmwareDoes) {
  Machine machine;
  machine.mac = kAlpha1;
  machine.uuid = "0e7a1b2c-3d4e-5f60-7182-93a4b5c6d7e8";
  const auto steps = Boot(machine, MakeWorld());
  EXPECT_THAT(steps[0].lines,
              Contains("option 97 machine identifier: 00 2c 1b 7a 0e 4e 3d 60 5f 71 82 93 a4 b5 c6 d7 e8"));
}

}  // namespace
}  // namespace slipway::simulate
