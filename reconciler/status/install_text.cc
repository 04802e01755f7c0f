#include "reconciler/status/view.h"

namespace slipway {

std::string InstallText(const BootEntry& entry, const StatusView& view) {
  const uint32_t wanted = entry.install_revision;
  if (wanted == 0) return {};
  const auto found = view.installs.find(entry.mac);
  const InstallState state = found == view.installs.end() ? InstallState{} : found->second;
  if (state.completed >= wanted) return "installed (" + std::to_string(state.completed) + ")";
  std::string text = "installation " + std::to_string(wanted) + " wanted, " +
                     (state.completed == 0 ? "none" : std::to_string(state.completed)) + " completed";
  if (entry.wipe_script.empty()) return text;
  if (state.wiped >= wanted) return text + "; wiped";
  if (view.now >= entry.wipe_until) return text + "; its wipe has expired";
  return text + "; wipes its disk at the next boot, until " + UtcTime(entry.wipe_until);
}

}  // namespace slipway
