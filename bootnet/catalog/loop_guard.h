#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway {

/// Notices a machine that fetches the same boot program again and again and never asks for a script: the
/// firmware handed itself back to the firmware. Pure: the caller brings the clock. Not thread-safe.
class LoopGuard {
 public:
  enum class Verdict {
    kQuiet,
    kTell,  ///< the fourth fetch within a minute; said once per machine until it fetches a script
  };

  /// A machine's MAC, or its address where that is not known.
  using Machine = std::variant<Mac, Ipv4>;
  /// Times are in milliseconds, never going back.
  Verdict OnBootProgram(const Machine& machine, std::string_view program, int64_t now_ms);
  void OnScript(const Machine& machine);
  size_t size() const { return seen_.size(); }  ///< machines remembered; bounded

 private:
  struct Seen {
    std::string program;
    int64_t first_ms = 0;
    int count = 0;
    bool told = false;
  };

  struct Hash {
    size_t operator()(const Machine& machine) const;
  };
  std::unordered_map<Machine, Seen, Hash> seen_;
};

}  // namespace slipway
