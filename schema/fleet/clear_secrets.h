#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// Secrets that anybody who reads the file can read.
struct ClearSecret {
  enum class What { kBundle, kMachineConfig } what = What::kBundle;
  Mark mark;         ///< of the first one
  std::string path;  ///< dotted, of the first one: "machine.ca.key"
};

/// Looks for a Talos secrets bundle (`talosctl gen secrets`) and for the keys and tokens of a machine config,
/// its own documents for them included, and returns the first. `encrypted` are the texts that were encrypted
/// in the file: these are no clear secrets. Pure.
std::optional<ClearSecret> FindClearSecrets(const std::vector<yaml::Document>& documents,
                                            const std::vector<std::string>& encrypted);

/// SW1507: a warning, or an error where the site requires encryption.
Diagnostic ClearSecretsProblem(std::string_view file, const ClearSecret& found, const Site& site);

}  // namespace slipway
