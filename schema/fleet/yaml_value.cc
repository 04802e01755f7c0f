#include <cmath>

#include "schema/fleet/yaml.h"
#include "schema/fleet/yaml_scalar.h"

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

void Value::SetSource(uint32_t source) {
  mark_.source = source;
  if (Mapping* mapping = AsMapping()) {
    for (Entry& entry : *mapping) {
      entry.key_mark.source = source;
      entry.value.SetSource(source);
    }
  }
  if (Sequence* sequence = AsSequence()) {
    for (Value& item : *sequence) item.SetSource(source);
  }
}

void Value::SetPlace(Mark place) {
  if (mark_.line == 0) mark_ = place;
  if (Mapping* mapping = AsMapping()) {
    for (Entry& entry : *mapping) {
      if (entry.key_mark.line == 0) entry.key_mark = place;
      entry.value.SetPlace(place);
    }
  }
  if (Sequence* sequence = AsSequence()) {
    for (Value& item : *sequence) item.SetPlace(place);
  }
}

void Value::FillPlaces(Mark place) {
  const auto fill = [place](Mark& mark) {
    if (mark.source == 0) mark.source = place.source;
    if (mark.line == 0 && mark.source == place.source) mark = place;
  };
  fill(mark_);
  if (Mapping* mapping = AsMapping()) {
    for (Entry& entry : *mapping) {
      fill(entry.key_mark);
      entry.value.FillPlaces(place);
    }
  }
  if (Sequence* sequence = AsSequence()) {
    for (Value& item : *sequence) item.FillPlaces(place);
  }
}

Value Value::Spelled(const std::string& text) const {
  std::string own;
  AppendAtom(own, *this);
  Value spelled = *this;
  if (own == text) return spelled;
  auto spelling = std::make_shared<const std::string>(text);
  if (auto* integer = std::get_if<Integer>(&spelled.data_))
    integer->spelling = std::move(spelling);
  else if (auto* number = std::get_if<Float>(&spelled.data_))
    number->spelling = std::move(spelling);
  return spelled;
}

std::string Value::ScalarText() const {
  if (const std::string* text = AsString()) return *text;
  if (const Integer* integer = AsInteger(); integer != nullptr && integer->spelling)
    return *integer->spelling;
  if (const Float* number = AsFloat(); number != nullptr && number->spelling) return *number->spelling;
  std::string text;
  if (!IsNull() && AsMapping() == nullptr && AsSequence() == nullptr) AppendAtom(text, *this);
  return text;
}

bool Value::Erase(std::string_view key) {
  Mapping* mapping = AsMapping();
  if (mapping == nullptr) return false;
  return std::erase_if(*mapping, [key](const Entry& entry) { return entry.key == key; }) > 0;
}

}  // namespace slipway::yaml
