#pragma once

#include <string>
#include <string_view>

#include "schema/contract/manifest.h"

/// The rows of a manifest's boot table.
namespace slipway {

void AppendBoot(std::string& out, const BootEntry& entry);

/// One field of a row being read; false: no such field, or not in its form.
bool SetBootText(BootEntry& entry, std::string_view key, std::string_view value);
bool SetBootNumber(BootEntry& entry, std::string_view key, int64_t value);

}  // namespace slipway
