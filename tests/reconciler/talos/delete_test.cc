#include <gtest/gtest.h>

#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

TEST(Delete, FieldsItemsAndDocuments) {
  ExpectPatched("machine: {sysctls: {a: '1', b: '2'}}\n", "machine: {sysctls: {a: {$patch: delete}}}\n",
                "machine: {sysctls: {b: '2'}}\n");
  ExpectPatched("cluster: {apiServer: {admissionControl: [{name: a}, {name: b}]}}\n",
                "cluster: {apiServer: {admissionControl: [{name: a, $patch: delete}]}}\n",
                "cluster: {apiServer: {admissionControl: [{name: b}]}}\n");
  ExpectPatched("machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n",
                "apiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete\n", "machine: {type: worker}\n");
}

TEST(Delete, ComesBeforeTheMergeOfItsDocument) {
  ExpectPatched(
      "machine: {network: {interfaces: [{interface: eth0, mtu: 1}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, mtu: 9}, {interface: eth0, $patch: delete}]}}\n",
      "machine: {network: {interfaces: [{interface: eth0, mtu: 9}]}}\n");
}

TEST(Delete, RefusesWhatIsNotThereAtItsLine) {
  Mark mark;
  EXPECT_NE(RefusedWith("machine: {type: worker}\n", "machine:\n  sysctls:\n    a: {$patch: delete}\n",
                        kNewest, &mark)
                .find("finds no `machine.sysctls.a`"),
            std::string::npos);
  EXPECT_EQ(mark.line, 3U);
  ExpectRefused("machine: {type: worker}\n", "machine: {network: {hostname: {$patch: delete}}}\n",
                "finds no `machine.network`");
}

TEST(Delete, AFieldThatCouldBeThereMayBeDeleted) {
  ExpectPatched("machine: {network: {}}\n", "machine: {network: {hostname: {$patch: delete}}}\n",
                "machine: {network: {}}\n");
}

TEST(Delete, OfAnAbsentDocumentIsPassedOverFrom114) {
  const std::string_view patch = "apiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete\n";
  ExpectPatched("machine: {type: worker}\n", patch, "machine: {type: worker}\n");
  ExpectRefused("machine: {type: worker}\n", patch, "finds no `HostnameConfig` document", 13);
}

TEST(Delete, NeverOfTheMainDocumentNorInsideAnItem) {
  ExpectRefused("machine: {type: worker}\n", "$patch: delete\nmachine: {}\n",
                "cannot delete the main document");
  ExpectRefused("machine: {network: {interfaces: [{interface: a, mtu: 1}]}}\n",
                "machine: {network: {interfaces: [{interface: a, mtu: {$patch: delete}}]}}\n",
                "into a list item");
  ExpectRefused("machine: {}\n", "kind: LinkConfig\nname: a\nmtu: {$patch: delete}\n",
                "both apiVersion and kind");
}

TEST(Delete, SelectsByTextsOnly) {
  ExpectRefused("machine: {network: {interfaces: [{interface: a}]}}\n",
                "machine: {network: {interfaces: [{mtu: 0, $patch: delete}]}}\n", "finds no item");
  ExpectRefused("machine: {network: {interfaces: [{interface: a}]}}\n",
                "machine: {network: {interfaces: [{$patch: delete}]}}\n", "does not say which item");
  const std::string head = "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n";
  ExpectPatched(head + "addresses: [{address: 10.0.0.1/24}, {address: 10.0.0.2/24}]\n",
                head + "addresses: [{address: 10.0.0.1/24, $patch: delete}]\n",
                head + "addresses: [{address: 10.0.0.2/24}]\n", 13);
}

TEST(Delete, ComparesFieldsAsGoPrintsThem) {
  const std::string head = "apiVersion: v1alpha1\nkind: WireguardConfig\nname: wg\n";
  const std::string config = head + "peers: [{publicKey: a, persistentKeepaliveInterval: 90m}]\n";
  ExpectPatched(config, head + "peers: [{persistentKeepaliveInterval: 1h30m0s, $patch: delete}]\n",
                head + "peers: []\n");
  ExpectRefused(config, head + "peers: [{persistentKeepaliveInterval: 90m, $patch: delete}]\n",
                "finds no item");
}

TEST(Delete, IsTheOnlyThingThatPatchCanSay) {
  ExpectRefused("machine: {}\n", "machine: {env: {$patch: remove}}\n", "knows only the value `delete`");
  ExpectRefused("machine: {}\n", "machine: {$patch: remove}\n", "knows only the value `delete`");
}

TEST(Delete, AMainDocumentThatLostEverythingIsOneStill) {
  ExpectPatched("machine: {token: a}\n", "machine: {$patch: delete}\n", "machine: null\n");
}

TEST(Delete, OneDocumentTwiceInAPatchFrom114) {
  const std::string_view config =
      "machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n";
  const std::string_view patch =
      "machine: {token: a}\n---\nmachine: {token: b}\n---\napiVersion: v1alpha1\nkind: "
      "HostnameConfig\n$patch: "
      "delete\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: h\n";
  ExpectPatched(
      config, patch,
      "machine: {type: worker, token: b}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: h\n");
  ExpectRefused(config, patch, "the main document is there twice", 13);
}

}  // namespace
}  // namespace slipway::talos
