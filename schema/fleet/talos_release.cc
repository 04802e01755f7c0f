#include "schema/fleet/talos_release.h"

#include <algorithm>
#include <array>

namespace slipway {
namespace {

struct Release {
  KubernetesRange kubernetes;
  const char* default_kubernetes;
};

/// By minor, from kOldestTalosMinor.
constexpr std::array<Release, kNewestTalosMinor - kOldestTalosMinor + 1> kReleases{{
    {{26, 31}, "v1.31.4"},
    {{27, 32}, "v1.32.4"},
    {{28, 33}, "v1.33.6"},
    {{29, 34}, "v1.34.1"},
    {{30, 35}, "v1.35.4"},
    {{31, 36}, "v1.36.3"},
    {{32, 37}, "v1.37.0"},
}};

/// The schematic without any customization.
constexpr const char* kPlainSchematic = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

/// From this minor on the installer is published by the image factory alone.
constexpr int kFactoryOnly = 14;

const Release& ReleaseOf(int minor) {
  return kReleases[static_cast<size_t>(std::clamp(minor, kOldestTalosMinor, kNewestTalosMinor) -
                                       kOldestTalosMinor)];
}

}  // namespace

std::optional<TalosVersion> ParseKnownTalosVersion(const std::string& text) {
  auto version = TalosVersion::Parse(text);
  if (!version) version = TalosVersion::Parse(text + ".0");
  const bool known = version && version->major == 1 && version->minor >= kOldestTalosMinor &&
                     version->minor <= kNewestTalosMinor;
  return known ? version : std::nullopt;
}

bool KubernetesRange::Holds(const TalosVersion& kubernetes) const {
  return kubernetes.major == 1 && kubernetes.minor >= oldest && kubernetes.minor <= newest;
}

std::string KubernetesRange::ToString() const {
  return "1." + std::to_string(oldest) + " to 1." + std::to_string(newest);
}

KubernetesRange KubernetesRangeOf(int talos_minor) { return ReleaseOf(talos_minor).kubernetes; }

std::string DefaultKubernetesVersion(int talos_minor) { return ReleaseOf(talos_minor).default_kubernetes; }

std::string DefaultInstallImage(const TalosVersion& version) {
  if (version.minor >= kFactoryOnly) return FactoryInstallImage(kPlainSchematic, version);
  return "ghcr.io/siderolabs/installer:" + version.ToString();
}

std::string FactoryInstallImage(const std::string& schematic, const TalosVersion& version) {
  return "factory.talos.dev/metal-installer/" + schematic + ':' + version.ToString();
}

std::string InstallImageOf(const InstallOptions& install, const TalosVersion& version) {
  if (!install.image.empty()) return install.image;
  return install.schematic.empty() ? DefaultInstallImage(version)
                                   : FactoryInstallImage(install.schematic, version);
}

}  // namespace slipway
