#pragma once

#include <vector>

#include "reconciler/render/render_pass.h"

namespace slipway {

/// One MAC of one node. A generation lists its machines in this order.
struct Machine {
  Mac mac;
  uint32_t node = 0;  ///< index into RenderPass::nodes
  uint32_t nic = 0;   ///< index into Node::macs
};

std::vector<Machine> MachinesByMac(const RenderPass& pass);

/// Lists the files of a gathered pass, sorted by path (assets/, boot.ipxe, local/, nodes/, talos/), and what
/// each is made from, in `pass.planned`.
std::vector<RenderedItem> ListFiles(RenderPass& pass, const std::vector<Machine>& machines,
                                    NodeFingerprints& fingerprints);

}  // namespace slipway
