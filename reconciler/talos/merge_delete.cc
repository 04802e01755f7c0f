#include "reconciler/talos/merge_delete.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kPatchKey = "$patch";

ConfigError MissingTarget(const yaml::Value& marker, std::string_view what) {
  return {marker.mark(), "`$patch: delete` finds no " + std::string(what) + " to delete",
          "remove the marker, or correct the path above it; deleting what is not there is refused"};
}

/// A scalar as Talos compares selectors: by its text.
std::string ScalarText(const yaml::Value& value) {
  if (const std::string* text = value.AsString()) return *text;
  if (const yaml::Integer* integer = value.AsInteger()) return std::to_string(integer->value);
  if (const bool* flag = value.AsBool()) return *flag ? "true" : "false";
  return {};
}

/// Removes the first item of `list` whose selector field equals the marker's.
bool DeleteItem(yaml::Sequence& list, const yaml::Value& marker) {
  for (const yaml::Entry& selector : *marker.AsMapping()) {
    if (selector.key == kPatchKey) continue;
    for (auto it = list.begin(); it != list.end(); ++it) {
      const yaml::Value* field = it->Find(selector.key);
      if (field != nullptr && ScalarText(*field) == ScalarText(selector.value)) {
        list.erase(it);
        return true;
      }
    }
    return false;  // only the first key other than $patch selects
  }
  return false;
}

ConfigResult<void> DeleteFromList(yaml::Value* target, yaml::Value& patch) {
  yaml::Sequence& items = *patch.AsSequence();
  for (auto it = items.begin(); it != items.end();) {
    if (!IsDeleteMarker(*it)) {
      ++it;
      continue;
    }
    yaml::Sequence* list = target == nullptr ? nullptr : target->AsSequence();
    if (list == nullptr || !DeleteItem(*list, *it))
      return tl::make_unexpected(MissingTarget(*it, "list item"));
    it = items.erase(it);
  }
  return {};
}

}  // namespace

bool IsDeleteMarker(const yaml::Value& value) {
  const yaml::Value* word = value.Find(kPatchKey);
  const std::string* text = word == nullptr ? nullptr : word->AsString();
  return text != nullptr && *text == "delete";
}

ConfigResult<void> ApplyDeletes(yaml::Value& target, yaml::Value& patch) {
  yaml::Mapping* fields = patch.AsMapping();
  if (fields == nullptr) return {};
  for (auto it = fields->begin(); it != fields->end();) {
    yaml::Value* below = target.Find(it->key);
    if (it->key == kPatchKey) {
      return tl::make_unexpected(ConfigError{it->value.mark(), "`$patch` knows only the value `delete`",
                                             "write `$patch: delete`, or remove the key"});
    }
    if (IsDeleteMarker(it->value)) {
      if (!target.Erase(it->key)) {
        return tl::make_unexpected(MissingTarget(it->value, "field `" + it->key + "`"));
      }
      it = fields->erase(it);
      continue;
    }
    if (it->value.AsSequence() != nullptr) {
      const bool had_items = !it->value.AsSequence()->empty();
      if (auto done = DeleteFromList(below, it->value); !done) return done;
      // A list of nothing but markers must not clear a list that is replaced whole.
      if (had_items && it->value.AsSequence()->empty()) {
        it = fields->erase(it);
        continue;
      }
    } else if (it->value.AsMapping() != nullptr) {
      yaml::Value nothing;
      if (auto done = ApplyDeletes(below == nullptr ? nothing : *below, it->value); !done) return done;
    }
    ++it;
  }
  return {};
}

}  // namespace slipway::talos
