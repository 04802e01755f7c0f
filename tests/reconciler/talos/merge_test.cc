#include "reconciler/talos/merge.h"

#include <gtest/gtest.h>

#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kWorker = "machine: {type: worker}\n";

TEST(Merge, MapsMergeScalarsWinListsAppend) {
  ExpectPatched("machine: {sysctls: {a: '1', b: '2'}, certSANs: [x]}\n",
                "machine: {sysctls: {b: '3', c: 4}, certSANs: [x, y]}\n",
                "machine: {sysctls: {a: '1', b: '3', c: '4'}, certSANs: [x, x, y]}\n");
}

TEST(Merge, NullAndEmptyTextDoNotOverrideButFalseDoes) {
  ExpectPatched("machine: {token: t, install: {disk: /dev/sda, wipe: true}}\n",
                "machine: {token: '', install: {disk: null, wipe: false}}\n",
                "machine: {token: t, install: {disk: /dev/sda, wipe: false}}\n");
}

TEST(Merge, AZeroOfAnOptionalNumberOverridesFrom112) {
  const std::string_view config = "cluster: {controlPlane: {localAPIServerPort: 6443}}\n";
  ExpectPatched(config, "cluster: {controlPlane: {localAPIServerPort: 0}}\n", config);
  const std::string_view stp =
      "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\nmtu: 1500\nmulticast: true\n";
  ExpectPatched(stp, "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\nmulticast: false\n",
                "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\nmtu: 1500\nmulticast: false\n");
}

TEST(Merge, InterfacesMeetByNameOrSelectorAndVlansById) {
  ExpectPatched(
      "machine: {network: {interfaces: [{interface: eth0, addresses: [a], vlans: [{vlanId: 5, dhcp: "
      "true}]}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, addresses: [b], vlans: [{vlanId: 5, mtu: 9}, "
      "{vlanId: 6}]},"
      " {deviceSelector: {driver: x}}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, addresses: [a, b],"
      " vlans: [{vlanId: 5, dhcp: true, mtu: 9}, {vlanId: 6}]}, {deviceSelector: {driver: x}}]}}\n");
}

TEST(Merge, ItemsOfOnePatchMeetEachOther) {
  ExpectPatched(
      "machine: {network: {interfaces: []}}\n",
      "machine: {network: {interfaces: [{interface: eth0, mtu: 9000}, {interface: eth0, dhcp: true}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, mtu: 9000, dhcp: true}]}}\n");
}

TEST(Merge, SelectorsWithAnOptionalFieldNeverMeet) {
  ExpectPatched("machine: {network: {interfaces: [{deviceSelector: {driver: x, physical: true}}]}}\n",
                "machine: {network: {interfaces: [{deviceSelector: {driver: x, physical: true}, mtu: 9}]}}\n",
                "machine: {network: {interfaces: [{deviceSelector: {driver: x, physical: true}},"
                " {deviceSelector: {driver: x, physical: true}, mtu: 9}]}}\n");
}

TEST(Merge, SubnetsAndAuditPolicyAreReplaced) {
  ExpectPatched(
      "cluster: {network: {podSubnets: [a, b]}, apiServer: {auditPolicy: {rules: [1], kind: Policy}}}\n",
      "cluster: {network: {podSubnets: []}, apiServer: {auditPolicy: {rules: [2]}}}\n",
      "cluster: {network: {podSubnets: []}, apiServer: {auditPolicy: {rules: [2]}}}\n");
}

TEST(Merge, ExtraArgsAreOverwrittenNotAppended) {
  ExpectPatched("cluster: {apiServer: {extraArgs: {a: [x], b: y}}}\n",
                "cluster: {apiServer: {extraArgs: {a: [z]}}}\n",
                "cluster: {apiServer: {extraArgs: {a: [z], b: y}}}\n");
  ExpectRefused("cluster: {}\n", "cluster: {apiServer: {extraArgs: {a: [z]}}}\n", "must be a text", 12);
}

TEST(Merge, UrlsMergeByComponent) {
  ExpectPatched("cluster: {controlPlane: {endpoint: 'https://a:6443/'}}\n",
                "cluster: {controlPlane: {endpoint: 'https://10.0.0.1'}}\n",
                "cluster: {controlPlane: {endpoint: 'https://10.0.0.1/'}}\n");
  ExpectPatched("cluster: {controlPlane: {endpoint: 'https://a:6443/x?q#f'}}\n",
                "cluster: {controlPlane: {endpoint: 'http://b/y'}}\n",
                "cluster: {controlPlane: {endpoint: 'http://b/y?q#f'}}\n");
}

TEST(Merge, CertificatesAreReplacedWhole) {
  ExpectPatched("machine: {ca: {crt: YQ==, key: Yg==}}\n", "machine: {ca: {crt: Yw==}}\n",
                "machine: {ca: {crt: Yw==, key: ''}}\n");
}

TEST(Merge, SizesThatAPatchLeavesOutAreEmptied) {
  const std::string_view volume = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\n";
  const std::string head(volume);
  ExpectPatched(head + "provisioning: {minSize: 10GiB, maxSize: 20GiB}\n",
                head + "provisioning: {maxSize: 80%}\n", head + "provisioning: {maxSize: 20GiB}\n");
}

TEST(Merge, TheZeroWordOfAnEnumerationDoesNotOverride) {
  const std::string head = "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\n";
  ExpectPatched(head + "ingress: block\n", head + "ingress: accept\n", head + "ingress: block\n");
  ExpectPatched(head + "ingress: accept\n", head + "ingress: BLOCK\n", head + "ingress: block\n");
}

TEST(Merge, DocumentsMeetByKindAndNameAndOthersAreAppended) {
  ExpectPatched("machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n",
                "apiVersion: v1alpha1\nkind: HostnameConfig\nauto: talos-addr\nhostname: a\n---\n"
                "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n",
                "machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: "
                "talos-addr\nhostname: a\n---\n"
                "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n");
}

TEST(Merge, FreeFormObjectsMergeByKeyAndKeepTheirShape) {
  ExpectPatched("machine: {kubelet: {extraConfig: {a: {b: 1}, l: [1], n: null}}}\n",
                "machine: {kubelet: {extraConfig: {a: {c: 2}, l: [2], n: x}}}\n",
                "machine: {kubelet: {extraConfig: {a: {b: 1, c: 2}, l: [1, 2], n: x}}}\n");
  ExpectRefused("machine: {kubelet: {extraConfig: {a: 1}}}\n", "machine: {kubelet: {extraConfig: {a: x}}}\n",
                "machine.kubelet.extraConfig.a");
  ExpectRefused("machine: {kubelet: {extraConfig: {a: 1}}}\n",
                "machine: {kubelet: {extraConfig: {a: null}}}\n", "but it is a integer");
}

TEST(Merge, ManifestsLoseTheirLeadingLineEnds) {
  ExpectPatched("cluster: {}\n", "cluster: {inlineManifests: [{name: a, contents: \"\\n\\t x\"}]}\n",
                "cluster: {inlineManifests: [{name: a, contents: ' x'}]}\n");
}

TEST(Merge, NumbersAreReadAsGoReadsThem) {
  ExpectPatched(kWorker,
                "machine: {files: [{permissions: 0644, path: /a}], sysctls: {a: 0x10, b: 0644, c: 1e3}}\n",
                "machine: {type: worker, files: [{permissions: 420, path: /a}], sysctls: {a: '0x10', b: "
                "'0644', c: '1e3'}}\n");
}

TEST(Merge, EachValueKeepsTheMarkOfItsOwnText) {
  const TypeModel& model = TypeModel::Of(kNewest);
  yaml::Stream base =
      yaml::Read("machine:\n  type: worker\n  token: a\n", "base.yaml", {}, yaml::Sources::kDrop, 1);
  yaml::Stream text =
      yaml::Read("machine:\n\n\n  token: b\n  certSANs: [x]\n", "patch.yaml", {}, yaml::Sources::kDrop, 2);
  Documents documents{base.documents.front().root};
  const auto patch = LoadPatch({text.documents.front().root}, model);
  ASSERT_TRUE(patch);
  ASSERT_TRUE(ApplyPatch(documents, *patch, model));
  const yaml::Value& machine = *documents.front().Find("machine");
  EXPECT_EQ(machine.Find("type")->mark(), (Mark{2, 9, 1}));
  EXPECT_EQ(machine.Find("token")->mark(), (Mark{4, 10, 2}));
  EXPECT_EQ(machine.Find("certSANs")->AsSequence()->front().mark(), (Mark{5, 14, 2}));
}

}  // namespace
}  // namespace slipway::talos
