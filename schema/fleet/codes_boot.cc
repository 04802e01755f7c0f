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
};

}  // namespace

std::span<const CodeText> BootCodes() { return kTexts; }

}  // namespace slipway
