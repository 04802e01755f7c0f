#include "schema/contract/new_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "schema/contract/forge_status.h"
#include "schema/fleet/load.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;

std::map<std::string, std::string> Example(const std::string& name) {
  const std::filesystem::path root = std::filesystem::path(SLIPWAY_SOURCE_DIR) / "examples" / name;
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[std::filesystem::relative(entry.path(), root).string()] = text.str();
  }
  return files;
}

std::optional<Fleet> Load(const std::map<std::string, std::string>& files) {
  const auto tree = MakeMemoryTree(files);
  FleetLoader loader;
  auto outcome = loader.Load(*tree);
  for (const Diagnostic& d : outcome->diagnostics) {
    if (d.severity == Severity::kError) ADD_FAILURE() << FormatText(d);
  }
  return std::move(outcome->fleet);
}

MachineFacts Machine(const char* mac = "52:54:00:00:00:99") {
  MachineFacts facts;
  facts.macs = {*Mac::Parse(mac)};
  return facts;
}

TEST(NewNode, ContinuesTheNamesAndAddressesOfTheExampleAndLoadsThere) {
  auto files = Example("homelab");
  const auto fleet = Load(files);
  ASSERT_TRUE(fleet);
  MachineFacts facts = Machine();
  facts.uuid = "4C4C4544-0051-3610-8057-B7C04F4D3533";
  facts.serial = "7CQ63V3";
  const auto node = MakeNewNode(PatternOf(*fleet), facts, {}, {});
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->name, "worker-3");
  EXPECT_EQ(node->address, "10.0.128.113/24") << "as worker-1 has .111 and worker-2 .112";
  EXPECT_EQ(node->path, "nodes/worker-3.yaml");
  EXPECT_THAT(node->text, HasSubstr("/dev/nvme0n1"));
  files[node->path] = node->text;
  const auto merged = Load(files);
  ASSERT_TRUE(merged);
  const auto found = std::find_if(merged->nodes.begin(), merged->nodes.end(),
                                  [](const auto& n) { return n->name == "worker-3"; });
  ASSERT_NE(found, merged->nodes.end());
  EXPECT_EQ((*found)->uuid.value, "4c4c4544-0051-3610-8057-b7c04f4d3533");
  EXPECT_EQ((*found)->serial.value, "7CQ63V3");
  // The next machine's place is another one, and again free.
  const auto next = MakeNewNode(PatternOf(*merged), Machine("52:54:00:00:00:98"), {}, {});
  EXPECT_EQ(next->name, "worker-4");
  EXPECT_EQ(next->address, "10.0.128.114/24");
  EXPECT_EQ(MakeNewNode(PatternOf(*fleet), facts, {}, {"worker-3", "10.0.128.113/24"})->name, "worker-4");
}

TEST(NewNode, EveryExampleTakesOneOfEachRole) {
  for (const char* example : {"homelab", "three-node-1.13"}) {
    for (const char* role : {"worker", "controlplane"}) {
      auto files = Example(example);
      const auto fleet = Load(files);
      ASSERT_TRUE(fleet);
      const auto node = MakeNewNode(PatternOf(*fleet), Machine(), {"", "", role}, {});
      ASSERT_TRUE(node) << node.error().message;
      files[node->path] = node->text;
      EXPECT_TRUE(Load(files)) << node->text;
    }
  }
}

TEST(NewNode, NeverTakesAnAddressThatSomethingElseHas) {
  auto files = Example("homelab");
  files["site.yaml"] =
      "apiVersion: slipway/v1alpha1\nkind: Site\nmetadata: {name: home}\nspec:\n"
      "  bootServer: {url: \"http://10.0.128.113:8080\"}\n  subnets:\n"
      "    - {cidr: 10.0.128.0/24, gateway: 10.0.128.114, nameservers: [10.0.128.115],"
      " ranges: [10.0.128.116-10.0.128.253]}\n";
  const auto fleet = Load(files);
  ASSERT_TRUE(fleet);
  const NodePattern pattern = PatternOf(*fleet);
  const auto node = MakeNewNode(pattern, Machine(), {}, {});
  ASSERT_TRUE(node);
  EXPECT_EQ(node->address, "10.0.128.254/24") << "the last of the subnet; then from its beginning";
  for (const FreePlace& place : pattern.groups.front().places) {
    const auto address = Ipv4Prefix::Parse(place.address)->address.value & 255U;
    EXPECT_TRUE(address == 254 || (address >= 1 && address < 111)) << place.address;
    EXPECT_NE(address, 100U) << "the endpoint";
  }
}

TEST(NewNode, KeepsLeadingZerosAndFleetsOnDhcpStayOnDhcp) {
  auto files = Example("homelab");
  for (const char* name : {"worker-1", "worker-2", "control-1"})
    files.erase(std::string("nodes/") + name + ".yaml");
  files["machines/all.yaml"] =
      "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: rack-007}\nspec:\n  cluster: home\n  role: "
      "worker\n"
      "  identity: {macs: [\"52:54:00:00:00:07\"]}\n---\n"
      "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: rack-010}\nspec:\n  cluster: home\n  role: "
      "worker\n"
      "  identity: {macs: [\"52:54:00:00:00:10\"]}\n";
  const auto fleet = Load(files);
  ASSERT_TRUE(fleet);
  const auto node = MakeNewNode(PatternOf(*fleet), Machine(), {}, {});
  EXPECT_EQ(node->name, "rack-011");
  EXPECT_EQ(node->address, "");
  EXPECT_EQ(node->path, "nodes/rack-011.yaml") << "no file of theirs holds one Node alone";
  EXPECT_EQ(node->text.find("network"), std::string::npos);
}

TEST(NewNode, NothingThatAMachineSaysIsMoreThanAValue) {
  auto files = Example("homelab");
  const auto fleet = Load(files);
  const NodePattern pattern = PatternOf(*fleet);
  for (const char* hostile : {"x\n---\napiVersion: slipway/v1alpha1\nkind: Site", "\"}\nspec: {}", "a: b # c",
                              "!!binary x", "*alias", "yes", "0x10", "\xff\xfe", "\x1b[31m", "- a", "'",
                              "To Be Filled By O.E.M.", "00000000", "   "}) {
    MachineFacts facts = Machine();
    facts.uuid = facts.serial = facts.asset = facts.manufacturer = facts.product = facts.arch = hostile;
    const auto node = MakeNewNode(pattern, facts, {}, {});
    ASSERT_TRUE(node);
    files["nodes/worker-3.yaml"] = node->text;
    const auto loaded = Load(files);
    ASSERT_TRUE(loaded) << node->text;
    EXPECT_EQ(loaded->nodes.size(), fleet->nodes.size() + 1) << node->text;
    for (const auto& n : loaded->nodes) {
      const bool said = n->name == "worker-3" && !n->serial.value.empty();
      EXPECT_TRUE(!said || n->serial.value == hostile) << n->serial.value;
    }
  }
}

TEST(NewNode, WishesAreFollowedOrRefusedWithTheReason) {
  const auto fleet = Load(Example("homelab"));
  const NodePattern pattern = PatternOf(*fleet);
  const auto made = [&](NodeWishes wishes) { return MakeNewNode(pattern, Machine(), wishes, {}); };
  EXPECT_EQ(made({"frank", "", ""})->name, "frank");
  EXPECT_EQ(made({"", "home", "controlplane"})->name, "control-2");
  EXPECT_THAT(made({"Not A Name", "", ""}).error().message, HasSubstr("Not A Name"));
  EXPECT_THAT(made({"", "away", ""}).error().message, HasSubstr("no Cluster 'away'"));
  EXPECT_THAT(made({"", "", "boss"}).error().message, HasSubstr("controlplane or worker"));
  EXPECT_FALSE(MakeNewNode({}, Machine(), {}, {}));
  EXPECT_FALSE(MakeNewNode(pattern, {}, {}, {}));
  EXPECT_EQ(DecodePattern(EncodePattern(pattern)), pattern);
  EXPECT_FALSE(DecodePattern("{\"groups\":[{\"places\":[[1]]}]}"));
}

TEST(Sightings, ASecondCardOfOneBoardIsTheSameMachineAndFillersAreNoIdentity) {
  Sightings sightings(3);
  MachineFacts first = Machine("52:54:00:00:00:01");
  first.uuid = "4c4c4544-0051-3610-8057-b7c04f4d3533";
  EXPECT_TRUE(sightings.Note(first, 100));
  EXPECT_FALSE(sightings.Note(first, 110)) << "nothing new within a minute";
  MachineFacts second = Machine("52:54:00:00:00:02");
  second.uuid = "4C4C4544-0051-3610-8057-B7C04F4D3533";
  EXPECT_TRUE(sightings.Note(second, 120));
  ASSERT_EQ(sightings.list().size(), 1U);
  EXPECT_EQ(sightings.list()[0].facts.macs.size(), 2U);
  for (const char* filler :
       {"00000000-0000-0000-0000-000000000000", "03000200-0400-0500-0006-000700080009", "", "x"}) {
    MachineFacts a = Machine("52:54:00:00:00:0a");
    MachineFacts b = Machine("52:54:00:00:00:0b");
    a.uuid = b.uuid = filler;
    EXPECT_FALSE(SameMachine(a, b)) << filler;
  }
  Sightings again(3);
  ASSERT_TRUE(again.Decode(sightings.Encode()));
  EXPECT_EQ(again.list(), sightings.list());
  EXPECT_FALSE(again.Decode("[]"));
  EXPECT_EQ(again.list().size(), 1U);
  for (int i = 0; i < 100; ++i) {
    MachineFacts other = Machine();
    other.macs[0].bytes[5] = static_cast<uint8_t>(i);
    again.Note(other, 200 + i);
  }
  EXPECT_EQ(again.list().size(), 3U) << "a flood makes room for itself alone";
  EXPECT_NE(again.Find(*Mac::Parse("52:54:00:00:00:63")), nullptr);
  EXPECT_TRUE(again.ForgetIf([](const MachineFacts&) { return true; }));
  EXPECT_TRUE(again.list().empty());
}

}  // namespace
}  // namespace slipway
