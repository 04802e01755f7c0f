#include "reconciler/talos/decode.h"

#include <gtest/gtest.h>

#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

std::string ProblemsOf(std::string_view text, int minor = kNewest, Purpose purpose = Purpose::kConfig) {
  Documents documents = ParseDocuments(text);
  std::string all;
  for (const ConfigError& problem : Decode(documents, TypeModel::Of(minor), purpose)) {
    EXPECT_FALSE(problem.fix.empty());
    all += std::to_string(problem.mark.line) + ": " + problem.message + '\n';
  }
  return all;
}

TEST(TypeModel, EveryReleaseIsReadWithoutAProblem) {
  for (int minor = kOldestMinor; minor <= kNewestMinor; ++minor) {
    const TypeModel& model = TypeModel::Of(minor);
    EXPECT_TRUE(model.problems().empty()) << minor << ": " << model.problems().front();
    EXPECT_NE(model.Find(""), nullptr);
  }
  EXPECT_EQ(TypeModel::Of(8).Kinds().size(), 10U);
  EXPECT_EQ(TypeModel::Of(14).Kinds().size(), 89U);
  EXPECT_EQ(KindReleases("HostnameConfig"), "1.12 and later");
  EXPECT_EQ(KindReleases("Pod"), "");
  EXPECT_EQ(FieldReleases("v1alpha1.Device", "bridgePort"), "1.9 and later");
}

TEST(TypeModel, NamesWhatItCannotRead) {
  const TypeModel model("kind\tmain\tx.Y\tmain\t8-14\nnonsense\t8-14\n", 10);
  ASSERT_EQ(model.problems().size(), 2U);
}

TEST(Decode, NamesUnknownKeysWithTheNearestAndTheRelease) {
  EXPECT_EQ(
      ProblemsOf("machine:\n  typ: worker\n  network:\n    interfaces:\n      - interfce: eth0\n"),
      "2: Talos 1.14 does not know `machine.typ`; did you mean `type`?\n"
      "5: Talos 1.14 does not know `machine.network.interfaces[0].interfce`; did you mean `interface`?\n");
  EXPECT_EQ(
      ProblemsOf("machine:\n  install:\n    grubUseUKICmdline: true\n", 11),
      "3: Talos 1.11 does not know `machine.install.grubUseUKICmdline`, only Talos 1.12 and later does\n");
}

TEST(Decode, NamesUnknownKindsAndHalfHeads) {
  EXPECT_EQ(ProblemsOf("apiVersion: v1alpha1\nkind: HostnameConfig\n", 11),
            "2: Talos 1.11 does not know the kind `HostnameConfig`, only Talos 1.12 and later does\n");
  EXPECT_EQ(ProblemsOf("apiVersion: v1alpha1\nkind: HostnameConfg\n"),
            "2: Talos 1.14 does not know the kind `HostnameConfg`; did you mean `HostnameConfig`?\n");
  EXPECT_EQ(ProblemsOf("kind: HostnameConfig\n"),
            "1: the kind `HostnameConfig` stands without an apiVersion\n");
  EXPECT_EQ(ProblemsOf("apiVersion: v2\nkind: HostnameConfig\n"), "1: there is no apiVersion `v2`\n");
  EXPECT_EQ(ProblemsOf("version: v1alpha1\n"),
            "1: this document has neither a kind nor `machine` or `cluster`\n");
  EXPECT_EQ(ProblemsOf("- a\n"), "1: a document must be a mapping, this is a list\n");
}

TEST(Decode, RefusesADocumentThatIsThereTwice) {
  EXPECT_EQ(ProblemsOf("machine: {}\n---\ncluster: {}\n"),
            "3: the main document is there twice, first in line 1\n");
  const std::string link = "apiVersion: v1alpha1\nkind: LinkConfig\nname: ";
  EXPECT_EQ(ProblemsOf(link + "a\n---\n" + link + "b\n"), "");
  EXPECT_EQ(ProblemsOf(link + "a\n---\n" + link + "a\n"),
            "5: `LinkConfig` `a` is there twice, first in line 1\n");
}

TEST(Decode, From114NoItemOfAListOrAMapIsNull) {
  const char* nulls =
      "machine:\n  registries: {mirrors: {docker.io: null}}\n  network:\n    interfaces:\n      - null\n";
  EXPECT_EQ(
      ProblemsOf(nulls),
      "2: `machine.registries.mirrors.docker.io` is null\n5: `machine.network.interfaces[0]` is null\n");
  EXPECT_EQ(ProblemsOf(nulls, kNewest, Purpose::kPatch), ProblemsOf(nulls));
  EXPECT_EQ(ProblemsOf(nulls, 13), "");
  EXPECT_EQ(ProblemsOf("machine: {certSANs: [null], sysctls: {a: null}, install: null}\n"), "")
      << "a text has no null to be, and a field may be unset";
}

TEST(Decode, TakesBytesOfAnyLengthWithOrWithoutColons) {
  const std::string link = "apiVersion: v1alpha1\nkind: DHCPv4Config\nname: a\nduidRaw: ";
  for (const char* good : {"00:01:00:01:23:45:67", "0001000123", "'0011'", "a:AB:b"})
    EXPECT_EQ(ProblemsOf(link + good + '\n'), "") << good;
  for (const char* bad : {"aa-bb", "0:1:2", "xy"})
    EXPECT_EQ(ProblemsOf(link + bad + '\n'),
              "4: `duidRaw` must be hexadecimal bytes like 6c:4b:90:8b:a1:6d\n")
        << bad;
}

TEST(Decode, RefusesOtherShapes) {
  EXPECT_EQ(
      ProblemsOf("machine:\n  certSANs: {a: b}\n  sysctls: [a]\n  type: [a]\n  install: {wipe: maybe}\n"),
      "2: `machine.certSANs` must be a list, this is a mapping\n"
      "3: `machine.sysctls` must be a mapping, this is a list\n"
      "4: `machine.type` must be a text, this is a list\n"
      "5: `machine.install.wipe` must be true or false, this is a string\n");
  EXPECT_EQ(ProblemsOf("machine: {network: {interfaces: [{mtu: abc, vlans: [{vlanId: 70000}]}]}}\n"),
            "1: `machine.network.interfaces[0].mtu` must be a whole number, this is a string\n"
            "1: `machine.network.interfaces[0].vlans[0].vlanId` has no room for 70000\n");
}

TEST(Decode, IsAsLenientAsGo) {
  Documents documents =
      ParseDocuments("machine: {type: worker, install: {wipe: yes, disk: 1.50}, sysctls: {a: true}}\n");
  EXPECT_TRUE(Decode(documents, TypeModel::Of(kNewest), Purpose::kConfig).empty());
  EXPECT_EQ(WriteAll(documents),
            WriteAll(ParseDocuments(
                "machine: {type: worker, install: {wipe: true, disk: '1.50'}, sysctls: {a: 'true'}}\n")));
}

TEST(Decode, ChecksTheFormsOfTexts) {
  const std::string volume = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning: ";
  EXPECT_EQ(ProblemsOf(volume + "{minSize: 10GiB, maxSize: 80%}\n"), "");
  EXPECT_NE(ProblemsOf(volume + "{minSize: 10 cats}\n"), "");
  EXPECT_NE(ProblemsOf(volume + "{maxSize: 180%}\n"), "");
  EXPECT_EQ(ProblemsOf(volume + "{maxSize: -10GiB}\n", 13), "");
  const std::string link = "apiVersion: v1alpha1\nkind: LinkConfig\nname: a\naddresses: [{address: ";
  EXPECT_EQ(ProblemsOf(link + "10.0.0.1/24}]\n"), "");
  EXPECT_NE(ProblemsOf(link + "10.0.0.1}]\n"), "");
  EXPECT_NE(ProblemsOf(link + "10.0.0.1/33}]\n"), "");
  const std::string bond = "apiVersion: v1alpha1\nkind: BondConfig\nname: a\nbondMode: ";
  EXPECT_EQ(ProblemsOf(bond + "802.3ad\n"), "");
  EXPECT_NE(ProblemsOf(bond + "fast\n").find("cannot be `fast`"), std::string::npos);
  EXPECT_NE(ProblemsOf("machine: {ca: {crt: '!'}}\n"), "");
  EXPECT_NE(ProblemsOf("machine: {time: {bootTimeout: 5}}\n"), "");
  EXPECT_EQ(ProblemsOf("machine: {time: {bootTimeout: 1m30s}}\n"), "");
}

}  // namespace
}  // namespace slipway::talos
