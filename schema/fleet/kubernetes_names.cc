#include "schema/fleet/kubernetes_names.h"

#include <algorithm>

#include "schema/fleet/forms.h"

namespace slipway::kubernetes {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Letters, digits, '-', '_', '.', with a letter or digit at both ends; at most 63.
bool IsName(std::string_view text) {
  if (text.empty() || text.size() > 63) return false;
  if (!IsAlphanumeric(text.front()) || !IsAlphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string KeyProblem(std::string_view key) {
  const size_t slash = key.find('/');
  if (slash != std::string_view::npos) {
    if (!forms::IsResourceName(key.substr(0, slash))) return "the part before `/` must be a DNS name";
    key.remove_prefix(slash + 1);
  }
  if (!IsName(key))
    return "a key is up to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends";
  return "";
}

}  // namespace

std::string LabelProblem(std::string_view key, std::string_view value) {
  if (std::string problem = KeyProblem(key); !problem.empty()) return problem;
  if (value.empty() || IsName(value)) return "";
  return "a label's value is up to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends";
}

std::string AnnotationProblem(std::string_view key, std::string_view /*value*/) {
  for (const std::string_view own :
       {"talos.dev/owned-labels", "talos.dev/owned-annotations", "talos.dev/owned-taints"}) {
    if (key == own) return "Talos keeps this annotation for itself";
  }
  return KeyProblem(forms::ToLower(key));
}

std::string TaintProblem(std::string_view key, std::string_view value) {
  if (std::string problem = KeyProblem(key); !problem.empty()) return problem;
  const size_t colon = value.find(':');
  const std::string_view effect = colon == std::string_view::npos ? value : value.substr(colon + 1);
  const std::string_view text = colon == std::string_view::npos ? "" : value.substr(0, colon);
  if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
    return "the effect must be NoSchedule, PreferNoSchedule or NoExecute";
  }
  return text.empty() || IsName(text) ? "" : "the value is no label value";
}

}  // namespace slipway::kubernetes
