#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reconciler/status/view.h"
#include "schema/fleet/result.h"

namespace slipway {

/// The read-only HTTP face for people and monitoring: `/`, `/api/v1/status`, `/metrics`, `/livez`, `/readyz`.
/// Anything but GET and HEAD is 405. Runs on threads of its own and shares no handler with the boot face.
class ControlFace {
 public:
  /// `view` is called on any of its threads, once per request.
  explicit ControlFace(std::function<StatusView()> view);
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
