// Links in both forms: `machine.network` before Talos 1.12, documents from there on.
#include "tests/reconciler/talos/node_forms.h"

namespace slipway::talos {
namespace {

constexpr const char* kBase = "machine: {type: controlplane}\n";

constexpr const char* kBondSpec = R"(  network:
    gateway: 10.0.42.1
    interfaces:
      - interface: bond0
        bond:
          macs: ["6C:4B:90:8B:A1:01", "6c:4b:90:8b:a1:02"]
          mode: 802.3ad
          miimon: 100
          updelay: 200
          lacpRate: fast
          resendIgmp: 2
        mtu: 9000
        addresses: [10.0.128.2/24, "fd00:128::2/64"]
        routes:
          - {network: 10.9.0.0/16, gateway: 10.0.128.254, metric: 2048, source: 10.0.128.2, mtu: 1400}
          - {gateway: "fd00:128::1"}
        vip: {ip: 10.0.128.100}
        vlans:
          - {vlanId: 42, addresses: [10.0.42.2/24]}
          - {vlanId: 43, dhcp: true, dhcpOptions: {routeMetric: 512, ipv6: true, duidv6: "00:03:00:01:aa:bb"}}
)";

TEST(NodeLinks, ABondWithVlansBefore112) {
  ExpectForm(kBase, kBondSpec, "v1.11.6", R"(
machine:
  type: controlplane
  network:
    interfaces:
      - interface: bond0
        addresses: [10.0.128.2/24, "fd00:128::2/64"]
        routes:
          - {network: 10.9.0.0/16, gateway: 10.0.128.254, source: 10.0.128.2, metric: 2048, mtu: 1400}
          - {network: "::/0", gateway: "fd00:128::1"}
        mtu: 9000
        dhcp: false
        vip: {ip: 10.0.128.100}
        bond:
          deviceSelectors: [{permanentAddr: "6c:4b:90:8b:a1:01"}, {permanentAddr: "6c:4b:90:8b:a1:02"}]
          mode: 802.3ad
          miimon: 100
          updelay: 200
          lacpRate: fast
          resendIgmp: 2
        vlans:
          - vlanId: 42
            addresses: [10.0.42.2/24]
            routes: [{network: 0.0.0.0/0, gateway: 10.0.42.1}]
            dhcp: false
          - vlanId: 43
            dhcp: true
            dhcpOptions: {routeMetric: 512, ipv4: true, ipv6: true, duidv6: "00:03:00:01:aa:bb"}
)");
}

TEST(NodeLinks, ABondWithVlansFrom112AndTheCardThatIsLeftKeepsDhcp) {
  ExpectForm(kBase, kBondSpec, "v1.13.9", R"(
machine: {type: controlplane}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway0, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:01"'}}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway1, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:02"'}}
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
links: [slipway0, slipway1]
bondMode: 802.3ad
miimon: 100
updelay: 200
lacpRate: fast
resendIGMP: 2
mtu: 9000
addresses: [{address: 10.0.128.2/24}, {address: "fd00:128::2/64"}]
routes:
  - {destination: 10.9.0.0/16, gateway: 10.0.128.254, source: 10.0.128.2, metric: 2048, mtu: 1400}
  - {gateway: "fd00:128::1"}
---
{apiVersion: v1alpha1, kind: Layer2VIPConfig, name: 10.0.128.100, link: bond0}
---
apiVersion: v1alpha1
kind: VLANConfig
name: bond0.42
vlanID: 42
parent: bond0
addresses: [{address: 10.0.42.2/24}]
routes: [{gateway: 10.0.42.1}]
---
{apiVersion: v1alpha1, kind: VLANConfig, name: bond0.43, vlanID: 43, parent: bond0}
---
{apiVersion: v1alpha1, kind: DHCPv4Config, name: bond0.43, routeMetric: 512}
---
{apiVersion: v1alpha1, kind: DHCPv6Config, name: bond0.43, routeMetric: 512, clientIdentifier: duid, duidRaw: "00:03:00:01:aa:bb"}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway2, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:03"'}}
---
{apiVersion: v1alpha1, kind: DHCPv4Config, name: slipway2}
)");
}

constexpr const char* kBridgeSpec = R"(  network:
    searchDomains: [home.example.org]
    interfaces:
      - {dhcp: true}
      - {mac: "6c:4b:90:8b:a1:02", vlans: [{vlanId: 7, dhcp: true}]}
      - interface: br0
        dhcp: true
        bridge: {macs: ["6c:4b:90:8b:a1:03"], stp: {enabled: true}, vlan: {vlanFiltering: true}}
      - {interface: br1, addresses: [10.1.0.1/24], bridge: {interfaces: [eth7]}}
)";

TEST(NodeLinks, BridgesBefore112) {
  ExpectForm(kBase, kBridgeSpec, "v1.8.4", R"(
machine:
  type: controlplane
  network:
    searchDomains: [home.example.org]
    interfaces:
      - {deviceSelector: {hardwareAddr: "6c:4b:90:8b:a1:01"}, dhcp: true}
      - {deviceSelector: {hardwareAddr: "6c:4b:90:8b:a1:02"}, dhcp: false, vlans: [{vlanId: 7, dhcp: true}]}
      - {interface: br0, dhcp: true, bridge: {stp: {enabled: true}, vlan: {vlanFiltering: true}}}
      - {deviceSelector: {hardwareAddr: "6c:4b:90:8b:a1:03"}, bridgePort: {master: br0}}
      - {interface: br1, addresses: [10.1.0.1/24], dhcp: false, bridge: {interfaces: [eth7]}}
)");
}

TEST(NodeLinks, BridgesFrom112) {
  ExpectForm(kBase, kBridgeSpec, "v1.12.0", R"(
machine: {type: controlplane}
---
{apiVersion: v1alpha1, kind: ResolverConfig, searchDomains: {domains: [home.example.org]}}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway0, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:01"'}}
---
{apiVersion: v1alpha1, kind: DHCPv4Config, name: slipway0}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway1, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:02"'}}
---
{apiVersion: v1alpha1, kind: LinkConfig, name: slipway1, up: true}
---
{apiVersion: v1alpha1, kind: VLANConfig, name: slipway1.7, vlanID: 7, parent: slipway1}
---
{apiVersion: v1alpha1, kind: DHCPv4Config, name: slipway1.7}
---
{apiVersion: v1alpha1, kind: LinkAliasConfig, name: slipway2, selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:03"'}}
---
{apiVersion: v1alpha1, kind: BridgeConfig, name: br0, links: [slipway2], stp: {enabled: true}, vlan: {filtering: true}}
---
{apiVersion: v1alpha1, kind: DHCPv4Config, name: br0}
---
{apiVersion: v1alpha1, kind: BridgeConfig, name: br1, links: [eth7], addresses: [{address: 10.1.0.1/24}]}
)");
}

}  // namespace
}  // namespace slipway::talos
