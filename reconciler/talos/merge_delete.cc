#include "reconciler/talos/merge_delete.h"

#include <algorithm>

#include "reconciler/talos/types/leaf_text.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kPatchKey = "$patch";

/// Talos learned then to look into free-form objects and to compare fields that are no plain texts.
constexpr int kWiderDeletes = 12;

std::string Joined(const std::vector<std::string>& path) {
  std::string joined;
  for (const std::string& part : path) {
    if (!joined.empty() && !part.starts_with('[')) joined += '.';
    joined += ForDisplay(part, 60);
  }
  return joined;
}

class Taker {
 public:
  explicit Taker(std::vector<Deletion>& deletions) : deletions_(deletions) {}

  /// True when nothing is left of `node`.
  bool Take(yaml::Value& node, bool in_list) {
    if (yaml::Mapping* mapping = node.AsMapping()) return TakeMapping(node, *mapping, in_list);
    if (yaml::Sequence* list = node.AsSequence()) return TakeList(*list);
    return false;
  }
  std::optional<ConfigError> problem;

 private:
  bool TakeMapping(yaml::Value& node, yaml::Mapping& mapping, bool in_list) {
    for (size_t i = 0; i < mapping.size();) {
      const std::string* word = mapping[i].value.AsString();
      if (mapping[i].key == kPatchKey && word != nullptr && *word == "delete") {
        Record(node, mapping[i].key_mark, in_list);
        return true;
      }
      if (mapping[i].key == kPatchKey) {
        // Talos takes it for a key where any key may stand; nobody means that.
        Refuse(mapping[i].key_mark, "`$patch` knows only the value `delete`",
               "write `$patch: delete`, or remove it");
      }
      path_.push_back(mapping[i].key);
      const bool gone = Take(mapping[i].value, false);
      path_.pop_back();
      if (!gone) {
        ++i;
        continue;
      }
      mapping.erase(mapping.begin() + static_cast<std::ptrdiff_t>(i));
      if (mapping.empty()) return true;
    }
    return false;
  }

  bool TakeList(yaml::Sequence& list) {
    for (size_t i = 0; i < list.size();) {
      path_.push_back('[' + std::to_string(i) + ']');
      const bool gone = Take(list[i], true);
      path_.pop_back();
      if (!gone) {
        ++i;
        continue;
      }
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      if (list.empty()) return true;
    }
    return false;
  }

  void Record(const yaml::Value& node, Mark mark, bool in_list) {
    Deletion deletion{path_, in_list, {}, {}, mark};
    if (in_list) {
      deletion.path.pop_back();
      const yaml::Mapping& fields = *node.AsMapping();
      const auto selector = std::find_if(fields.begin(), fields.end(),
                                         [](const yaml::Entry& entry) { return entry.key != kPatchKey; });
      if (selector == fields.end()) {
        Refuse(mark, "`$patch: delete` in a list item does not say which item",
               "write one field of the item before it, like `name: …`");
        return;
      }
      deletion.key = selector->key;
      deletion.value = selector->value.IsNull() ? "null" : selector->value.ScalarText();
    }
    const auto in_item = [](const std::string& part) { return part.starts_with('['); };
    if (std::any_of(deletion.path.begin(), deletion.path.end(), in_item)) {
      Refuse(mark, "`$patch: delete` cannot reach into a list item (`" + Joined(path_) + "`)",
             "delete the item by one of its fields, and add it again as it should be");
      return;
    }
    deletions_.push_back(std::move(deletion));
  }

  void Refuse(Mark mark, std::string message, std::string fix) {
    if (!problem) problem = ConfigError{mark, std::move(message), std::move(fix)};
  }

  std::vector<Deletion>& deletions_;
  std::vector<std::string> path_;
};

class Deleter {
 public:
  Deleter(const Deletion& deletion, int minor) : deletion_(deletion), minor_(minor) {}

  ConfigResult<void> InStruct(yaml::Value* value, const StructType& type, size_t at) {
    const FieldType* field = type.Find(deletion_.path[at]);
    if (field == nullptr) return Missing(at);
    if (IsLast(at)) {
      if (value != nullptr) value->Erase(field->name);
      return {};
    }
    yaml::Value* child = value == nullptr ? nullptr : value->Find(field->name);
    if (child != nullptr && child->IsNull()) child = nullptr;
    if (child == nullptr && field->type.optional) return Missing(at);
    return InTyped(child, field->type, at + 1);
  }

 private:
  bool IsLast(size_t at) const { return at + 1 == deletion_.path.size() && !deletion_.item; }

  ConfigResult<void> Missing(size_t at) const {
    const std::vector<std::string> path(deletion_.path.begin(),
                                        deletion_.path.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    return tl::make_unexpected(ConfigError{
        deletion_.mark, "`$patch: delete` finds no `" + Joined(path) + "` to delete",
        "remove the marker, or correct the path above it; deleting what is not there is refused"});
  }

  ConfigResult<void> InTyped(yaml::Value* value, const TypeRef& type, size_t at) {
    if (at == deletion_.path.size()) return FromList(value, type);
    switch (type.shape) {
      case Shape::kStruct:
        return InStruct(value, *type.fields, at);
      case Shape::kMap:
        return InMap(value, type.item.get(), at);
      case Shape::kArgs:
        return InMap(value, nullptr, at);
      case Shape::kObject:
        return minor_ < kWiderDeletes ? Missing(at) : InAny(value, at);
      default:
        return Missing(at);
    }
  }

  /// `item` is nullptr where a value has no fields to look into.
  ConfigResult<void> InMap(yaml::Value* value, const TypeRef* item, size_t at) {
    yaml::Value* child = value == nullptr ? nullptr : value->Find(deletion_.path[at]);
    if (child == nullptr) return Missing(at);
    if (IsLast(at)) {
      value->Erase(deletion_.path[at]);
      return {};
    }
    if (item == nullptr || child->IsNull()) return Missing(at);
    return InTyped(child, *item, at + 1);
  }

  ConfigResult<void> InAny(yaml::Value* value, size_t at) {
    yaml::Value* child =
        value == nullptr || at == deletion_.path.size() ? nullptr : value->Find(deletion_.path[at]);
    if (child == nullptr) return Missing(std::min(at, deletion_.path.size() - 1));
    if (!IsLast(at)) return InAny(child, at + 1);
    value->Erase(deletion_.path[at]);
    return {};
  }

  ConfigResult<void> FromList(yaml::Value* value, const TypeRef& type) {
    yaml::Sequence* list = value == nullptr ? nullptr : value->AsSequence();
    const bool structs = type.shape == Shape::kList && type.item->shape == Shape::kStruct;
    const FieldType* field = structs ? type.item->fields->Find(deletion_.key) : nullptr;
    if (list != nullptr && field != nullptr) {
      const auto found = std::find_if(list->begin(), list->end(),
                                      [&](const yaml::Value& item) { return Selected(item, *field); });
      if (found != list->end()) {
        list->erase(found);
        return {};
      }
    }
    std::string fix = "correct the value; the first field beside the marker selects the item";
    if (field != nullptr && !CanSelect(field->type)) fix = "select the item by a field that is a text";
    return tl::make_unexpected(ConfigError{deletion_.mark,
                                           "`$patch: delete` finds no item of `" + Joined(deletion_.path) +
                                               "` with the `" + ForDisplay(deletion_.key, 60) +
                                               "` that is asked for",
                                           fix});
  }

  bool CanSelect(const TypeRef& type) const {
    if (type.shape == Shape::kString) return !type.optional;
    return type.leaf != nullptr && type.leaf->selects && minor_ >= kWiderDeletes;
  }

  bool Selected(const yaml::Value& item, const FieldType& field) const {
    if (!CanSelect(field.type)) return false;
    const yaml::Value* value = item.Find(field.name);
    if (value != nullptr && !value->IsNull()) {
      const std::string text = value->ScalarText();
      return (field.type.leaf == nullptr ? text : PrintedText(*field.type.leaf, text)) == deletion_.value;
    }
    if (field.type.optional) return false;
    return deletion_.value == (field.type.shape == Shape::kEnum ? field.type.leaf->zero : std::string_view());
  }

  const Deletion& deletion_;
  int minor_;
};

}  // namespace

TakenDeletions TakeDeletions(yaml::Value& document, std::vector<Deletion>& deletions) {
  Taker taker(deletions);
  const bool all = taker.Take(document, false);
  return {all, taker.problem};
}

ConfigResult<void> Delete(yaml::Value& document, const StructType& type, const Deletion& deletion,
                          int minor) {
  return Deleter(deletion, minor).InStruct(&document, type, 0);
}

}  // namespace slipway::talos
