#pragma once

#include <string>
#include <string_view>

#include "schema/fleet/yaml.h"

namespace slipway::yaml {

/// How a string can be written so that every reader gets it back.
enum class Style {
  kPlain,    ///< as it is
  kQuoted,   ///< in double quotes
  kLiteral,  ///< as a block after `|`, `|-` or `|+`
};

/// One pass over `text`. kLiteral is only offered for text with line breaks.
Style ChooseStyle(std::string_view text);

/// Appends `text` in double quotes. Bytes that are no UTF-8 become U+FFFD: a document stays readable.
void AppendQuoted(std::string& out, std::string_view text);

/// Appends null, a boolean or a number. Not for strings and containers.
void AppendAtom(std::string& out, const Value& value);

}  // namespace slipway::yaml
