#include "bootnet/install/installs.h"

namespace slipway {

InstallRecord Installs::Find(const Mac& mac) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(mac);
  return found == records_.end() ? InstallRecord{} : found->second;
}

void Installs::Set(const Mac& mac, InstallRecord record) {
  const std::lock_guard lock(mutex_);
  records_[mac] = std::move(record);
}

std::vector<std::pair<Mac, InstallRecord>> Installs::All() const {
  const std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

}  // namespace slipway
