#pragma once

#include <string>
#include <vector>

#include "reconciler/daemon/config.h"

namespace slipway::cli {

/// One thing that was looked at, and what to do where it is not well.
struct Finding {
  enum class Level : uint8_t { kGood, kWarning, kBad } level = Level::kGood;
  std::string what;     ///< "UDP port 67"
  std::string message;  ///< what was found
  std::string fix;      ///< "" where there is nothing to do
};
using Findings = std::vector<Finding>;

// Each looks at one side of the host that the daemon would run on. Nothing is changed; sockets are opened and
// closed at once.
Findings LookAtPorts(const DaemonConfig& config);
Findings LookAtRights(const DaemonConfig& config);
Findings LookAtInterfaces(const DaemonConfig& config);
Findings LookAtDhcp(
    const DaemonConfig& config);  ///< sends one DISCOVER on each interface, and listens for four seconds
Findings LookAtFirewall(const DaemonConfig& config);
Findings LookAtPrograms(const DaemonConfig& config);
Findings LookAtClock();
Findings LookAtDisk(const DaemonConfig& config);
Findings LookAtRemote(const DaemonConfig& config);  ///< fetches the repository into a temporary folder
Findings LookAtSecrets(const DaemonConfig& config);
Findings LookAtTrust(const DaemonConfig& config);

}  // namespace slipway::cli
