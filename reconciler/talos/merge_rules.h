#pragma once

#include <span>
#include <string_view>

namespace slipway::talos {

/// How a list that a patch names meets the list that is there. Source: the `Merge` methods and
/// `merge:"replace"` tags of Talos' pkg/machinery/config/types.
enum class ListRule {
  kAppend,          ///< everything that is not named below
  kReplace,         ///< the patch's list takes the place
  kKeyed,           ///< items meet by one field, unmatched ones are appended
  kKeyedReplace,    ///< as kKeyed, but a matched item is replaced whole
  kInterfaceKeyed,  ///< by `interface`, else by an equal `deviceSelector`
};

struct ListPolicy {
  ListRule rule = ListRule::kAppend;
  std::string_view key;  ///< of kKeyed and kKeyedReplace
};

/// The policy for the list at `path` (keys from the document's root; list items add no element) in a document
/// of `kind` ("" is the main document).
ListPolicy PolicyOf(std::string_view kind, std::span<const std::string_view> path);

/// True where a mapping is replaced whole instead of merged (audit policies and the like).
bool ReplacesMapping(std::string_view kind, std::span<const std::string_view> path);

/// True where a scalar is a URL that merges by component: an empty path or query in the patch keeps the old
/// one.
bool IsUrlField(std::string_view kind, std::span<const std::string_view> path);

}  // namespace slipway::talos
