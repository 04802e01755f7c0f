#pragma once

#include <string>
#include <vector>

#include "reconciler/import/draft.h"
#include "schema/fleet/yaml.h"

namespace slipway::imports {

/// The full MAC addresses by which the interfaces of a talhelper node (v1alpha1 Device) or their bond members
/// choose their cards, in order, each once. Patterns like `00:50:56:*` are none.
std::vector<std::string> MacsOf(const yaml::Sequence& devices);

/// The documents that talhelper writes for these interfaces from Talos 1.12: aliases for cards chosen by a
/// selector, then bonds, DHCP, VIPs, links, VLANs, WireGuard, bridges. Fields that it drops there are
/// remarked. Source: talhelper v3, pkg/talos/networkconfig.go and multidocs.go.
std::vector<yaml::Value> LinkDocuments(const yaml::Sequence& devices, Draft& draft);

/// The same interfaces in the words of Node.spec.network.interfaces, where that renders to the same
/// `machine.network.interfaces`; nothing where one of them says what the words cannot. For Talos before 1.12.
std::optional<yaml::Value> NativeInterfaces(const yaml::Sequence& devices);

}  // namespace slipway::imports
