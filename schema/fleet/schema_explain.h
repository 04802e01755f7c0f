#pragma once

#include <string_view>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/schema_node.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// What an empty value stands for.
enum class Nulls {
  kWrong,   ///< a value, and of the wrong type
  kAbsent,  ///< nothing: as if its key were not there
};

struct ExplainRules {
  Forms forms = Forms::kCheck;
  Nulls nulls = Nulls::kWrong;
};

/// Walks a document and its schema side by side and adds a diagnostic (SW1111 to SW1118) for everything that
/// does not fit, in words that name the field, at the offending value, or at the key for an unknown field.
/// `file` is only written into diagnostics. Pure.
void ExplainAgainst(const yaml::Value& value, const SchemaNode& schema, std::string_view file,
                    const ExplainRules& rules, Diagnostics& diagnostics);

}  // namespace slipway
