#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace slipway {

/// Notices a machine that fetches the same boot program again and again and never asks for a script: the
/// firmware handed itself back to the firmware. Pure: the caller brings the clock. Not thread-safe.
class LoopGuard {
 public:
  enum class Verdict {
    kQuiet,
    kTell,  ///< the fourth fetch within a minute; said once per machine until it fetches a script
  };

  /// `machine` is its MAC, or its address where that is not known. Times are in milliseconds, never going
  /// back.
  Verdict OnBootProgram(std::string_view machine, std::string_view program, int64_t now_ms);
  void OnScript(std::string_view machine);
  size_t size() const { return seen_.size(); }  ///< machines remembered; bounded

 private:
  struct Seen {
    std::string program;
    int64_t first_ms = 0;
    int count = 0;
    bool told = false;
  };

  std::unordered_map<std::string, Seen> seen_;
};

}  // namespace slipway
