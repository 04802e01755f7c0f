#pragma once

#include <cstdint>
#include <string>

#include "reconciler/forge/api.h"

namespace slipway::forge {

/// What an answer comes to.
struct Verdict {
  enum class Kind : uint8_t {
    kDone,
    kExists,   ///< what was to be made is there already
    kGone,     ///< what was to be changed is not there
    kLater,    ///< the forge is busy, down or wants a pause: the same again later
    kRefused,  ///< a human must change something: token, scope, settings
  } kind = Kind::kDone;
  int64_t not_before = 0;  ///< Unix seconds before which nothing may be asked; 0: the forge did not say
  std::string message;     ///< what happened and what to do; "" where it is done
  int status = 0;          ///< of HTTP
};

/// Statuses of HTTP, and the limits of GitHub (primary and secondary rate limits, 1,000 statuses of a
/// commit), GitLab (RateLimit fields, statuses that are set already) and Gitea. A pause of more than an hour
/// counts as an hour.
Verdict Judge(const ApiRequest& request, const ApiResponse& response, int64_t now);

/// Seconds to wait after the n-th failure in a row (from 1): 5 doubling to 600.
int64_t BackOff(int failures);

}  // namespace slipway::forge
