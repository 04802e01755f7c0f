#pragma once

#include <optional>
#include <string_view>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// The JSON Schema (draft-07) of "site", "asset", "cluster", "node" or "daemon", as it is published for
/// editors.
std::optional<std::string_view> EmbeddedSchema(std::string_view name);

/// Who checks the forms (`pattern`) of texts.
enum class Forms {
  kCheck,  ///< the schema's own patterns, with RE2
  kLeave,  ///< somebody who says more: the fleet's decoder
};

/// Checks a document against an embedded schema and adds one diagnostic for every violation (SW11xx), each at
/// the offending value, or at the key for an unknown field. True when there was none. An unknown
/// `schema_name` is a caller's bug and reported as one. `file` is only written into diagnostics. Thread-safe.
bool ValidateAgainstSchema(const yaml::Value& value, std::string_view schema_name, std::string_view file,
                           Diagnostics& diagnostics, Forms forms = Forms::kCheck);

/// The candidate closest to `word` when it is close enough to be meant, "" otherwise.
std::string_view Suggest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace slipway
