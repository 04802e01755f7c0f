#include "reconciler/talos/merge_leaf.h"

#include "reconciler/talos/merge_url.h"
#include "reconciler/talos/types/leaf_text.h"

namespace slipway::talos {
namespace {

/// Types that Go holds as a number or a list of bytes: their zero value can be said. Structures cannot be
/// told from nothing once they are zero.
bool IsSimple(const LeafType& leaf) {
  return !leaf.words.empty() || leaf.name == "time.Duration" || leaf.name.starts_with("nethelpers.") ||
         leaf.name == "v1alpha1.DiskSize" || leaf.name == "v1alpha1.Base64Bytes";
}

bool IsPercentage(std::string_view text) { return text.find('%') != std::string_view::npos; }

}  // namespace

bool LeafMerge::Apply(yaml::Value& left, const yaml::Value& right) const {
  const std::string old = left.ScalarText();
  const std::string text = right.ScalarText();
  const bool zero = IsZeroText(leaf, text);
  const bool was_zero = IsZeroText(leaf, old);
  if (zero && !(zero_overrides && IsSimple(leaf))) {
    if (leaf.old_none == Outcome::kRefused) return false;
    if (leaf.old_none == Outcome::kNothing) left = right;
    return true;
  }
  const Outcome outcome = was_zero ? leaf.none_new : leaf.old_new;
  if (outcome == Outcome::kRefused) return false;
  if (was_zero) {
    left = right;
    return true;
  }
  if (leaf.name == "meta.URL" || leaf.name == "v1alpha1.Endpoint") {
    const auto merged = MergeUrl(old, text);
    if (!merged) return false;
    left = yaml::Value(*merged);
    left.set_mark(right.mark());
    return true;
  }
  // A size holds bytes and a part side by side, and shows the bytes.
  if (leaf.name == "block.Size" && IsPercentage(text) && !IsPercentage(old)) return true;
  left = right;
  return true;
}

}  // namespace slipway::talos
