#include <algorithm>
#include <string>

#include "schema/fleet/codes.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/schema_explain.h"
#include "schema/fleet/schema_valijson.h"

namespace slipway {
namespace {

/// Edits (insert, remove, replace, swap neighbours) from one word to the other; both are short.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view Suggest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr size_t kLongest = 64;
  if (word.size() > kLongest) return "";
  std::string_view best;
  size_t least = kLongest;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    size_t distance = EditDistance(word, candidate);
    // `adress` for `addresses`, `mac` for `macs`: a beginning counts as one slip.
    if (word.size() > 2 && candidate.starts_with(word)) distance = std::min<size_t>(distance, 1);
    const size_t longer = std::max(word.size(), candidate.size());
    const bool close = distance <= std::max<size_t>(2, longer / 3) && distance * 2 <= longer;
    if (close && distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

bool ValidateAgainstSchema(const yaml::Value& value, std::string_view schema_name, std::string_view file,
                           Diagnostics& diagnostics, Forms forms) {
  const size_t before = diagnostics.size();
  const std::string complaint = ValijsonComplaint(value, schema_name);
  const SchemaNode* schema = CompiledSchema(schema_name);
  if (schema != nullptr && (!complaint.empty() || forms == Forms::kCheck)) {
    ExplainAgainst(value, *schema, file, {forms, Nulls::kWrong}, diagnostics);
  }
  if (!complaint.empty() && diagnostics.size() == before) {
    diagnostics.push_back(
        {std::string(file), value.mark(), code::kOtherSchemaViolation, Severity::kError,
         "the document does not fit the schema `" + std::string(schema_name) + "`: " + complaint,
         "compare it with schema/" + std::string(schema_name) + ".schema.json"});
  }
  return diagnostics.size() == before;
}

}  // namespace slipway
