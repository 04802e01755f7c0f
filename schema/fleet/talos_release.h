#pragma once

#include <optional>
#include <string>

#include "schema/fleet/fleet.h"

/// What is known of each minor release of Talos. Source: pkg/machinery/compatibility, constants, gendata.
namespace slipway {

/// The first and the last minor whose configs Slipway writes.
inline constexpr int kOldestTalosMinor = 8;
inline constexpr int kNewestTalosMinor = 14;

/// A version of Talos as `--talos-version` takes it: the patch level may be left out ("v1.13"), which is then
/// 0. Nothing for what is no version, and for releases whose configs Slipway does not write.
std::optional<TalosVersion> ParseKnownTalosVersion(const std::string& text);

/// The minors of Kubernetes 1.x that a minor of Talos 1.x accepts, both included.
struct KubernetesRange {
  int oldest = 0;
  int newest = 0;
  bool Holds(const TalosVersion& kubernetes) const;
  std::string ToString() const;  ///< "1.29 to 1.34"
};

/// Minors outside the known ones get the nearest one's.
KubernetesRange KubernetesRangeOf(int talos_minor);

/// The Kubernetes version that a release of Talos installs when it is told none, with its leading v.
std::string DefaultKubernetesVersion(int talos_minor);

/// The installer image that `talosctl gen config` of that version names.
std::string DefaultInstallImage(const TalosVersion& version);

/// The image factory's installer for a schematic.
std::string FactoryInstallImage(const std::string& schematic, const TalosVersion& version);

/// The installer image of a cluster's nodes: its own, its schematic's, or the default.
std::string InstallImageOf(const InstallOptions& install, const TalosVersion& version);

}  // namespace slipway
