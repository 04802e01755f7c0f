#pragma once

#include <map>
#include <string>
#include <vector>

#include "reconciler/import/imported.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/yaml.h"

namespace slipway::imports {

using Files = std::map<std::string, std::string>;

/// The files of a folder and those below it, by relative path.
Files FilesOf(const std::string& folder);

/// A secrets bundle for tests alone.
std::string BundleText();

/// The import of `files["talconfig.yaml"]`.
Result<Imported> Talhelper(const Files& files);
/// The import of all of `files` as a folder of talosctl's.
Result<Imported> Talosctl(const Files& files);

/// What Slipway makes of an imported folder, once every empty `macs: []` holds an address.
struct Rendered {
  Diagnostics diagnostics;
  std::map<std::string, std::vector<yaml::Value>> configs;  ///< by Node name
};
Rendered Render(Files files);

/// The documents as text: sorted by what they are, without empty fields, keys sorted.
std::string Normal(std::vector<yaml::Value> documents);

/// The remarks of that kind, one a line.
std::string RemarksOf(const Imported& imported, RemarkKind kind);

/// The value at `machine.network.hostname` and the like in the main document; null when there is none.
yaml::Value MainField(const std::vector<yaml::Value>& documents, const std::string& path);
/// The document of that kind and name; null when there is none.
yaml::Value DocumentOf(const std::vector<yaml::Value>& documents, const std::string& kind,
                       const std::string& name = "");

}  // namespace slipway::imports
