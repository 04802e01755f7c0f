#pragma once

#include <string>

#include "reconciler/import/imported.h"
#include "reconciler/secrets/decryptor.h"

namespace slipway::imports {

/// A talconfig and what stands around it.
struct TalhelperInput {
  std::string name;    ///< of the talconfig, as remarks show it
  std::string config;  ///< its bytes
  ReadFile read;       ///< of the files beside it
  Lookup environment;  ///< for variables that talenv.yaml does not set
  secrets::Decryptor decryptor;
};

/// Slipway resources whose rendered machine configs equal what `talhelper genconfig` (v3) makes of the same
/// files: a Site, Assets, the Cluster, a Node each, patches, the secrets bundle. What is not carried over is
/// in the remarks. Errors: the talconfig is no YAML, or a file cannot be read.
Result<Imported> ImportTalhelper(const TalhelperInput& input);

}  // namespace slipway::imports
