// SW125x: links, volumes and what else some nodes say. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1251, R"(SW1251: unusable IP address

Addresses of links and routes may be IPv4 or IPv6. An address of a link has a prefix length, a gateway has
none.

Wrong:

    interfaces: [{mac: "6c:4b:90:8b:a1:6d", addresses: [10.0.128.2]}]

Right:

    interfaces: [{mac: "6c:4b:90:8b:a1:6d", addresses: [10.0.128.2/24]}]
)"},
    {1252, R"(SW1252: contradictory link

Each item of `network.interfaces` is one link: a card (by `mac`, or by `interface`, its name), a bond or a
bridge (`interface` names it). A link is listed once, belongs to one bond or bridge at most, and has no
addresses of its own while it does.

Wrong:

    interfaces:
      - {mac: "6c:4b:90:8b:a1:6d", dhcp: true}
      - {interface: bond0, bond: {macs: ["6c:4b:90:8b:a1:6d"], mode: 802.3ad}}

Right:

    interfaces:
      - {interface: bond0, dhcp: true, bond: {macs: ["6c:4b:90:8b:a1:6d"], mode: 802.3ad}}
)"},
    {1253, R"(SW1253: impossible bond

Some options of a bond go with some modes only, and delays are multiples of `miimon`: Talos and the kernel
refuse anything else.

Wrong:

    bond: {macs: [...], mode: active-backup, lacpRate: fast, miimon: 100, updelay: 150}

Right:

    bond: {macs: [...], mode: active-backup, miimon: 100, updelay: 200}
)"},
    {1254, R"(SW1254: impossible virtual IP

The control plane nodes of a cluster share one virtual IP; one of them holds it at a time. Workers cannot
hold it, no machine has it as its own address, and all nodes name the same one.

Wrong:

    role: worker
    interfaces: [{mac: "6c:4b:90:8b:a1:6d", dhcp: true, vip: {ip: 10.0.128.100}}]

Right:

    role: controlplane
    interfaces: [{mac: "6c:4b:90:8b:a1:6d", dhcp: true, vip: {ip: 10.0.128.100}}]
)"},
    {1255, R"(SW1255: impossible volume

System volumes (EPHEMERAL, IMAGECACHE, STATE, …) may be sized, placed and encrypted, STATE only encrypted. Any
other name is a user volume: a partition needs a disk selector and a size, a whole disk a selector alone, a
directory neither. A key of an encrypted volume has a slot of its own and exactly one method.

Wrong:

    volumes: [{name: data, minSize: 10GiB}]

Right:

    volumes: [{name: data, minSize: 10GiB, diskSelector: {match: "!system_disk"}}]
)"},
    {1256, R"(SW1256: unusable disk selector

The install disk is named by its path, or chosen by what it is: `size`, `type`, `model`, `serial` and the
like (every one must hold), or, from Talos 1.14, by a CEL expression in `match` alone.

Wrong:

    install: {disk: /dev/sda, diskSelector: {type: nvme}}

Right:

    install: {diskSelector: {type: nvme, size: ">= 100GB"}}
)"},
    {1257, R"(SW1257: unusable label, annotation or taint

Keys and values follow Kubernetes: a key is `name` or `dns-name/name`, a label's value is up to 63 letters,
digits, '-', '_' and '.', a taint is `value:effect` or `effect`, where the effect is NoSchedule,
PreferNoSchedule or NoExecute.

Wrong:

    nodeTaints: {gpu: "true:Never"}

Right:

    nodeTaints: {gpu: "true:NoSchedule"}
)"},
    {1258, R"(SW1258: not in this version of Talos

Talos' configuration changes from version to version. What is written here has no place in that of the
node's version; the message says since when, or until when, there is one.

Wrong:

    volumes: [{name: EPHEMERAL, maxSize: 80%}]      # with talos.version v1.11.6

Right:

    volumes: [{name: EPHEMERAL, maxSize: 200GiB}]
)"},
    {1259, R"(SW1259: boot files of another version

A node with a Talos version of its own is configured for that version, but boots the cluster's kernel and
initramfs until it names others. Talos installs from the install image, so this often works; it is a version
that nobody tests.

Wrong:

    talos: {version: v1.12.4}

Right:

    talos: {version: v1.12.4}
    boot: {kernel: talos-1.12-kernel, initramfs: talos-1.12-initramfs}
)"},
};

}  // namespace

std::span<const CodeText> LinkCodes() { return kTexts; }

}  // namespace slipway
