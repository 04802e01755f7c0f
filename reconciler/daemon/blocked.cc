#include "reconciler/daemon/blocked.h"

#include <nlohmann/json.hpp>

#include "reconciler/daemon/files.h"

namespace slipway {

Result<BlockedMachines> BlockedMachines::Load(const std::string& state_dir) {
  BlockedMachines blocked;
  blocked.path_ = state_dir + "/blocked.json";
  const auto text = ReadSmallFile(blocked.path_);
  if (!text) return Wrap("reading the blocked machines", text.error());
  if (!*text) return blocked;
  const nlohmann::json j = nlohmann::json::parse(**text, nullptr, false);
  if (!j.is_array()) {
    return FixInput(blocked.path_ +
                    " is damaged; put a JSON list of MAC addresses there, or [] to block none");
  }
  for (const auto& item : j) {
    const auto mac = item.is_string() ? Mac::Parse(item.get<std::string>()) : std::nullopt;
    if (!mac)
      return FixInput(blocked.path_ + ": " + item.dump() + " is not a MAC address; mend or remove it");
    blocked.macs_.insert(*mac);
  }
  return blocked;
}

Result<void> BlockedMachines::Replace(std::set<Mac> macs) {
  nlohmann::json j = nlohmann::json::array();
  for (const Mac& mac : macs) j.push_back(mac.ToColons());
  if (auto written = ReplaceFile(path_, j.dump(1) + '\n', Durability::kDurable); !written) return written;
  macs_ = std::move(macs);
  return {};
}

Result<void> BlockedMachines::Add(const Mac& mac) {
  std::set<Mac> macs = macs_;
  macs.insert(mac);
  return Replace(std::move(macs));
}

Result<void> BlockedMachines::Remove(const Mac& mac) {
  std::set<Mac> macs = macs_;
  macs.erase(mac);
  return Replace(std::move(macs));
}

}  // namespace slipway
