#pragma once

#include <string>
#include <vector>

#include "schema/fleet/yaml.h"

/// Small pieces of documents.
namespace slipway::talos {

/// A text with the place that says it.
inline yaml::Value Placed(std::string text, Mark mark) {
  yaml::Value value(std::move(text));
  value.set_mark(mark);
  return value;
}

inline yaml::Value OneField(std::string_view key, yaml::Value value) {
  yaml::Value mapping;
  mapping.At(key) = std::move(value);
  return mapping;
}

inline yaml::Value OneField(std::string_view key, std::string value) {
  return OneField(key, yaml::Value(std::move(value)));
}

/// A list of what `make` gives for each item.
template <class Items, class Make>
yaml::Value ListOf(const Items& items, const Make& make) {
  yaml::Sequence list;
  list.reserve(items.size());
  for (const auto& item : items) list.push_back(make(item));
  return yaml::Value(std::move(list));
}

inline yaml::Value TextList(const std::vector<std::string>& items) {
  return ListOf(items, [](const std::string& item) { return yaml::Value(item); });
}

}  // namespace slipway::talos
