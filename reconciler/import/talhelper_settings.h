#pragma once

#include <string>
#include <vector>

#include "reconciler/import/talhelper_files.h"
#include "reconciler/import/talhelper_merge.h"

namespace slipway::imports {

/// What a Node's own fields cannot say, as a patch.
struct Setting {
  std::string name;  ///< in file names
  Scope scope = Scope::kNode;
  std::vector<yaml::Value> documents;
  Draft::Place place = Draft::Place::kShortest;
};

/// Writes host name, name servers, interfaces, labels, annotations, taints and volumes into `spec` of a Node,
/// as far as its fields render to what talhelper writes, and returns the rest, in talhelper's order.
/// `install_image` is what templates of labels and annotations may ask for.
Result<std::vector<Setting>> SettingsOf(const TalhelperNode& node, const TalosVersion& version,
                                        const std::string& install_image, TalhelperFiles& files, Draft& draft,
                                        yaml::Value& spec);

// Parts of it, each a file, split by reason to change.

void NetworkSettings(const TalhelperNode& node, const TalosVersion& version, yaml::Value& spec,
                     std::vector<Setting>& settings);
void KubernetesSettings(const TalhelperNode& node, const TalosVersion& version,
                        const std::string& install_image, Draft& draft, yaml::Value& spec,
                        std::vector<Setting>& settings);
void VolumeSettings(const TalhelperNode& node, const TalosVersion& version, Draft& draft, yaml::Value& spec,
                    std::vector<Setting>& settings);

/// What a Go template gives, when it only asks for the installer image (and whether a text is in it).
std::optional<std::string> ImageTemplate(std::string_view text, const std::string& install_image);

}  // namespace slipway::imports
