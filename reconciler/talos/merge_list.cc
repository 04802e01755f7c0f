#include "reconciler/talos/merge_list.h"

namespace slipway::talos {
namespace {

/// The text of a field; what is not said is empty, as 0 is for a number.
std::string TextOf(const yaml::Value& item, std::string_view key) {
  const yaml::Value* value = item.Find(key);
  if (value == nullptr) return {};
  const yaml::Integer* number = value->AsInteger();
  return number != nullptr && number->value == 0 ? std::string() : value->ScalarText();
}

const yaml::Value* SelectorOf(const yaml::Value& item) {
  const yaml::Value* selector = item.Find("deviceSelector");
  return selector == nullptr || selector->IsNull() ? nullptr : selector;
}

/// Equal field by field. An optional field (`physical`) is a pointer in Go: two of them are never the same.
bool SameSelector(const yaml::Value& a, const yaml::Value& b, const StructType& type) {
  for (const FieldType& field : type.fields) {
    const yaml::Value* left = a.Find(field.name);
    const yaml::Value* right = b.Find(field.name);
    const bool said = (left != nullptr && !left->IsNull()) || (right != nullptr && !right->IsNull());
    if (field.type.optional && said) return false;
    if (TextOf(a, field.name) != TextOf(b, field.name)) return false;
  }
  return true;
}

}  // namespace

bool ListMatcher::SameKey(const yaml::Value& a, const yaml::Value& b) const {
  return TextOf(a, list_.key) == TextOf(b, list_.key);
}

std::optional<size_t> ListMatcher::Find(const yaml::Sequence& items, const yaml::Value& item,
                                        size_t before) const {
  switch (list_.rule) {
    case ListRule::kAppend:
    case ListRule::kTrimmed:
      return std::nullopt;
    case ListRule::kKeyed:
      for (size_t i = 0; i < items.size(); ++i) {
        if (SameKey(items[i], item)) return i;
      }
      return std::nullopt;
    case ListRule::kKeyedSwap:
      for (size_t i = before; i > 0; --i) {
        if (SameKey(items[i - 1], item)) return i - 1;
      }
      return std::nullopt;
    case ListRule::kInterface: {
      const std::string name = TextOf(item, "interface");
      const yaml::Value* selector = SelectorOf(item);
      const FieldType* field = list_.item->fields->Find("deviceSelector");
      for (size_t i = 0; i < items.size(); ++i) {
        const yaml::Value* other = SelectorOf(items[i]);
        const bool same = !name.empty() ? TextOf(items[i], "interface") == name
                                        : selector != nullptr && other != nullptr && field != nullptr &&
                                              SameSelector(*other, *selector, *field->type.fields);
        if (same) return i;
      }
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace slipway::talos
