#pragma once

#include <string>
#include <vector>

#include "reconciler/daemon/config.h"

namespace slipway {

/// `slipway serve`: the boot network, the control face and the operators' socket, and a worker that it keeps
/// running. `worker_command` is the worker's argv. Returns the exit code when SIGTERM or SIGINT ended it (0),
/// or when it could not start (2, with a message on standard error).
int Serve(const DaemonConfig& config, std::vector<std::string> worker_command);

}  // namespace slipway
