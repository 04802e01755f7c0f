#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/import/imported.h"
#include "schema/fleet/yaml.h"

namespace slipway::imports {

/// A text after its variables were replaced.
struct Expanded {
  std::string text;
  std::vector<std::string> missing;  ///< names that are not set or empty; their text is left as it was
};

/// Replaces `$NAME` and `${NAME}` and the forms of the shell with a default (`${NAME:-x}`, `${NAME-x}`,
/// `${NAME:=x}`, `${NAME=x}`, `${NAME:+x}`, `${NAME+x}`); `$$` is a dollar sign. A name is letters, digits
/// and
/// `_`. A `$` before anything else stays. Source: github.com/a8m/envsubst, which talhelper uses.
Expanded ExpandVariables(std::string_view text, const Lookup& lookup);

/// A variable without a value, and where it is used.
struct MissingVariable {
  Mark mark;
  std::string name;
};

/// Replaces variables in every key and scalar of a document that was read with Sources::kKeep. A plain scalar
/// gets the type that its new text has, as if the text had been replaced before it was parsed.
std::vector<MissingVariable> ExpandDocument(yaml::Document& document, const Lookup& lookup);

/// The variables of an environment file: a YAML mapping, or lines of `NAME=value`. Nothing when it is
/// neither.
std::optional<std::map<std::string, std::string>> ReadVariables(const std::vector<yaml::Document>& documents,
                                                                std::string_view text);

}  // namespace slipway::imports
