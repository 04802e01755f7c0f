#include "reconciler/talos/official_schema.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "reconciler/talos/schema_defects.h"

namespace slipway::talos {
namespace {

/// The minor in https://talos.dev/v1.N/schemas/config.schema.json.
std::optional<int> MinorOf(std::string_view id) {
  constexpr std::string_view kBefore = "https://talos.dev/v1.";
  constexpr std::string_view kAfter = "/schemas/config.schema.json";
  if (!id.starts_with(kBefore) || !id.ends_with(kAfter)) return std::nullopt;
  const std::string_view digits = id.substr(kBefore.size(), id.size() - kBefore.size() - kAfter.size());
  int minor = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole && minor >= 0 ? std::optional(minor) : std::nullopt;
}

}  // namespace

tl::expected<std::shared_ptr<const OfficialSchema>, SchemaProblem> OfficialSchema::Parse(
    std::string_view text) {
  const auto amend = [](std::string_view id) {
    const auto minor = MinorOf(id);
    return minor ? AmendmentsOf(*minor) : std::vector<SchemaAmendment>();
  };
  auto document = SchemaDocument::Parse(text, amend);
  if (!document) return tl::make_unexpected(std::move(document.error()));
  const auto minor = MinorOf((*document)->id());
  if (!minor) return tl::make_unexpected(SchemaProblem{{}, "its `$id` is not that of a schema of Talos"});
  return std::shared_ptr<const OfficialSchema>(new OfficialSchema(*minor, std::move(*document)));
}

std::vector<Finding> OfficialSchema::Check(const Documents& documents) const {
  Diagnostics diagnostics;
  for (const yaml::Value& document : documents)
    document_->Check(document, IsMain(document) ? "" : IdOf(document).kind, "", diagnostics);
  std::vector<Finding> findings;
  findings.reserve(diagnostics.size());
  for (Diagnostic& found : diagnostics)
    findings.push_back({found.severity, found.mark, std::move(found.message), std::move(found.fix)});
  return findings;
}

std::vector<Finding> WithoutPlacesOf(const std::vector<Finding>& said, std::vector<Finding> findings) {
  std::erase_if(findings, [&said](const Finding& finding) {
    return std::any_of(said.begin(), said.end(), [&](const Finding& other) {
      return other.severity == Severity::kError && other.mark == finding.mark;
    });
  });
  return findings;
}

}  // namespace slipway::talos
