#pragma once

#include <string>
#include <string_view>

#include "reconciler/talos/types/type_model.h"

namespace slipway::talos {

/// What a text of this leaf type must look like, for a message, when `text` does not; "" when it does, and
/// for types whose texts are not checked here (CEL expressions). `minor` decides what a release does not know
/// yet. Source: the types' UnmarshalText and UnmarshalYAML, and Go's net, net/netip, net/url and time.
std::string_view LeafProblem(const LeafType& leaf, std::string_view text, int minor);

/// Whether Go would hold this (valid) text as the zero value of its type: as not said.
bool IsZeroText(const LeafType& leaf, std::string_view text);

/// The canonical spelling of an enumeration's word; "" when it is none of them. A number stands for a word
/// where the type takes it.
std::string_view EnumWord(const LeafType& leaf, std::string_view text);

/// How Go prints the value of a (valid) text: `1h30m0s` for `90m`, `fd00::1` for `fd00:0::1`. Types whose
/// texts have one form only come back as they are.
std::string PrintedText(const LeafType& leaf, const std::string& text);

/// Standard base64 with padding; line ends are passed over.
bool IsBase64(std::string_view text);

}  // namespace slipway::talos
