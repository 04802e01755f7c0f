#include "reconciler/daemon/blocked.h"

#include "reconciler/daemon/files.h"
#include "reconciler/publish/state_files.h"

namespace slipway {

Result<BlockedMachines> BlockedMachines::Load(const std::string& state_dir) {
  BlockedMachines blocked;
  blocked.path_ = state_dir + "/blocked.json";
  const auto text = ReadSmallFile(blocked.path_);
  if (!text) return Wrap("reading the blocked machines", text.error());
  if (!*text) return blocked;
  auto macs = DecodeBlocked(**text);
  if (!macs) {
    return FixInput(blocked.path_ +
                    " is damaged; put a JSON list of MAC addresses there, or [] to block none");
  }
  blocked.macs_ = std::move(*macs);
  return blocked;
}

Result<void> BlockedMachines::Replace(std::set<Mac> macs) {
  auto written = ReplaceFile(path_, EncodeBlocked(macs), Durability::kDurable);
  if (!written) return written;
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
