#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bootnet/install/progress.h"
#include "schema/fleet/result.h"

namespace slipway {

/// The install ledger on disk: <state_dir>/installs.sqlite, written by the daemon alone. Any thread.
class InstallStore {
 public:
  ~InstallStore();
  InstallStore(const InstallStore&) = delete;
  InstallStore& operator=(const InstallStore&) = delete;

  /// Reads what is there into `installs`. A damaged file is an error, because forgetting that a machine is
  /// installed could wipe its disk: it names the way out.
  static Result<std::unique_ptr<InstallStore>> Open(const std::string& state_dir, Installs& installs);

  /// Only reads, beside a daemon that runs; a ledger that is not there is empty.
  static Result<void> Read(const std::string& state_dir, Installs& installs);

  /// Durable when it returns. What could not be written is kept and written with the next.
  Result<void> Write(std::vector<InstallChange> changes);

 private:
  struct Impl;
  explicit InstallStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
