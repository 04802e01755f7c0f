#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::http {

enum class Method : uint8_t { kGet, kHead, kOther };
enum class Connection : uint8_t { kKeepAlive, kClose };

/// What of a request matters to a server of files. Absent fields are "".
struct RequestHead {
  Method method = Method::kOther;
  std::string target;
  Connection connection = Connection::kClose;  ///< what the client asked for, by its version's default
  std::string if_match;
  std::string if_none_match;
  std::string if_range;
  std::string range;
  enum class Body : uint8_t { kNone, kPresent } body = Body::kNone;
};

inline constexpr size_t kMaxHead = 8 * 1024;  ///< bytes of request line and fields

enum class HeadStatus : uint8_t {
  kNeedMore,
  kDone,
  kBad,       ///< not HTTP/1.0 or 1.1
  kTooLarge,  ///< more than kMaxHead bytes and still no end
};

struct HeadResult {
  HeadStatus status = HeadStatus::kNeedMore;
  size_t consumed = 0;  ///< bytes of the head, when kDone
};

/// Looks for one request at the front of `bytes`. RFC 9112; Host may be missing, since boot firmware leaves
/// it out or sends it without a port. What `head` held is gone once there is a request; its memory is used
/// again. Never throws.
HeadResult ParseRequestHead(std::string_view bytes, RequestHead& head);

}  // namespace slipway::http
