// What the loader says about links, volumes, selectors and labels.
#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "schema/fleet/ip.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

/// The codes that a third node with this spec provokes, "SW1252 SW1253".
std::string CodesOf(const std::string& spec, const std::string& network = "",
                    const std::string& version = "v1.11.6") {
  Files files = SampleFleet();
  files["cluster.yaml"] =
      With(With(files["cluster.yaml"], "v1.11.6", version), "    kubernetesVersion: v1.34.1\n", "");
  files["nodes/worker-3.yaml"] = NodeText(3, spec, network);
  std::string codes;
  for (const Diagnostic& diagnostic : LoadFiles(files).diagnostics) {
    EXPECT_EQ(diagnostic.file, "nodes/worker-3.yaml") << FormatText(diagnostic);
    EXPECT_GT(diagnostic.mark.line, 0u);
    codes += (codes.empty() ? "" : " ") + CodeName(diagnostic.code);
  }
  return codes;
}

std::string LinkCodesOf(const std::string& items) { return CodesOf("", "    interfaces: [" + items + "]\n"); }
std::string VolumeCodesOf(const std::string& items, const std::string& version = "v1.13.0") {
  return CodesOf("  volumes: [" + items + "]\n", "", version);
}

const std::string kOther = "mac: \"52:54:00:00:01:01\"";

TEST(Links, GoodOnesPass) {
  EXPECT_EQ(LinkCodesOf("{" + kOther + ", dhcp: true, vlans: [{vlanId: 1, dhcp: true}, {vlanId: 4094}]}"),
            "");
  EXPECT_EQ(LinkCodesOf("{interface: br0, bridge: {}}"), "");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, addresses: ['fd00::2/64'], routes: [{gateway: 'fd00::1'}]}"), "");
}

TEST(Links, ContradictionsAreNamed) {
  EXPECT_EQ(LinkCodesOf("{" + kOther + ", interface: eth1}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{bond: {interfaces: [eth1], mode: active-backup}}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: b, bond: {mode: active-backup}}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: b, bond: {interfaces: [e], mode: active-backup}, bridge: {}}"),
            "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: eth1}, {interface: eth1}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, dhcp: true}, {interface: b, bridge: {interfaces: [eth1]}}"),
            "SW1252");
  EXPECT_EQ(
      LinkCodesOf("{interface: a, bridge: {interfaces: [e]}}, {interface: b, bridge: {interfaces: [e]}}"),
      "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, dhcpOptions: {ipv6: true}}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, routes: [{metric: 5}]}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, vlans: [{vlanId: 3}, {vlanId: 3}]}"), "SW1252");
  EXPECT_EQ(LinkCodesOf("{mac: \"52:54:00:00:00:03\", dhcp: true}"), "SW1252")
      << "the plain addresses are its own";
}

TEST(Links, AddressesAreChecked) {
  EXPECT_EQ(LinkCodesOf("{interface: eth1, addresses: [10.0.300.1/24]}"), "SW1251");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, addresses: ['fd00::1/129']}"), "SW1251");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, addresses: [10.0.128.2/24]}"), "SW1208") << "worker-1 has it";
  EXPECT_EQ(LinkCodesOf("{interface: eth1, routes: [{gateway: 0.0.0.0}]}"), "SW1251");
  EXPECT_EQ(LinkCodesOf("{interface: eth1, dhcp: true, vip: {ip: 10.0.128.100}}"), "SW1254") << "a worker";
}

TEST(Links, BondsFollowTheKernelsRules) {
  const auto bond = [](const std::string& rest) {
    return LinkCodesOf("{interface: b, bond: {interfaces: [e], " + rest + "}}");
  };
  EXPECT_EQ(bond("mode: 802.3ad, miimon: 100, updelay: 200, lacpRate: fast"), "");
  EXPECT_EQ(bond("mode: active-backup, miimon: 100, updelay: 150"), "SW1253");
  EXPECT_EQ(bond("mode: active-backup, downdelay: 100"), "SW1253");
  EXPECT_EQ(bond("mode: active-backup, lacpRate: fast"), "SW1253");
  EXPECT_EQ(bond("mode: balance-rr, primary: e"), "SW1253");
  EXPECT_EQ(bond("mode: balance-alb, arpInterval: 10"), "SW1253");
  EXPECT_EQ(
      CodesOf("",
              "    interfaces: [{interface: b, bond: {interfaces: [e], mode: active-backup, primary: e}}]\n",
              "v1.12.0"),
      "SW1258");
}

TEST(Links, OneVirtualIpForAClustersControlPlanes) {
  const auto plane = [](int n, const std::string& vip) {
    return With(NodeText(n, "", "    interfaces: [{interface: eth1, dhcp: true, vip: {ip: " + vip + "}}]\n"),
                "role: worker", "role: controlplane");
  };
  Files files = SampleFleet();
  for (const int n : {3, 4, 5}) files["nodes/cp-" + std::to_string(n) + ".yaml"] = plane(n, "10.0.128.100");
  EXPECT_EQ(AllText(LoadFiles(files).diagnostics), "");
  files["nodes/cp-5.yaml"] = plane(5, "10.0.128.101");
  EXPECT_NE(AllText(LoadFiles(files).diagnostics).find("cp-5.yaml:10:58: SW1254 error"), std::string::npos)
      << AllText(LoadFiles(files).diagnostics);
  for (const int n : {3, 4, 5}) files["nodes/cp-" + std::to_string(n) + ".yaml"] = plane(n, "10.0.128.2");
  EXPECT_NE(AllText(LoadFiles(files).diagnostics).find("is the static address of node `worker-1`"),
            std::string::npos);
  files.erase("nodes/cp-5.yaml");
  EXPECT_NE(AllText(LoadFiles(files).diagnostics).find("SW1217 warning"), std::string::npos);
}

TEST(Links, TheSitesGatewayGoesToTheLinkThatIsInItsNetwork) {
  Files files = SampleFleet();
  files["nodes/worker-3.yaml"] =
      With(NodeText(3, "", "    interfaces: [{interface: eth1, addresses: [10.0.128.9/24]}]\n"),
           "    addresses: [10.0.128.4/24]\n", "");
  auto outcome = LoadFiles(files);
  ASSERT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
  EXPECT_EQ(outcome.fleet->nodes.back()->gateway->value, *Ipv4::Parse("10.0.128.1"));
}

TEST(Volumes, GoodOnesPass) {
  EXPECT_EQ(
      VolumeCodesOf(
          "{name: EPHEMERAL, minSize: 10GiB, maxSize: 80%}, {name: STATE, encryption: {keys: [{slot: 0, "
          "tpm: {}}]}}, {name: d, maxSize: -10GiB, diskSelector: {match: 'disk.size > 1u * GiB'}}, "
          "{name: e, volumeType: directory}"),
      "");
}

TEST(Volumes, ContradictionsAreNamed) {
  for (const char* volume : {
           "{name: d, minSize: 1GiB}",
           "{name: d, diskSelector: {match: system_disk}}",
           "{name: d, volumeType: disk, minSize: 1GiB, diskSelector: {match: system_disk}}",
           "{name: e, volumeType: directory, minSize: 1GiB}",
           "{name: STATE, maxSize: 1GiB}",
           "{name: EPHEMERAL, minSize: 2GiB, maxSize: 1GiB}",
           "{name: EPHEMERAL, minSize: 10%}",
           "{name: EPHEMERAL, filesystem: {type: ext4}}",
           "{name: EPHEMERAL, maxSize: 1GiB}, {name: EPHEMERAL, maxSize: 1GiB}",
           "{name: EPHEMERAL, diskSelector: {match: 'disk.size >'}}",
           "{name: EPHEMERAL, diskSelector: {match: 'dsk.size > 1u'}}",
           "{name: STATE, encryption: {keys: [{slot: 0}]}}",
           "{name: STATE, encryption: {keys: [{slot: 0, tpm: {}, nodeID: {}}]}}",
           "{name: STATE, encryption: {keys: [{slot: 0, tpm: {}, lockToState: true}]}}",
           "{name: EPHEMERAL, encryption: {keys: [{slot: 0, tpm: {}}, {slot: 0, nodeID: {}}]}}",
       }) {
    EXPECT_EQ(VolumeCodesOf(volume), "SW1255") << volume;
  }
}

TEST(Volumes, EachVersionHasItsOwn) {
  EXPECT_EQ(VolumeCodesOf("{name: EPHEMERAL, maxSize: 80%}", "v1.11.0"), "SW1258");
  EXPECT_EQ(VolumeCodesOf("{name: EPHEMERAL, maxSize: -1GiB}", "v1.12.0"), "SW1258");
  EXPECT_EQ(VolumeCodesOf("{name: IMAGECACHE, maxSize: 1GiB}", "v1.8.0"), "SW1258");
  EXPECT_EQ(VolumeCodesOf("{name: d, maxSize: 1GiB, diskSelector: {match: system_disk}}", "v1.9.0"),
            "SW1258");
  EXPECT_EQ(VolumeCodesOf("{name: CRI, maxSize: 1GiB}", "v1.13.0"), "SW1258");
  EXPECT_EQ(VolumeCodesOf("{name: CRI, maxSize: 1GiB}", "v1.14.0"), "");
  EXPECT_EQ(VolumeCodesOf("{name: STATE, encryption: {keys: [{slot: 0, tpm: {}}]}}", "v1.8.0"), "");
}

TEST(Details, SelectorsLabelsAndVersions) {
  EXPECT_EQ(CodesOf("  install: {diskSelector: {type: ssd, size: '> 1TB'}}\n"), "");
  EXPECT_EQ(CodesOf("  install: {disk: /dev/sda, diskSelector: {type: ssd}}\n"), "SW1256");
  EXPECT_EQ(CodesOf("  install: {diskSelector: {}}\n"), "SW1256");
  EXPECT_EQ(CodesOf("  install: {diskSelector: {match: disk.rotational}}\n"), "SW1258");
  EXPECT_EQ(CodesOf("  install: {diskSelector: {match: 'disk.rotational )'}}\n", "", "v1.14.0"), "SW1256");
  EXPECT_EQ(CodesOf("  nodeLabels: {-x: y}\n"), "SW1257");
  EXPECT_EQ(CodesOf("  nodeLabels: {x: 'not ok'}\n"), "SW1257");
  EXPECT_EQ(CodesOf("  nodeAnnotations: {x: 'quite ok', talos.dev/owned-labels: x}\n"), "SW1257");
  EXPECT_EQ(CodesOf("  nodeTaints: {x: 'a:Never'}\n"), "SW1257");
  EXPECT_EQ(CodesOf("  nodeTaints: {x: NoExecute}\n"), "");
  EXPECT_EQ(CodesOf("  talos: {version: v1.11.5}\n"), "SW1259");
  EXPECT_EQ(CodesOf("  talos: {version: v1.11.5}\n  boot: {kernel: kernel, initramfs: initramfs}\n"), "");
  EXPECT_EQ(CodesOf("  talos: {version: v1.12.0}\n  boot: {kernel: kernel, initramfs: initramfs}\n"),
            "SW1258");
  EXPECT_EQ(CodesOf("  boot: {kernel: kernal, initramfs: initramfs}\n"), "SW1212");
}

TEST(Ip, ReadsBothFamiliesStrictly) {
  EXPECT_EQ(IpPrefix::Parse("FD00::0:1/64")->ToString(), "fd00::1/64");
  EXPECT_TRUE(IpPrefix::Parse("10.0.0.1/20")->Contains(*IpAddress::Parse("10.0.15.255")));
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.1/20")->Contains(*IpAddress::Parse("10.0.16.0")));
  for (const char* bad :
       {"10.0.0.1", "10.0.0.1/33", "10.0.0.1/08", "10.0.0/8", "fd00::%eth0/64", "fd00::/", "/8"}) {
    EXPECT_FALSE(IpPrefix::Parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace slipway
