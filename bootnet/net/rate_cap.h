#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace slipway {

/// How much one source may ask for. Token buckets in a table of fixed size: two sources that share a slot
/// share its bucket, so a flood of forged sources costs no memory, and at worst slows its neighbours. Pure:
/// the caller brings the clock. Not thread-safe.
class RateCap {
 public:
  struct Limits {
    uint32_t per_second = 64;
    uint32_t burst = 128;  ///< at most a million
  };
  explicit RateCap(const Limits& limits) : limits_(limits) {}

  enum class Verdict : uint8_t {
    kPass,
    kTell,  ///< over the limit, for the first time in a while: worth a line
    kDrop,
  };
  /// `now_ms` must not go back.
  Verdict Take(uint64_t source, int64_t now_ms);

 private:
  struct Bucket {
    uint32_t at_ms = 0;       ///< low bits of the clock
    uint32_t spent : 31 = 0;  ///< thousandths of a request
    uint32_t told : 1 = 0;
  };
  static constexpr size_t kSlotBits = 16;  ///< eight thousand machines of one network hardly ever share

  Limits limits_;
  std::array<Bucket, size_t{1} << kSlotBits> buckets_{};
};

}  // namespace slipway
