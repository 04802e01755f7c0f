#pragma once

#include <cstdint>
#include <string_view>

namespace slipway::http {

/// What a Range field asks of a body (RFC 9110 §14.2).
struct RangeAnswer {
  enum class Kind : uint8_t {
    kWhole,          ///< no range, several of them, or one we do not read: the whole body
    kPart,           ///< `length` bytes from `first`
    kUnsatisfiable,  ///< 416
  } kind = Kind::kWhole;
  uint64_t first = 0;
  uint64_t length = 0;
  bool operator==(const RangeAnswer&) const = default;
};

RangeAnswer ResolveRange(std::string_view field, uint64_t size);

/// Whether a list of entity tags (If-Match, If-None-Match) names `etag`, quotes included; `*` names all.
/// kStrong refuses weak tags (RFC 9110 §8.8.3.2).
enum class TagComparison : uint8_t { kStrong, kWeak };
bool NamesTag(std::string_view list, std::string_view etag, TagComparison comparison);

}  // namespace slipway::http
