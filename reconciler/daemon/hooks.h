#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "reconciler/forge/webhook.h"
#include "reconciler/status/control_face.h"

namespace slipway {

/// Webhooks of the control face: judges each request and, where a push is meant, asks for a look at the
/// remote. Any thread.
class Hooks {
 public:
  /// What is called with who asked, for the log; it must not block.
  struct Asks {
    std::function<void(std::string by)> poll;   ///< look at the branch
    std::function<void(std::string by)> pulls;  ///< look at the pull requests
  };
  Hooks(std::vector<std::string> secret_files, std::string branch, Asks asks);

  HookReply Handle(const std::string& kind, const HookHeader& header, const std::string& body);

  /// By kind and result: "github poll".
  std::map<std::string, uint64_t> counts() const;

 private:
  /// Read at every request, so that a rotated secret counts at once.
  Result<std::vector<std::string>> ReadSecrets() const;

  const std::vector<std::string> secret_files_;
  const std::string branch_;
  const Asks asks_;
  mutable std::mutex mutex_;
  forge::Deliveries deliveries_;
  std::map<std::string, uint64_t> counts_;
};

}  // namespace slipway
