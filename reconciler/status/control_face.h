#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "reconciler/status/view.h"
#include "schema/fleet/result.h"

namespace slipway {

/// A field of a request by its name, in any case; "" where it was not sent.
using HookHeader = std::function<std::string(std::string_view name)>;
struct HookReply {
  int status = 202;
  std::string text;
};
/// Called for `POST /hooks/<kind>`, on any of the face's threads.
using HookHandler =
    std::function<HookReply(const std::string& kind, const HookHeader& header, const std::string& body)>;

/// The read-only HTTP face for people and monitoring: `/`, `/api/v1/status`, `/metrics`, `/livez`, `/readyz`.
/// `POST /hooks/<kind>` can ask for a look at the remote; anything else but GET and HEAD is 405. Runs on
/// threads of its own and shares no handler with the boot face.
class ControlFace {
 public:
  /// `view` is called on any of its threads, once per request.
  explicit ControlFace(std::function<StatusView()> view, HookHandler hooks = {});
  ~ControlFace();
  ControlFace(const ControlFace&) = delete;
  ControlFace& operator=(const ControlFace&) = delete;

  /// Binds and serves. Port 0 takes any free one; port() tells which. A port in use is an error that says so;
  /// it may be tried again then.
  Result<void> Start(const std::string& host, uint16_t port);
  uint16_t port() const;
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
