// SW120x and SW121x: what belongs together across resources. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1201, R"(SW1201: no Site

A repository describes one place, and the Site says what holds for all of it: first of all the
URL that machines are told to load from.

Wrong:

    (no document of kind Site)

Right:

    apiVersion: slipway/v1alpha1
    kind: Site
    metadata: {name: home}
    spec:
      bootServer: {url: "http://10.0.5.10:8080"}
)"},
    {1202, R"(SW1202: second Site

There is exactly one Site in a repository. Two places are two repositories, or two folders that
two daemons read.

Wrong:

    kind: Site
    ---
    kind: Site

Right:

    kind: Site
)"},
    {1203, R"(SW1203: duplicate name

Two resources of one kind have the same name.

Wrong:

    kind: Node
    metadata: {name: worker-1}   # in two files

Right:

    kind: Node
    metadata: {name: worker-2}
)"},
    {1204, R"(SW1204: duplicate MAC address

A MAC address decides what a machine gets, so it belongs to one Node, once. Most often a file
was copied.

Wrong:

    identity: {macs: ["52:54:00:12:34:56"]}   # in two Nodes

Right:

    identity: {macs: ["52:54:00:12:34:57"]}
)"},
    {1205, R"(SW1205: duplicate UUID

Two Nodes have the same SMBIOS UUID. Some boards leave the factory with one UUID for all: leave
the field out there.

Wrong:

    uuid: 4c4c4544-0051-3610-8057-b7c04f4d3533   # in two Nodes

Right:

    (each machine's own UUID, or none)
)"},
    {1206, R"(SW1206: duplicate serial number

Two Nodes have the same serial number. Boards that report a filler such as "To be filled" are
told apart by their MAC addresses alone: leave the field out there.

Wrong:

    serial: "7CQ63V3"   # in two Nodes

Right:

    (each machine's own number, or none)
)"},
    {1207, R"(SW1207: duplicate host name

Two Nodes have the same host name; capitals do not count. The default is metadata.name.

Wrong:

    hostname: worker   # in two Nodes

Right:

    hostname: worker-2
)"},
    {1208, R"(SW1208: duplicate address

Two Nodes have the same static address.

Wrong:

    addresses: [10.0.128.2/24]   # in two Nodes

Right:

    addresses: [10.0.128.3/24]
)"},
    {1211, R"(SW1211: unknown cluster

The Node names a Cluster that the repository does not hold.

Wrong:

    cluster: hom

Right:

    cluster: home
)"},
    {1212, R"(SW1212: unknown asset

The Cluster names an Asset that the repository does not hold. `slipway asset URL` prints the
resource for a file.

Wrong:

    boot:
      amd64: {kernel: talos-kernel, initramfs: talos-initramfs}

Right:

    (an Asset of each name beside it)
)"},
    {1213, R"(SW1213: missing file

A resource names a file that the revision does not hold. Paths count from the folder that
Slipway reads (source.path), not from the file that names them, and case matters.

Wrong:

    file: ../patches/nvme.yaml

Right:

    file: patches/nvme.yaml
)"},
    {1214, R"(SW1214: unusable file path

Files are named by a plain path from the folder that Slipway reads: no leading slash, no '.' or
'..', no backslash.

Wrong:

    file: ./patches/nvme.yaml

Right:

    file: patches/nvme.yaml
)"},
    {1215, R"(SW1215: no base configuration for a role

A node's configuration begins with its cluster's base file for its role; `talosctl gen config`
writes both.

Wrong:

    talos:
      base: {worker: base/worker.yaml}   # and a control plane node

Right:

    talos:
      base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}
)"},
    {1216, R"(SW1216: no boot files for an architecture

The cluster says for each architecture which kernel and initramfs its machines boot.

Wrong:

    boot:
      amd64: {…}   # and a node with arch: arm64

Right:

    boot:
      amd64: {…}
      arm64: {kernel: talos-kernel-arm64, initramfs: talos-initramfs-arm64}
)"},
    {1217, R"(SW1217: even number of control planes

etcd needs a majority: four members bear one failure, as three do, and two bear none, as one does.

Wrong:

    two Nodes with role: controlplane in one cluster

Right:

    one, three or five
)"},
};

}  // namespace

std::span<const CodeText> FleetCodes() { return kTexts; }

}  // namespace slipway
