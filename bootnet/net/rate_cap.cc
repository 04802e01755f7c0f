#include "bootnet/net/rate_cap.h"

#include <algorithm>

namespace slipway {
namespace {

constexpr uint32_t kMostBurst = 1'000'000;

/// The finalizer of MurmurHash3: multiplying alone puts a maker's consecutive MACs, whose hash is a product
/// already, into few slots.
uint64_t Mix(uint64_t value) {
  value = (value ^ value >> 33U) * 0xff51afd7ed558ccdULL;
  value = (value ^ value >> 33U) * 0xc4ceb9fe1a85ec53ULL;
  return value ^ value >> 33U;
}

}  // namespace

RateCap::Verdict RateCap::Take(uint64_t source, int64_t now_ms) {
  Bucket& bucket = buckets_[Mix(source) >> (64U - kSlotBits)];
  // After a pause of some weeks the low bits look as if the clock went back: what was spent then stands.
  const int64_t gone = std::max(static_cast<int32_t>(static_cast<uint32_t>(now_ms) - bucket.at_ms), 0);
  bucket.at_ms = static_cast<uint32_t>(now_ms);
  const int64_t spent = std::max<int64_t>(0, bucket.spent - gone * limits_.per_second);
  if (spent == 0) bucket.told = 0;
  const bool pass = spent + 1000 <= int64_t{1000} * std::min(limits_.burst, kMostBurst);
  bucket.spent = static_cast<uint32_t>(spent + (pass ? 1000 : 0)) & 0x7fffffffU;
  if (pass) return Verdict::kPass;
  if (bucket.told) return Verdict::kDrop;
  bucket.told = 1;
  return Verdict::kTell;
}

}  // namespace slipway
