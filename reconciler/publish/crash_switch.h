#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "reconciler/publish/file_ops.h"
#include "schema/fleet/result.h"

namespace slipway {

/// Where a process shall kill itself: before or after its n-th file operation that changes the disk. (Dying
/// around one that only reads leaves the same disk as dying after the change before it.)
struct CrashPoint {
  enum class Moment : uint8_t { kBefore, kAfter };
  uint64_t operation = 0;  ///< counts from 1
  Moment moment = Moment::kBefore;
  bool operator==(const CrashPoint&) const = default;
};

/// "17", "17:before" or "17:after"; "17" is before. kFixInput for anything else.
Result<CrashPoint> ParseCrashPoint(std::string_view text);

inline constexpr const char* kCrashVariable = "SLIPWAY_CRASH_AT";

/// The real disk; with SLIPWAY_CRASH_AT in the environment, one that raises SIGKILL at that point, which is
/// how the kill -9 test reaches every step of the real process. An unreadable value is an error.
Result<std::unique_ptr<FileOps>> MakeFileOpsFromEnvironment();

}  // namespace slipway
