#pragma once

#include <map>
#include <optional>
#include <string>

#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway {

using Files = std::map<std::string, std::string>;

/// A small fleet that is right: one site, one cluster, two control planes and a worker with a patch.
/// A base that Talos accepts for a control plane.
std::string ControlPlaneBase(const std::string& token);

Files SmallFleet();

/// A secrets bundle for tests alone.
std::string BundleText();

/// SmallFleet() with that bundle in the place of its base files, and these lines in spec.talos.
Files BundleFleet(const std::string& version = "v1.11.6", const std::string& fields = "");

std::string NodeYaml(const std::string& name, const std::string& mac, const std::string& role,
                     const std::string& more = "");

/// What a walk from files to files gives: every rendered path with its bytes, or the problems.
struct Rendered {
  Manifest manifest;
  Files files;
  Diagnostics diagnostics;
  size_t produced = 0;  ///< how many files had to be made
};

/// One daemon's memory between walks: loader, renderer, and what it published last.
class Walker {
 public:
  explicit Walker(secrets::Decryptor decryptor = {}) : renderer_(std::move(decryptor)) {}
  Rendered Walk(const Files& files);

 private:
  FleetLoader loader_;
  Renderer renderer_;
  Files published_;
};

}  // namespace slipway
