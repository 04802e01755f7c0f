#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bootnet/catalog/decide.h"
#include "bootnet/simulate/client.h"

namespace slipway::simulate {

/// One exchange, and why it went so.
struct Step {
  std::string title;  ///< "DISCOVER → OFFER", "HTTP GET /boot.ipxe → 200"
  Outcome outcome = Outcome::kAnswered;
  std::string reason;  ///< the journal's word
  std::string message;
  std::vector<std::string> lines;  ///< the reply decoded, a file's size and digest, a script's own lines
};

/// The world that a machine would meet.
struct World {
  Snapshot snapshot;
  Ipv4 server;  ///< that answers: option 54
  uint16_t http_port = 0;
  /// The bytes of a file that may leave.
  std::function<Result<std::string>(const Catalog::Item&)> read;
};

/// The whole of one boot, through the same AnswerPacket and Decide that the servers ask: DHCP, the program,
/// the scripts, kernel, initramfs and config. Ends where the machine would get nothing more. Nothing is
/// recorded, and no time passes between the steps.
std::vector<Step> Boot(const Machine& machine, const World& world);

}  // namespace slipway::simulate
