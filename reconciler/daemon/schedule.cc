#include "reconciler/daemon/schedule.h"

#include <algorithm>

namespace slipway {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::minutes(15);
constexpr milliseconds kShortest{200};

}  // namespace

milliseconds Schedule::Next(PassResult result, double random) {
  if (result != PassResult::kFailed) {
    failures_ = 0;
    const double factor = 0.9 + 0.2 * random;
    return milliseconds(static_cast<int64_t>(static_cast<double>(interval_.count()) * factor));
  }
  failures_ = std::min(failures_ + 1, 30);
  const milliseconds ceiling =
      failures_ >= 20 ? kLongest : std::min(kLongest, milliseconds(1000LL << failures_));
  const milliseconds wait(static_cast<int64_t>(static_cast<double>(ceiling.count()) * random));
  return std::max(wait, kShortest);
}

}  // namespace slipway
