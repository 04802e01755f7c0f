// SW122x to SW124x: forms of single values. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1221, R"(SW1221: unusable name

Names are lower-case letters, digits, '-' and '.', with a letter or digit at both ends, at most
63 characters between dots and 253 in all: they become file names, URLs and parts of boot
scripts.

Wrong:

    metadata: {name: Worker_02}

Right:

    metadata: {name: worker-02}
)"},
    {1222, R"(SW1222: unusable MAC address

A MAC address is six pairs of hexadecimal digits, of one network card: no multicast address, not
all zeros.

Wrong:

    macs: ["01:00:5e:00:00:01"]

Right:

    macs: ["6c:4b:90:8b:a1:6d"]
)"},
    {1223, R"(SW1223: unusable UUID

A UUID is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.

Wrong:

    uuid: 4c4c45440051

Right:

    uuid: 4c4c4544-0051-3610-8057-b7c04f4d3533
)"},
    {1224, R"(SW1224: unusable serial number

Serial numbers are compared with what the firmware reports: printable ASCII without space at the
ends.

Wrong:

    serial: " 7CQ63V3"

Right:

    serial: "7CQ63V3"
)"},
    {1225, R"(SW1225: unusable host name

Host names follow RFC 1123: letters, digits and '-' in labels of at most 63 characters, joined
by dots.

Wrong:

    hostname: worker_02

Right:

    hostname: worker-02
)"},
    {1226, R"(SW1226: unusable disk

The installation disk is the path of a device.

Wrong:

    install: {disk: nvme0n1}

Right:

    install: {disk: /dev/nvme0n1}
)"},
    {1231, R"(SW1231: unusable address

Addresses are IPv4 in dotted decimal without leading zeros. A machine's own carry a prefix
length, gateways and name servers do not.

Wrong:

    addresses: [10.0.128.2]
    gateway: 10.0.128.1/24

Right:

    addresses: [10.0.128.2/24]
    gateway: 10.0.128.1
)"},
    {1232, R"(SW1232: address no machine can have

The address is a network's own or its broadcast address, or it is reserved (multicast, loopback
and the like).

Wrong:

    addresses: [10.0.128.255/24]

Right:

    addresses: [10.0.128.25/24]
)"},
    {1233, R"(SW1233: gateway outside the subnet

A machine reaches its gateway directly, so the gateway lies in the network of one of its
addresses.

Wrong:

    addresses: [10.0.128.2/24]
    gateway: 10.0.129.1

Right:

    addresses: [10.0.128.2/24]
    gateway: 10.0.128.1
)"},
    {1234, R"(SW1234: gateway is the machine itself

The node's address is the gateway's.

Wrong:

    addresses: [10.0.128.1/24]
    gateway: 10.0.128.1

Right:

    addresses: [10.0.128.2/24]
    gateway: 10.0.128.1
)"},
    {1235, R"(SW1235: gateway without an address

A gateway is only set together with a static address; by DHCP a machine gets both.

Wrong:

    network: {gateway: 10.0.128.1}

Right:

    network: {addresses: [10.0.128.2/24], gateway: 10.0.128.1}
)"},
    {1236, R"(SW1236: unusable subnet

A subnet is a network address with its prefix length, 8 to 30.

Wrong:

    subnets: [{cidr: 10.0.128.1/24}]

Right:

    subnets: [{cidr: 10.0.128.0/24}]
)"},
    {1237, R"(SW1237: overlapping subnets

An address must not lie in two subnets of the Site: whose gateway would hold?

Wrong:

    subnets: [{cidr: 10.0.0.0/16}, {cidr: 10.0.128.0/24}]

Right:

    subnets: [{cidr: 10.0.127.0/24}, {cidr: 10.0.128.0/24}]
)"},
    {1238, R"(SW1238: no gateway (warning)

The node has a static address, and neither it nor a subnet of the Site names a gateway. It will
not reach anything outside its network, image registries among it.

Wrong:

    addresses: [10.0.128.2/24]

Right:

    addresses: [10.0.128.2/24]
    gateway: 10.0.128.1
)"},
    {1241, R"(SW1241: unusable endpoint

The endpoint is the URL of the Kubernetes API: https, a host and a port.

Wrong:

    endpoint: 10.0.128.100

Right:

    endpoint: https://10.0.128.100:6443
)"},
    {1242, R"(SW1242: unusable boot server

Machines load over plain http from a host and a port: firmware knows no certificates. Nothing
stands behind the port.

Wrong:

    bootServer: {url: "https://10.0.5.10/boot"}

Right:

    bootServer: {url: "http://10.0.5.10:8080"}
)"},
    {1243, R"(SW1243: unusable asset URL

Assets come from https://, http:// or, below folders that the daemon's file allows, file:///.
URLs in the repository hold no credentials.

Wrong:

    url: ftp://example.org/vmlinuz

Right:

    url: https://example.org/vmlinuz
)"},
    {1244, R"(SW1244: unusable digest

Nothing is served unverified: an Asset carries the SHA-256 of its file, 64 hexadecimal digits.
`slipway asset URL` downloads the file once and prints the resource.

Wrong:

    sha256: latest

Right:

    sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
)"},
    {1245, R"(SW1245: unusable Talos version

A Talos version is major, minor and patch.

Wrong:

    version: "1.11"

Right:

    version: v1.11.6
)"},
    {1246, R"(SW1246: unsupported Talos version

Configurations differ from version to version. This Slipway writes them for Talos 1.8 to 1.14.

Wrong:

    version: v1.5.0

Right:

    version: v1.11.6
)"},
    {1247, R"(SW1247: unusable Kubernetes version

A Kubernetes version is major, minor and patch.

Wrong:

    kubernetesVersion: "1.34"

Right:

    kubernetesVersion: v1.34.1
)"},
    {1248, R"(SW1248: unusable kernel argument

Each item is one argument, without white space, in ASCII, and nothing that iPXE takes for its
own syntax.

Wrong:

    args: ["console=ttyS0 quiet"]

Right:

    args: ["console=ttyS0", "quiet"]
)"},
    {1249, R"(SW1249: unusable time-out

A time-out is a number with s or m, from one second to an hour.

Wrong:

    menu: {timeout: 10}

Right:

    menu: {timeout: 10s}
)"},
    {1261, R"(SW1261: a label selector that cannot be

As in Kubernetes, the operators In and NotIn need a list of values, Exists and DoesNotExist take none. All terms of a
selector must hold; NotIn also holds for a node that has no such label.

Wrong:

    matchExpressions: [{key: rack, operator: In}]

Right:

    matchExpressions: [{key: rack, operator: In, values: [a1, a2]}]
)"},
};

}  // namespace

std::span<const CodeText> FormCodes() { return kTexts; }

}  // namespace slipway
