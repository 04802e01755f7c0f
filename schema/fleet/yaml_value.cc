#include <cmath>

#include "schema/fleet/yaml.h"

namespace slipway::yaml {

bool Float::operator==(const Float& other) const {
  return value == other.value || (std::isnan(value) && std::isnan(other.value));
}

std::string_view Value::KindName() const {
  static constexpr std::string_view kNames[] = {"null",   "boolean", "integer", "number",
                                                "string", "list",    "mapping"};
  return kNames[data_.index()];
}

const Value* Value::Find(std::string_view key) const {
  const Mapping* mapping = AsMapping();
  if (mapping == nullptr) return nullptr;
  for (const Entry& entry : *mapping) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Value* Value::Find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->Find(key));
}

Value& Value::At(std::string_view key) {
  if (Value* found = Find(key)) return *found;
  if (AsMapping() == nullptr) data_ = Mapping{};
  return AsMapping()->emplace_back(Entry{std::string(key), Mark{}, Value{}}).value;
}

bool Value::Erase(std::string_view key) {
  Mapping* mapping = AsMapping();
  if (mapping == nullptr) return false;
  return std::erase_if(*mapping, [key](const Entry& entry) { return entry.key == key; }) > 0;
}

}  // namespace slipway::yaml
