// SW128x: what the boot network is told. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1281, R"(SW1281: a subnet's DHCP option is wrong

What the DHCP server tells machines must make sense inside the subnet: ranges of host addresses that do
not overlap, and routers that machines reach directly.

Wrong:

    - {cidr: 10.0.128.0/24, ranges: [10.0.129.100-10.0.129.199]}

Right:

    - {cidr: 10.0.128.0/24, ranges: [10.0.128.100-10.0.128.199]}
)"},
    {1282, R"(SW1282: a way to the disk that does not exist

`install.exit` says how a machine that is installed gets from the network boot to its disk: `exit` hands
back to the firmware, `sanboot` starts a BIOS drive, `efi` starts a file of a local EFI system partition.

Wrong:

    install: {exit: {method: exit, drive: 0x80}}

Right:

    install: {exit: {method: sanboot, drive: 0x80}}
)"},
    {1283, R"(SW1283: a wipe that is not safe to follow

A wipe destroys data once: it names the disk, belongs to one number of `install.revision`, and ends on a
day, so that an old commit that comes back cannot wipe again. Talos wipes the disk that it is installed on,
so that is the one to name.

Wrong:

    install: {disk: /dev/nvme0n1}
    wipe: {disks: [/dev/sdb], until: "2026-12-24"}

Right:

    install: {disk: /dev/nvme0n1, revision: 2}
    wipe: {disks: [/dev/nvme0n1], until: "2026-12-24"}
)"},
    {1284, R"(SW1284: a wipe that would break quorum

etcd needs more than half of a cluster's control planes. Wipes of so many at once would lose its data; one
after the other they do not. A cluster of a single control plane cannot be wiped: take the Node out of the
repository and make a new cluster.

Wrong:

    (three control planes, two of them with `wipe`)

Right:

    (one of the three with `wipe`; the next one when it is back)
)"},
    {1285, R"(SW1285: kernel without initramfs

A node with boot files of its own has both of them: a kernel does not fit another version's initramfs.

Wrong:

    boot: {kernel: talos-1.12-kernel}

Right:

    boot: {kernel: talos-1.12-kernel, initramfs: talos-1.12-initramfs}
)"},
    {1286, R"(SW1286: a maintenance window that cannot be kept

A window opens at a time of day, on the clock of a time zone that the host knows, and closes within a day.

Wrong:

    windows: [{kinds: [reinstall], start: "25:00", duration: 4h, timeZone: Mars/Olympus}]

Right:

    windows: [{kinds: [reinstall], start: "22:00", duration: 4h, timeZone: Europe/Berlin}]
)"},
};

}  // namespace

std::span<const CodeText> BootCodes() { return kTexts; }

}  // namespace slipway
