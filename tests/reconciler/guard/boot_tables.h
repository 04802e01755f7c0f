#pragma once

#include <string>

#include "reconciler/guard/change_set.h"

namespace slipway::guard {

inline Mac MacOf(int n) { return *Mac::Parse("02:00:00:00:00:" + std::to_string(10 + n)); }

inline BootEntry Entry(int n, const std::string& node, Role role = Role::kWorker) {
  BootEntry entry;
  entry.mac = MacOf(n);
  entry.node = node;
  entry.cluster = "home";
  entry.role = role;
  entry.script = MachineScriptPath(entry.mac);
  entry.config = MachineConfigPath(entry.mac);
  return entry;
}

/// `count` workers, numbered from 1, after three control planes cp-1 to cp-3 (numbers 81 to 83).
inline Manifest Table(int count) {
  Manifest manifest;
  for (int n = 1; n <= count; ++n) manifest.boot.push_back(Entry(n, "worker-" + std::to_string(n)));
  for (int n = 1; n <= 3; ++n)
    manifest.boot.push_back(Entry(80 + n, "cp-" + std::to_string(n), Role::kControlPlane));
  return manifest;
}

inline Result<std::string> Same(const BootEntry&, const BootEntry&, FileKind) { return std::string(); }

/// Every config of a control plane differs.
inline Result<std::string> NewConfigs(const BootEntry& before, const BootEntry&, FileKind kind) {
  const bool differs = before.role == Role::kControlPlane && kind == FileKind::kMachineConfig;
  return std::string(differs ? "a > b" : "");
}

}  // namespace slipway::guard
