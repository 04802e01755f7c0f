#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/yaml.h"

/// SOPS is a Go program: its MAC is over scalars as go-yaml v3 types them and as Go prints them, which
/// differs from the YAML 1.2 core schema that the rest of Slipway reads by. Pure.
namespace slipway::secrets {

struct GoScalar {
  enum class Kind { kNull, kString, kOther };  ///< kOther: a number, a boolean, a time
  Kind kind = Kind::kString;
  std::string text;  ///< as it is hashed
};

/// A scalar by go-yaml v3: `0644`, `0o644` and `0x1f` are integers, `1_000` too, `2001-12-14` is a time,
/// `yes` is a string.
GoScalar TypeAsGo(const yaml::ScalarSource& source);

/// A float in the shortest digits that read back, without an exponent; "NaN", "+Inf", "-Inf".
std::string FormatGoFloat(double value);
/// What FormatGoFloat writes, and any decimal number. nullopt: neither.
std::optional<double> ParseGoFloat(std::string_view text);

/// How exact a time's text must be.
enum class TimeForm {
  kRfc3339,  ///< two digits everywhere, `T`, a zone
  kYaml,     ///< the forms that go-yaml takes: also a bare date, one digit, `t`, a space and no zone
};
enum class Fraction { kKeep, kDrop };
/// The time in RFC 3339, its zone kept and zeros at the end of its fraction dropped. nullopt: no time.
std::optional<std::string> NormaliseTime(std::string_view text, TimeForm form, Fraction fraction);

}  // namespace slipway::secrets
