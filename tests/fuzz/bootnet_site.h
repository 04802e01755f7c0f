#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "bootnet/catalog/decide.h"

/// A site for the fuzz targets of the boot network: one node, nothing behind the names.
namespace slipway::fuzz {

inline constexpr Mac kApproved{{0x52, 0x54, 0, 0x12, 0x34, 0x56}};
inline constexpr Mac kStranger{{0x02, 0, 0, 0, 0xff, 0x01}};

inline Snapshot MakeSite(UnknownAction unknown) {
  Manifest manifest;
  manifest.boot_server = {"192.0.2.10", 8080};
  manifest.unknown_machines = unknown;
  manifest.config_access = ConfigAccess::kOpen;
  BootEntry entry;
  entry.mac = kApproved;
  entry.node = "lab";
  entry.script = MachineScriptPath(kApproved);
  entry.config = MachineConfigPath(kApproved);
  manifest.files = {{AssetPath(Sha256{}, "vmlinuz"), Sha256{}, 10'000'000, FileKind::kAsset},
                    {std::string(kEntryScriptPath), Sha256{}, 100, FileKind::kEntryScript},
                    {entry.script, Sha256{}, 100, FileKind::kMachineScript},
                    {entry.config, Sha256{}, 100, FileKind::kMachineConfig}};
  manifest.boot = {entry};
  auto programs = std::make_shared<BootFiles>();
  programs->files.push_back({"undionly.kpxe", 70'000, Sha256{}, UniqueFd()});
  programs->files.push_back({"snponly.efi", 170'000, Sha256{}, UniqueFd()});
  Snapshot snapshot;
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  snapshot.boot_files = std::move(programs);
  snapshot.ledger = std::make_shared<const Ledger>();
  return snapshot;
}

/// An expectation of a fuzz target: what breaks it is a finding like any crash.
inline void Expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace slipway::fuzz
