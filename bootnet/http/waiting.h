#pragma once

#include <cstdint>
#include <string>

#include "schema/contract/machine_facts.h"

namespace slipway::http {

/// What the screen of an unknown machine is made of.
struct Waiting {
  std::string base_url;  ///< of the boot server, without a slash at its end
  MachineFacts facts;
  std::string pull;    ///< the line about its pull request; "" where there is none
  std::string node;    ///< that another of its cards belongs to; "" for none
  uint32_t tries = 0;  ///< how often it has looked
  enum class Then : uint8_t {
    kLookAgain,  ///< waits, then runs the entry script once more
    kGoOn,       ///< it is approved: runs the entry script
  } then = Then::kLookAgain;
};

/// Seconds until the next look: 5 doubling to 60.
uint32_t WaitSeconds(uint32_t tries);

/// An iPXE script that names the machine and its pull request and looks again. Of what the machine said only
/// letters, digits and plain marks are left: nothing in it is a command or a setting (ipxe.org/scripting).
std::string WaitingScript(const Waiting& waiting);

}  // namespace slipway::http
