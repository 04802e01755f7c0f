#pragma once

#include <map>
#include <string>
#include <vector>

namespace slipway {

using Labels = std::map<std::string, std::string>;

/// One term of a Kubernetes LabelSelector.
struct LabelRequirement {
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist };
  std::string key;
  Operator op = Operator::kExists;
  std::vector<std::string> values;  ///< of kIn and kNotIn
  bool operator==(const LabelRequirement&) const = default;

  bool Holds(const Labels& labels) const;
};

/// Terms that must all hold; without terms it selects everything. `matchLabels` are kIn with one value.
/// Source: Kubernetes' LabelSelector (apimachinery/pkg/apis/meta/v1). NotIn holds for a label that is not
/// there.
struct LabelSelector {
  std::vector<LabelRequirement> terms;
  bool operator==(const LabelSelector&) const = default;

  bool Matches(const Labels& labels) const;
};

}  // namespace slipway
