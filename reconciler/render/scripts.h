#pragma once

#include <array>
#include <memory>
#include <string>

#include "reconciler/render/template.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// By boot loader, in the order of Loader.
using LoaderTemplates = std::array<std::unique_ptr<Template>, 3>;

/// The script templates of a revision: the repository's own where it has them, ours otherwise.
struct ScriptTemplates {
  std::unique_ptr<Template> entry;
  LoaderTemplates machine;
  LoaderTemplates local;
  std::string content_id;  ///< of both, partials included
};

/// Reads and checks them; problems go to `diagnostics` and leave the template empty.
Result<ScriptTemplates> LoadScriptTemplates(const SourceTree& tree, Diagnostics& diagnostics);

/// Where a node's kernel and initramfs are served, as paths in the generation.
struct BootPaths {
  std::string kernel;
  std::string initramfs;
};

std::string RenderEntryScript(const Template& script, const Site& site);
/// Whether a machine's script wipes its disk first.
enum class Before : uint8_t { kNothing, kWipe };

/// `version` is the node's, which may differ from the cluster's.
std::string RenderMachineScript(const Template& script, const Site& site, const Cluster& cluster,
                                const TalosVersion& version, const Node& node, const Mac& mac,
                                const BootPaths& boot, Before before);
std::string RenderLocalScript(const Template& script, const LocalBoot& boot);

/// The paths below `base_url` that a script names, without query; those with an iPXE variable in them are
/// left out, and the door that is no file (kUnknownPath).
std::vector<std::string> AdvertisedPaths(std::string_view script, std::string_view base_url);

}  // namespace slipway
