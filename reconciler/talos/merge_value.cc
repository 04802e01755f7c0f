#include "reconciler/talos/merge_value.h"

#include <algorithm>

#include "reconciler/talos/merge_leaf.h"
#include "reconciler/talos/merge_list.h"
#include "reconciler/talos/types/leaf_text.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

/// From here on an explicit zero value of an optional number or text overrides.
constexpr int kZeroOverrides = 12;

/// The value below a key where it says something: null is nothing.
const yaml::Value* Said(const yaml::Value* mapping, std::string_view key) {
  const yaml::Value* value = mapping == nullptr ? nullptr : mapping->Find(key);
  return value == nullptr || value->IsNull() ? nullptr : value;
}

void Put(yaml::Value& mapping, const yaml::Entry& entry) {
  if (yaml::Value* old = mapping.Find(entry.key)) {
    *old = entry.value;
  } else {
    mapping.At(entry.key);
    mapping.AsMapping()->back() = entry;
  }
}

bool IsZeroScalar(const yaml::Value& value) {
  if (const std::string* text = value.AsString()) return text->empty();
  if (const yaml::Integer* integer = value.AsInteger()) return integer->value == 0;
  if (const yaml::Float* number = value.AsFloat()) return number->value == 0;
  return value.IsNull();
}

class Merger {
 public:
  explicit Merger(int minor) : minor_(minor) {}

  /// `patch` is nullptr where it says nothing, which changes an eager type all the same.
  ConfigResult<void> Struct(yaml::Value& target, const yaml::Value* patch, const StructType& type) {
    if (type.stuck) {
      return Refuse(
          patch == nullptr ? target.mark() : patch->mark(),
          "Talos 1." + std::to_string(minor_) + " cannot merge two of " + Where() +
              ": it has a field that cannot be merged",
          "delete the old one first (`$patch: delete`) in a patch of its own, or write the base so");
    }
    if (patch != nullptr) {
      for (const yaml::Entry& entry : *patch->AsMapping()) {
        const FieldType* field = type.Find(entry.key);
        if (field == nullptr || entry.value.IsNull()) continue;
        if (auto done = Field(target, *field, &entry); !done) return done;
      }
    }
    if (!type.eager) return {};
    for (const FieldType& field : type.fields) {
      if (Said(patch, field.name) != nullptr) continue;
      if (auto done = Field(target, field, nullptr); !done) return done;
    }
    return {};
  }

 private:
  using Path = std::vector<std::string_view>;

  std::string Where() const {
    std::string where;
    for (const std::string_view key : path_) where += (where.empty() ? "" : ".") + ForDisplay(key, 60);
    return where.empty() ? "this document" : '`' + where + '`';
  }

  static ConfigResult<void> Refuse(Mark mark, std::string message, std::string fix) {
    return tl::make_unexpected(ConfigError{mark, std::move(message), std::move(fix)});
  }

  /// `entry` is nullptr where the patch does not say the field.
  ConfigResult<void> Field(yaml::Value& owner, const FieldType& field, const yaml::Entry* entry) {
    path_.push_back(field.name);
    ConfigResult<void> done = entry == nullptr
                                  ? Unsaid(owner, field)
                                  : Entry(owner, *entry, field.type, Kind::kField, field.replace);
    path_.pop_back();
    return done;
  }

  /// What a merge does to a field that only the left side may have.
  ConfigResult<void> Unsaid(yaml::Value& owner, const FieldType& field) {
    const TypeRef& type = field.type;
    yaml::Value* left = owner.Find(field.name);
    if (type.optional || left == nullptr || left->IsNull()) return {};
    if (type.shape == Shape::kBool) {
      *left = yaml::Value(false);
    } else if (type.shape == Shape::kStruct && !field.replace) {
      return Struct(*left, nullptr, *type.fields);
    } else if (type.shape == Shape::kLeaf && type.leaf != nullptr &&
               type.leaf->old_none == Outcome::kNothing) {
      owner.Erase(field.name);
    }
    return {};
  }

  enum class Kind { kField, kMapValue };

  ConfigResult<void> Entry(yaml::Value& owner, const yaml::Entry& entry, const TypeRef& type, Kind kind,
                           bool replace) {
    yaml::Value* left = owner.Find(entry.key);
    // Talos holds a free-form object that is empty as none.
    const bool empty_object = type.shape == Shape::kObject && entry.value.AsMapping()->empty();
    if (empty_object && left != nullptr && !left->IsNull()) return {};
    const bool plain_leaf = type.shape == Shape::kLeaf && !type.optional && kind == Kind::kField;
    if (left == nullptr || left->IsNull()) {
      const bool refused = plain_leaf && type.leaf->none_new == Outcome::kRefused;
      if (refused && !IsZeroText(*type.leaf, entry.value.ScalarText())) return RefuseLeaf(entry.value);
      // A structure that is no pointer is always there in Go.
      const bool fresh = kind == Kind::kField && type.shape == Shape::kStruct && !type.optional && !replace;
      if (fresh) return FreshStruct(owner, entry, type);
      if (type.shape == Shape::kList && type.rule != ListRule::kAppend) return FreshList(owner, entry, type);
      Put(owner, entry);
      if (type.shape == Shape::kPem) CompletePem(*owner.Find(entry.key), type);
      return {};
    }
    if (replace) {
      *left = entry.value;
      return {};
    }
    return Value(*left, entry.value, type);
  }

  /// Both sides say something.
  ConfigResult<void> Value(yaml::Value& left, const yaml::Value& right, const TypeRef& type) {
    switch (type.shape) {
      case Shape::kString:
      case Shape::kInteger:
        if (!IsZeroScalar(right) || (type.optional && minor_ >= kZeroOverrides)) left = right;
        return {};
      case Shape::kBool:
        left = right;
        return {};
      case Shape::kEnum:
      case Shape::kLeaf:
        return Leaf(left, right, type);
      case Shape::kStruct:
        return Struct(left, &right, *type.fields);
      case Shape::kList:
        return List(left, right, type);
      case Shape::kMap:
        return Map(left, right, *type.item);
      case Shape::kArgs:
        for (const yaml::Entry& entry : *right.AsMapping()) Put(left, entry);
        return {};
      case Shape::kObject:
        return Any(left, right);
      case Shape::kPem:
        left = right;
        CompletePem(left, type);
        return {};
    }
    return {};
  }

  ConfigResult<void> RefuseLeaf(const yaml::Value& right) const {
    return Refuse(right.mark(),
                  "Talos 1." + std::to_string(minor_) + " cannot merge " + Where() +
                      ": it is set already, or can only be set as a whole",
                  "write the value into the base config, or delete the old one first in a patch of its own");
  }

  ConfigResult<void> Leaf(yaml::Value& left, const yaml::Value& right, const TypeRef& type) {
    const LeafMerge merge{*type.leaf, type.optional && minor_ >= kZeroOverrides};
    if (!merge.Apply(left, right)) return RefuseLeaf(right);
    return {};
  }

  /// Talos decodes crt and key together: what one mapping does not say is empty.
  static void CompletePem(yaml::Value& value, const TypeRef& type) {
    for (const std::string_view key : {"crt", "key"}) {
      if (type.word.find(key) == std::string_view::npos) continue;
      yaml::Value& field = value.At(key);
      if (!field.IsNull()) continue;
      field = yaml::Value("");
      field.set_mark(value.mark());
    }
  }

  ConfigResult<void> FreshStruct(yaml::Value& owner, const yaml::Entry& entry, const TypeRef& type) {
    yaml::Entry fresh = entry;
    fresh.value = yaml::Value(yaml::Mapping{});
    fresh.value.set_mark(entry.value.mark());
    if (auto done = Struct(fresh.value, &entry.value, *type.fields); !done) return done;
    Put(owner, fresh);
    return {};
  }

  /// A keyed list that was not there: its own items may meet each other.
  ConfigResult<void> FreshList(yaml::Value& owner, const yaml::Entry& entry, const TypeRef& type) {
    yaml::Entry fresh = entry;
    fresh.value = yaml::Value(yaml::Sequence{});
    fresh.value.set_mark(entry.value.mark());
    if (auto done = List(fresh.value, entry.value, type); !done) return done;
    Put(owner, fresh);
    return {};
  }

  ConfigResult<void> List(yaml::Value& left, const yaml::Value& right, const TypeRef& type) {
    yaml::Sequence& items = *left.AsSequence();
    const ListMatcher matcher(type);
    const size_t before = items.size();
    items.reserve(before + right.AsSequence()->size());
    for (const yaml::Value& item : *right.AsSequence()) {
      const std::optional<size_t> met = matcher.Find(items, item, before);
      if (!met) {
        items.push_back(item);
      } else if (type.rule == ListRule::kKeyedSwap) {
        items[*met] = item;
      } else if (!item.IsNull()) {
        if (auto done = Struct(items[*met], &item, *type.item->fields); !done) return done;
      }
    }
    return {};
  }

  ConfigResult<void> Map(yaml::Value& left, const yaml::Value& right, const TypeRef& item) {
    for (const yaml::Entry& entry : *right.AsMapping()) {
      path_.push_back(entry.key);
      ConfigResult<void> done;
      if (!entry.value.IsNull()) {
        done = Entry(left, entry, item, Kind::kMapValue, false);
      } else if (left.Find(entry.key) == nullptr) {
        Put(left, entry);
      }
      path_.pop_back();
      if (!done) return done;
    }
    return {};
  }

  /// Inside free-form objects the two sides must have the same shape.
  ConfigResult<void> Any(yaml::Value& left, const yaml::Value& right) {
    if (left.KindName() != right.KindName()) {
      return Refuse(
          right.mark(),
          "the patch makes " + Where() + " a " + std::string(right.KindName()) + ", but it is a " +
              std::string(left.KindName()),
          "give it the same shape as in the base config, or delete the field first (`$patch: delete`)");
    }
    if (yaml::Sequence* items = left.AsSequence()) {
      items->insert(items->end(), right.AsSequence()->begin(), right.AsSequence()->end());
      return {};
    }
    if (left.AsMapping() == nullptr) {
      if (left.AsBool() != nullptr || !IsZeroScalar(right)) left = right;
      return {};
    }
    for (const yaml::Entry& entry : *right.AsMapping()) {
      yaml::Value* below = left.Find(entry.key);
      if (below == nullptr || below->IsNull()) {
        Put(left, entry);
        continue;
      }
      path_.push_back(entry.key);
      auto done = Any(*below, entry.value);
      path_.pop_back();
      if (!done) return done;
    }
    return {};
  }

  int minor_;
  Path path_;
};

}  // namespace

ConfigResult<void> MergeDocument(yaml::Value& target, const yaml::Value& patch, const StructType& type,
                                 int minor) {
  return Merger(minor).Struct(target, &patch, type);
}

}  // namespace slipway::talos
