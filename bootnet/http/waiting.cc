#include "bootnet/http/waiting.h"

#include <algorithm>

namespace slipway::http {
namespace {

std::string Shown(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:/=_-+@%?";
  constexpr size_t kLongest = 200;
  std::string shown = text.substr(0, kLongest);
  std::replace_if(
      shown.begin(), shown.end(), [kPlain](char c) { return kPlain.find(c) == std::string_view::npos; }, '?');
  return shown;
}

}  // namespace

uint32_t WaitSeconds(uint32_t tries) { return tries >= 4 ? 60 : 5U << tries; }

std::string WaitingScript(const Waiting& waiting) {
  const std::string entry = waiting.base_url + "/boot.ipxe";
  if (waiting.then == Waiting::Then::kGoOn)
    return "#!ipxe\nsleep 2 ||\nchain --replace --autofree " + entry + " ||\nexit\n";
  const std::string seconds = std::to_string(WaitSeconds(waiting.tries));
  std::string script = "#!ipxe\necho\necho Slipway: this machine is not approved; nothing is installed.\n";
  for (const Mac& mac : waiting.facts.macs) script += "echo Slipway:   MAC " + mac.ToColons() + "\n";
  script += "echo Slipway:   UUID " + Shown(waiting.facts.uuid) + "  serial " + Shown(waiting.facts.serial) +
            "  " + Shown(waiting.facts.manufacturer) + " " + Shown(waiting.facts.product) + "\n";
  std::string how = waiting.pull.empty() ? "to approve it, merge a Node with this MAC." : Shown(waiting.pull);
  if (!waiting.node.empty())
    how = "another card of it is one of node " + waiting.node + ": add this MAC to that Node.";
  script += "echo Slipway: " + how + "\n";
  // The number outlives this script: settings are kept until iPXE ends.
  script += "echo Slipway: looking again in " + seconds + " seconds.\ninc slipway-tries ||\nsleep " +
            seconds + " ||\n:again\nchain --replace --autofree " + entry +
            " ||\necho Slipway: the boot server does not answer; asking again in 30 seconds.\nsleep 30 ||\n" +
            "goto again\n";
  return script;
}

}  // namespace slipway::http
