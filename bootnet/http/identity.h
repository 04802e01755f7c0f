#pragma once

#include <optional>
#include <string_view>

#include "schema/contract/boot_event.h"

namespace slipway::http {

/// Longest value that is kept of one fact, in bytes.
inline constexpr size_t kMaxFact = 128;

/// Copies what iPXE reports of a machine in its query (`?mac=…&uuid=…&serial=…&manufacturer=…&product=…`)
/// into an event. Nothing here is believed: it decides nothing, it only tells people which machine knocked. A
/// reported MAC is taken only where the door did not show one. Values are percent-decoded, cut to kMaxFact;
/// the first of several counts; at most 32 pairs are read.
void ReadIdentity(std::string_view target, BootEvent& event);

/// All that iPXE tells at /unknown (`?mac=…&mac1=…&uuid=…&serial=…&asset=…&manufacturer=…&product=…&arch=…`),
/// with the same bounds. `seen` is the MAC that the door shows and comes first; without it, the reported
/// ones. Nothing without a MAC. Addresses that no card has (zeros, groups) are left out.
std::optional<MachineFacts> ReadFacts(std::string_view target, const std::optional<Mac>& seen);

/// How often the machine looked already: `tries`, 0 where it does not say.
uint32_t ReadTries(std::string_view target);

}  // namespace slipway::http
