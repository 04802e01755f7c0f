#include "reconciler/talos/merge.h"

#include <gtest/gtest.h>

namespace slipway::talos {
namespace {

std::vector<yaml::Document> Parse(std::string_view text) {
  yaml::Stream stream = yaml::Read(text, "test.yaml");
  EXPECT_TRUE(stream.problems.empty()) << stream.problems.front().message;
  return stream.documents;
}

Documents Roots(std::string_view text) {
  Documents documents;
  for (const auto& document : Parse(text)) documents.push_back(document.root);
  return documents;
}

void ExpectMerge(std::string_view base, std::string_view patch, std::string_view expected) {
  Documents documents = Roots(base);
  const auto done = ApplyPatch(documents, Parse(patch));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(documents, Roots(expected)) << [&] {
    std::vector<const yaml::Value*> all;
    for (const auto& document : documents) all.push_back(&document);
    return yaml::Write(all);
  }();
}

std::string RefusedWith(std::string_view base, std::string_view patch, Mark* mark = nullptr) {
  Documents documents = Roots(base);
  const auto done = ApplyPatch(documents, Parse(patch));
  if (done) return "not refused";
  if (mark != nullptr) *mark = done.error().mark;
  return done.error().message;
}

TEST(Merge, MapsMergeScalarsWinListsAppend) {
  ExpectMerge("machine: {sysctls: {a: '1', b: '2'}, certSANs: [x]}\n",
              "machine: {sysctls: {b: '3'}, certSANs: [x, y]}\n",
              "machine: {sysctls: {a: '1', b: '3'}, certSANs: [x, x, y]}\n");
}

TEST(Merge, NullAndEmptyTextDoNotOverrideButFalseDoes) {
  ExpectMerge("machine: {token: t, install: {disk: /dev/sda, wipe: true}}\n",
              "machine: {token: '', install: {disk: null, wipe: false}}\n",
              "machine: {token: t, install: {disk: /dev/sda, wipe: false}}\n");
}

TEST(Merge, InterfacesMeetByNameOrSelectorAndVlansById) {
  ExpectMerge(
      "machine: {network: {interfaces: [{interface: eth0, addresses: [a], vlans: [{vlanId: 5, dhcp: "
      "true}]}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, addresses: [b], vlans: [{vlanId: 5, mtu: 9}, "
      "{vlanId: 6}]},"
      " {deviceSelector: {driver: x}}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, addresses: [a, b],"
      " vlans: [{vlanId: 5, dhcp: true, mtu: 9}, {vlanId: 6}]}, {deviceSelector: {driver: x}}]}}\n");
}

TEST(Merge, SubnetsAndAuditPolicyAreReplaced) {
  ExpectMerge(
      "cluster: {network: {podSubnets: [a, b]}, apiServer: {auditPolicy: {rules: [1], kind: Policy}}}\n",
      "cluster: {network: {podSubnets: [c]}, apiServer: {auditPolicy: {rules: [2]}}}\n",
      "cluster: {network: {podSubnets: [c]}, apiServer: {auditPolicy: {rules: [2]}}}\n");
}

TEST(Merge, ExtraArgsAreOverwrittenNotAppended) {
  ExpectMerge("cluster: {apiServer: {extraArgs: {a: [x], b: y}}}\n",
              "cluster: {apiServer: {extraArgs: {a: [z]}}}\n",
              "cluster: {apiServer: {extraArgs: {a: [z], b: y}}}\n");
}

TEST(Merge, UrlsMergeByComponent) {
  ExpectMerge("cluster: {controlPlane: {endpoint: 'https://a:6443/'}}\n",
              "cluster: {controlPlane: {endpoint: 'https://10.0.0.1'}}\n",
              "cluster: {controlPlane: {endpoint: 'https://10.0.0.1/'}}\n");
}

TEST(Merge, DocumentsMeetByKindAndNameAndOthersAreAppended) {
  ExpectMerge("machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n",
              "apiVersion: v1alpha1\nkind: HostnameConfig\nauto: 'off'\nhostname: a\n---\n"
              "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n",
              "machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: "
              "'off'\nhostname: a\n---\n"
              "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n");
}

TEST(Merge, DeletesFieldsItemsAndDocuments) {
  ExpectMerge("machine: {sysctls: {a: '1', b: '2'}}\n", "machine: {sysctls: {a: {$patch: delete}}}\n",
              "machine: {sysctls: {b: '2'}}\n");
  ExpectMerge("cluster: {apiServer: {admissionControl: [{name: a}, {name: b}]}}\n",
              "cluster: {apiServer: {admissionControl: [{name: a, $patch: delete}]}}\n",
              "cluster: {apiServer: {admissionControl: [{name: b}]}}\n");
  ExpectMerge("machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n",
              "apiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete\n", "machine: {type: worker}\n");
}

TEST(Merge, RefusesADeleteOfWhatIsNotThereAtItsLine) {
  Mark mark;
  EXPECT_NE(RefusedWith("machine: {type: worker}\n", "machine:\n  sysctls:\n    a: {$patch: delete}\n", &mark)
                .find("finds no field `a`"),
            std::string::npos);
  EXPECT_EQ(mark.line, 3U);
  EXPECT_NE(
      RefusedWith("machine: {}\n", "apiVersion: v1alpha1\nkind: X\n$patch: delete\n").find("document `X`"),
      std::string::npos);
  EXPECT_NE(RefusedWith("machine: {a: 1}\n", "$patch: delete\nmachine: {}\n").find("to delete"),
            std::string::npos);
}

TEST(Merge, RefusesAnotherShape) {
  EXPECT_NE(
      RefusedWith("machine: {certSANs: [a]}\n", "machine: {certSANs: {a: b}}\n").find("machine.certSANs"),
      std::string::npos);
  EXPECT_NE(RefusedWith("machine: {}\n", "[1, 2]\n").find("must be a mapping"), std::string::npos);
}

}  // namespace
}  // namespace slipway::talos
