#pragma once

#include "reconciler/plan/change.h"
#include "reconciler/render/render_pass.h"

namespace slipway::plan {

/// One node of one side.
struct NodeView {
  const Node* node = nullptr;
  const BootEntry* entry = nullptr;  ///< of its first MAC
  size_t index = 0;                  ///< into RenderPass::nodes
  Sha256 script_inputs;
  Sha256 config_inputs;
  TalosVersion version;
};

/// "10.0.128.2/24, …": the static addresses, "DHCP" where there are none.
std::string AddressText(const Node& node);

/// What happens to a machine that is only on one side.
std::vector<EffectLine> EffectsOfApproval(const NodeView& head);
std::vector<EffectLine> EffectsOfWithdrawal(const NodeView& base);

/// What happens to a machine beyond its config and its scripts.
std::vector<EffectLine> EffectsOfChange(const NodeView& base, const NodeView& head);

}  // namespace slipway::plan
