#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace slipway {

/// What became of a query to the name server.
enum class DnsResult : uint8_t {
  kAnswered,    ///< also with the word that a name has no such record
  kNoSuchName,  ///< of the domain, and nobody's
  kRefused,     ///< not of the domain: nothing is asked of others
  kMalformed,
  kPassedOver,  ///< no query, or its source asks too often
};
inline constexpr std::array<std::string_view, 5> kDnsResultNames{"answered", "no_such_name", "refused",
                                                                 "malformed", "passed_over"};
using DnsCounters = std::array<uint64_t, kDnsResultNames.size()>;  ///< by DnsResult, since the start

}  // namespace slipway
