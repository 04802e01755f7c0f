#pragma once

#include <kainjow/mustache.hpp>
#include <string>

#include "reconciler/status/view.h"

/// What the files of the page share.
namespace slipway {

/// Text from the wire for a page: control characters made visible; HTML escaping is the template engine's.
std::string Visible(const std::string& text);

/// A section that is there or not. (An empty string would count as there.)
void SetFlag(kainjow::mustache::data& page, const std::string& name, bool value);

/// The newest of the history, a row each.
kainjow::mustache::data HistoryData(const StatusView& view);

/// Machines that run another config than the one that is served, with the command that changes that.
kainjow::mustache::data OutdatedData(const StatusView& view);

}  // namespace slipway
