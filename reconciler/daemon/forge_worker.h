#pragma once

#include "reconciler/daemon/config.h"
#include "schema/contract/new_node.h"

namespace slipway {

/// `slipway forge`: tells the forge what the daemon does, and what pull requests would do. The parent talks
/// through `channel_fd` (-1: nobody supervises, and nobody plans): `look` says that something is new,
/// `propose` asks for a machine's pull request. It reads status.json, sightings.json and pattern.json of the
/// state directory, and alone writes forge.json. A process of its own: it holds the forge's token, and waits
/// for servers that never answer, so that neither the boot network nor publishing ever does. It has neither
/// identities nor Git: what strangers propose is read by the process that plans (plan_worker.h). Returns the
/// exit code.
int RunForgeWorker(const DaemonConfig& config, int channel_fd);

/// What `propose` carries in its argument.
struct ProposeRequest {
  MachineFacts facts;
  NodeWishes wishes;
};
std::string EncodeProposeRequest(const ProposeRequest& request);
Result<ProposeRequest> DecodeProposeRequest(std::string_view json);

}  // namespace slipway
