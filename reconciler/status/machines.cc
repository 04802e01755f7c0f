#include "reconciler/status/machines.h"

namespace slipway {
namespace {

void Keep(std::string& old, const std::string& news) {
  constexpr size_t kLongest = 256;  // what machines say of themselves is theirs to choose
  if (!news.empty()) old = news.substr(0, kLongest);
}

}  // namespace

MachineRecord& MachineTable::Touch(const Mac& mac) {
  const auto known = index_.find(mac);
  if (known != index_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
  }
  if (order_.size() >= limit_) {
    index_.erase(order_.back().mac);
    order_.pop_back();
  }
  order_.emplace_front();
  order_.front().mac = mac;
  index_[mac] = order_.begin();
  return order_.front();
}

const MachineRecord* MachineTable::Note(const BootEvent& event) {
  if (!event.mac) return nullptr;
  MachineRecord& record = Touch(*event.mac);
  if (record.first_seen_ms == 0) record.first_seen_ms = event.time_ms;
  record.last_seen_ms = event.time_ms;
  record.events += event.count;
  record.node = event.node;
  record.last_request = event.request.substr(0, 256);
  record.last_answer = event.answer.substr(0, 256);
  record.last_outcome = ToString(event.outcome);
  record.last_reason = event.reason;
  record.last_message = event.message.substr(0, 512);
  if (event.address) record.address = event.address->ToString();
  Keep(record.arch, event.arch);
  Keep(record.vendor_class, event.vendor_class);
  Keep(record.uuid, event.uuid);
  Keep(record.serial, event.serial);
  Keep(record.product, event.product);
  if (event.outcome == Outcome::kAnswered && !event.node.empty()) {
    if (event.request.find("nodes/") != std::string::npos) record.script_fetched_ms = event.time_ms;
    if (event.request.find("talos/configs/") != std::string::npos) record.config_fetched_ms = event.time_ms;
  }
  const bool boots = event.served == Served::kScript || event.served == Served::kWipeScript ||
                     event.served == Served::kLocalScript || event.served == Served::kConfig;
  if (boots && event.outcome == Outcome::kAnswered && !event.revision.empty())
    record.booted_revision = event.revision;
  if (event.served == Served::kConfig && event.outcome == Outcome::kAnswered && !event.digest.empty())
    record.booted_config = event.digest;
  return &record;
}

void MachineTable::Restore(MachineRecord record) {
  const Mac mac = record.mac;
  Touch(mac) = std::move(record);
}

std::vector<MachineRecord> MachineTable::All() const { return {order_.begin(), order_.end()}; }

}  // namespace slipway
