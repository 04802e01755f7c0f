#pragma once

#include <chrono>
#include <string>

#include "reconciler/forge/api.h"
#include "reconciler/forge/target.h"

namespace slipway::forge {

struct ClientSettings {
  std::string root;                  ///< of the API
  std::string token_file;            ///< read at each request, so that a new token counts at once
  std::string ca_file;               ///< PEM; "" takes the system's authorities
  std::chrono::seconds timeout{15};  ///< to connect, and without one byte
};

/// Most of an answer that is read; more is no answer.
inline constexpr size_t kMaxAnswer = 4U << 20U;

/// Speaks to a forge: one request at a time, on a connection of its own. Follows no redirect, since the token
/// would go along. Blocks, longer than `timeout` where a server trickles: whoever calls has a watchdog. The
/// token is in no message.
class Client {
 public:
  Client(const Api& api, ClientSettings settings) : api_(api), settings_(std::move(settings)) {}

  ApiResponse Do(const ApiRequest& request) const;

 private:
  const Api& api_;
  ClientSettings settings_;
};

}  // namespace slipway::forge
