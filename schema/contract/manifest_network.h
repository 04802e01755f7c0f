#pragma once

#include <string>
#include <string_view>

#include "schema/contract/manifest.h"

/// The flat rows of a manifest that say something of networks and names: lists inside a row are one text,
/// joined by spaces, so that the reader needs no nesting.
namespace slipway {

void AppendSubnet(std::string& out, const Subnet& subnet);
void AppendName(std::string& out, const DnsName& name);
void AppendCluster(std::string& out, const ClusterEntry& cluster);

/// One field of a row being read; false: no such field, or not in its form.
bool SetSubnetText(Subnet& subnet, std::string_view key, std::string_view value);
bool SetSubnetNumber(Subnet& subnet, std::string_view key, int64_t value);
bool SetName(DnsName& name, std::string_view key, std::string_view value);
bool SetCluster(ClusterEntry& cluster, std::string_view key, std::string_view value);

}  // namespace slipway
