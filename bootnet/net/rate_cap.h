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
    uint32_t burst = 128;
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
    int64_t at_ms = 0;
    int64_t spent = 0;  ///< thousandths of a request
    bool told = false;
  };
  static constexpr size_t kSlots = 4096;

  Limits limits_;
  std::array<Bucket, kSlots> buckets_{};
};

}  // namespace slipway
