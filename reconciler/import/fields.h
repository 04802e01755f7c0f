#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/fleet/yaml.h"

/// Looking into and making YAML values.
namespace slipway::imports {

/// The text of a scalar, numbers and booleans included; "" for null and containers.
std::string ScalarText(const yaml::Value& value);

/// The scalar under `key` as text; "" when it is absent.
std::string Text(const yaml::Value& mapping, std::string_view key);

/// Whether `key` is `true`.
bool Flag(const yaml::Value& mapping, std::string_view key);

/// The place of the value under `key`, of the mapping when there is none.
Mark MarkOf(const yaml::Value& mapping, std::string_view key);

/// The list under `key`; an empty one when it is absent or no list.
const yaml::Sequence& List(const yaml::Value& mapping, std::string_view key);
std::vector<std::string> TextList(const yaml::Value& mapping, std::string_view key);

/// Whether `key` is there and says something: neither null nor an empty list, mapping or text.
bool Says(const yaml::Value& mapping, std::string_view key);

yaml::Value Map(std::initializer_list<std::pair<std::string_view, yaml::Value>> entries);
yaml::Value TextSequence(const std::vector<std::string>& items);

/// A Talos document: apiVersion v1alpha1, its kind, and its name when it has one.
yaml::Value TalosDocument(std::string_view kind, std::string_view name = {});

/// A Slipway resource with an empty `spec` mapping to fill.
yaml::Value Resource(std::string_view kind, std::string_view name);

}  // namespace slipway::imports
