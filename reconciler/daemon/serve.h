#pragma once

#include <string>
#include <vector>

#include "reconciler/daemon/config.h"

namespace slipway {

/// The argv of each child process.
struct ChildCommands {
  std::vector<std::string> worker;
  std::vector<std::string> forge;
  std::vector<std::string> plans;
};

/// `slipway serve`: the boot network, the control face and the operators' socket, a worker that it keeps
/// running, and where a forge is configured its process and the one that plans for it. Returns the exit code
/// when SIGTERM or SIGINT ended it (0), or when it could not start (2, with a message on standard error).
int Serve(const DaemonConfig& config, const ChildCommands& commands);

}  // namespace slipway
