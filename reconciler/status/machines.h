#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/contract/boot_event.h"

namespace slipway {

/// What is remembered of one MAC: its last words of each kind, and what it said of itself.
struct MachineRecord {
  Mac mac;
  std::string node;  ///< of the last event that named one
  int64_t first_seen_ms = 0;
  int64_t last_seen_ms = 0;
  uint64_t events = 0;
  std::string last_request;
  std::string last_answer;
  std::string last_outcome;
  std::string last_reason;
  std::string last_message;
  int64_t script_fetched_ms = 0;  ///< its own script, answered
  int64_t config_fetched_ms = 0;  ///< its own config, answered
  std::string booted_config;      ///< digest of the config that it fetched last, in hex
  std::string booted_revision;    ///< whose script or config it fetched last, in Flux's form
  std::string address;
  std::string arch;
  std::string vendor_class;
  std::string uuid;
  std::string serial;
  std::string product;
};

/// All machines that were seen, at most `limit`: the one unseen the longest makes room, so that a flood of
/// forged MACs costs a bounded amount of memory. Pure bookkeeping, not thread-safe.
class MachineTable {
 public:
  explicit MachineTable(size_t limit = 5'000) : limit_(limit) {}

  /// The record of the event's MAC after the event, or nullptr when it names none.
  const MachineRecord* Note(const BootEvent& event);
  void Restore(MachineRecord record);
  std::vector<MachineRecord> All() const;  ///< last seen first

 private:
  using Order = std::list<MachineRecord>;  ///< last seen first
  MachineRecord& Touch(const Mac& mac);

  size_t limit_;
  Order order_;
  std::unordered_map<Mac, Order::iterator> index_;
};

}  // namespace slipway
