#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bootnet/dhcp/lease_table.h"
#include "schema/fleet/result.h"

namespace slipway::dhcp {

/// Leases on disk: an SQLite file in WAL mode, written by a thread of its own and synced at every commit. All
/// that is handed in while one commit is under way becomes the next one, so that any number of clients share
/// one sync.
class LeaseStore {
 public:
  /// Opens or makes the file, with what is in it. A file that SQLite calls damaged is moved aside
  /// (".damaged") and said in `warning`: then only the probes stand between two machines and one address.
  struct Opened;
  static Result<Opened> Open(const std::string& path);
  ~LeaseStore();  ///< what was handed in is written first
  LeaseStore(const LeaseStore&) = delete;
  LeaseStore& operator=(const LeaseStore&) = delete;

  enum class Kept : uint8_t { kYes, kNo };
  using Done = std::function<void(Kept)>;
  /// Called when the records are on disk, or cannot be written, on the store's thread, with all that were
  /// waiting: hand them to your own.
  void OnCommit(std::function<void(std::vector<Done>, Kept)> deliver);

  /// Any thread; never waits for the disk. Where the disk has fallen far behind the records are not taken and
  /// `done` is told so at once: a client that asks again is better than memory without a bound.
  void Write(std::vector<Binding> records, Done done);
  void WriteNumber(std::string name, int64_t value);  ///< a word to remember beside the leases

  std::string trouble() const;  ///< why the last commit failed, "" when it did not

 private:
  struct Impl;
  explicit LeaseStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct LeaseStore::Opened {
  std::unique_ptr<LeaseStore> store;
  std::vector<Binding> bindings;
  std::map<std::string, int64_t> numbers;
  std::string warning;
};

}  // namespace slipway::dhcp
