#pragma once

#include <optional>
#include <string>

#include "reconciler/secrets/decryptor.h"
#include "reconciler/talos/bundle.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/result.h"

namespace slipway::cli {

/// What `path` holds ("-" is standard input), at most as much as a file of a repository may.
Result<std::string> ReadInput(const std::string& path);

/// The YAML documents of a file, which may be encrypted; the problems were printed when there is nothing.
std::optional<std::vector<yaml::Document>> ReadYamlInput(const std::string& path,
                                                         const secrets::Decryptor& decryptor);

/// The secrets bundle in a file; what is wrong with it was printed when there is nothing.
std::optional<talos::Bundle> ReadBundleFile(const std::string& path, const secrets::Decryptor& decryptor);

/// Prints what is wrong with a bundle, or a config that one is taken from.
void PrintBundleProblems(const std::string& path, const std::vector<talos::BundleProblem>& problems);

/// A Talos version as `--talos-version` takes it: also without a patch number, as `1.13`. Nothing for one
/// that Slipway does not know; that was printed.
std::optional<TalosVersion> ReadTalosVersion(const std::string& text);

/// `8760h`, `90m`, `1h30m`, `10s`: seconds, at least one; nothing for another text.
std::optional<int64_t> ReadDuration(const std::string& text);

}  // namespace slipway::cli
