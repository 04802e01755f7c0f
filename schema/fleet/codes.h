#pragma once

/// The numbers of all diagnostics. A number that was released keeps its meaning for ever; a retired one is
/// never used again. The texts behind `slipway explain` are in codes_*.cc, one row per number.
namespace slipway::code {

// SW14xx: rendering. Base configs, patches, templates.
inline constexpr int kBaseConfig = 1401;
inline constexpr int kPatchRefused = 1402;
inline constexpr int kTemplateSyntax = 1411;
inline constexpr int kTemplateVariable = 1412;
inline constexpr int kTemplatePartial = 1413;
inline constexpr int kTemplateAdvertises = 1414;

// SW30xx: the daemon's own file.
inline constexpr int kDaemonConfig = 3001;

// SW10xx: YAML. Text, bounds, aliases, tags, keys.
inline constexpr int kYamlSyntax = 1001;
inline constexpr int kYamlNotUtf8 = 1002;
inline constexpr int kYamlForbiddenCharacter = 1003;
inline constexpr int kYamlTooLarge = 1011;
inline constexpr int kYamlTooDeep = 1012;
inline constexpr int kYamlTooManyNodes = 1013;
inline constexpr int kYamlScalarTooLong = 1014;
inline constexpr int kYamlTooManyProblems = 1015;
inline constexpr int kYamlUnknownAlias = 1021;
inline constexpr int kYamlCyclicAlias = 1022;
inline constexpr int kYamlUnknownTag = 1031;
inline constexpr int kYamlTagMismatch = 1032;
inline constexpr int kYamlKeyNotScalar = 1040;
inline constexpr int kYamlMergeKey = 1041;
inline constexpr int kYamlDuplicateKey = 1042;

}  // namespace slipway::code
