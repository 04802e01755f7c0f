#pragma once

#include <string_view>

#include "bootnet/catalog/decide.h"

/// Parts of Decide that concern one machine's own files. Pure.
namespace slipway {

/// Which of a machine's scripts it gets at this boot: the one that installs, the one that wipes before, or
/// the way to its disk.
struct ScriptChoice {
  enum class Kind : uint8_t { kInstall, kWipe, kLocal } kind = Kind::kInstall;
  Reason reason = Reason::kApproved;
  std::string message;
};
ScriptChoice ChooseScript(const BootEntry& machine, const Snapshot& snapshot);

/// The file for that choice, in the form that `path` (a script of the machine, for whichever loader) has.
std::optional<Catalog::Item> ScriptFor(const BootEntry& machine, std::string_view path,
                                       ScriptChoice::Kind kind, const Catalog& catalog);

/// Whether the time window allows a machine's config: its own script was fetched from the same address a
/// short while ago.
bool InWindow(const Client& client, const BootEntry& machine, const Manifest& manifest);

}  // namespace slipway
