#include "reconciler/import/fields.h"

namespace slipway::imports {

std::string ScalarText(const yaml::Value& value) {
  if (const std::string* text = value.AsString()) return *text;
  if (value.IsNull() || value.AsMapping() != nullptr || value.AsSequence() != nullptr) return "";
  std::string text = yaml::Write(value);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string Text(const yaml::Value& mapping, std::string_view key) {
  const yaml::Value* value = mapping.Find(key);
  return value == nullptr ? std::string() : ScalarText(*value);
}

bool Flag(const yaml::Value& mapping, std::string_view key) {
  const yaml::Value* value = mapping.Find(key);
  return value != nullptr && value->AsBool() != nullptr && *value->AsBool();
}

Mark MarkOf(const yaml::Value& mapping, std::string_view key) {
  const yaml::Value* value = mapping.Find(key);
  return value == nullptr ? mapping.mark() : value->mark();
}

const yaml::Sequence& List(const yaml::Value& mapping, std::string_view key) {
  static const yaml::Sequence kNone;
  const yaml::Value* value = mapping.Find(key);
  return value == nullptr || value->AsSequence() == nullptr ? kNone : *value->AsSequence();
}

std::vector<std::string> TextList(const yaml::Value& mapping, std::string_view key) {
  std::vector<std::string> texts;
  for (const yaml::Value& item : List(mapping, key)) texts.push_back(ScalarText(item));
  return texts;
}

bool Says(const yaml::Value& mapping, std::string_view key) {
  const yaml::Value* value = mapping.Find(key);
  if (value == nullptr || value->IsNull()) return false;
  if (const auto* list = value->AsSequence()) return !list->empty();
  if (const auto* entries = value->AsMapping()) return !entries->empty();
  return value->AsString() == nullptr || !value->AsString()->empty();
}

yaml::Value Map(std::initializer_list<std::pair<std::string_view, yaml::Value>> entries) {
  yaml::Value value{yaml::Mapping{}};
  for (const auto& [key, item] : entries) value.At(key) = item;
  return value;
}

yaml::Value TextSequence(const std::vector<std::string>& items) {
  yaml::Sequence list;
  for (const std::string& item : items) list.emplace_back(item);
  return yaml::Value(std::move(list));
}

yaml::Value TalosDocument(std::string_view kind, std::string_view name) {
  yaml::Value document = Map({{"apiVersion", yaml::Value("v1alpha1")}, {"kind", yaml::Value(kind)}});
  if (!name.empty()) document.At("name") = yaml::Value(name);
  return document;
}

yaml::Value Resource(std::string_view kind, std::string_view name) {
  return Map({{"apiVersion", yaml::Value("slipway/v1alpha1")},
              {"kind", yaml::Value(kind)},
              {"metadata", Map({{"name", yaml::Value(name)}})},
              {"spec", Map({})}});
}

}  // namespace slipway::imports
