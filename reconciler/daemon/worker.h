#pragma once

#include "reconciler/daemon/config.h"

namespace slipway {

/// `slipway reconcile`: the worker. Fetches, checks, renders and publishes whenever the branch moves, until
/// SIGTERM or until its parent is gone. Single-threaded; `channel_fd` is its end of the pair, -1 when nobody
/// supervises it. Returns the exit code.
int RunWorker(const DaemonConfig& config, int channel_fd);

}  // namespace slipway
