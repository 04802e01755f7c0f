#pragma once

#include <string>
#include <vector>

#include "reconciler/talos/documents.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// `talosctl validate --mode`: what the machine runs on. Only metal installs itself to a disk.
enum class RuntimeMode { kMetal, kCloud, kContainer };

/// Something a whole machine config says that Talos refuses (an error) or frowns at (a warning).
struct Finding {
  Severity severity = Severity::kError;
  Mark mark;  ///< of the value, or of what it should stand in
  std::string message;
  std::string fix;
};

/// Checks a config as Talos' own validation does (`talosctl validate`, pkg/machinery/config Validate): each
/// document, documents against the main one, documents against each other; and what a node checks besides
/// (the Kubernetes version of its images). Names and shapes of fields are not looked at: they are known to be
/// right. All findings, in document order. Pure.
std::vector<Finding> Validate(const Documents& documents, const TalosVersion& version, RuntimeMode mode);

}  // namespace slipway::talos
