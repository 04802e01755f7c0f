#pragma once

#include <span>
#include <string_view>

namespace slipway {

/// A diagnostic's number and its long text, whose first line is "SW1042: title".
struct CodeText {
  int code = 0;
  std::string_view text;
};

// The rows of each group, ascending.
std::span<const CodeText> YamlCodes();
std::span<const CodeText> SchemaCodes();
std::span<const CodeText> FleetCodes();
std::span<const CodeText> FormCodes();
std::span<const CodeText> LinkCodes();
std::span<const CodeText> TalosCodes();
std::span<const CodeText> BootCodes();
std::span<const CodeText> RepositoryCodes();
std::span<const CodeText> RenderCodes();
std::span<const CodeText> SecretCodes();

}  // namespace slipway
