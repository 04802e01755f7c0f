#include "bootnet/net/rate_cap.h"

#include <algorithm>

namespace slipway {

RateCap::Verdict RateCap::Take(uint64_t source, int64_t now_ms) {
  Bucket& bucket = buckets_[(source * 0x9e3779b97f4a7c15ULL) >> 52U];
  const int64_t gone = std::clamp<int64_t>(now_ms - bucket.at_ms, 0, 3'600'000);
  bucket.at_ms = now_ms;
  bucket.spent = std::max<int64_t>(0, bucket.spent - gone * limits_.per_second);
  if (bucket.spent == 0) bucket.told = false;
  if (bucket.spent + 1000 <= int64_t{1000} * limits_.burst) {
    bucket.spent += 1000;
    return Verdict::kPass;
  }
  if (bucket.told) return Verdict::kDrop;
  bucket.told = true;
  return Verdict::kTell;
}

}  // namespace slipway
