#include "reconciler/import/config_diff.h"

#include <algorithm>

#include "reconciler/import/fields.h"
#include "reconciler/talos/merge.h"

namespace slipway::imports {
namespace {

yaml::Value DeleteMark() { return Map({{"$patch", yaml::Value("delete")}}); }

bool Same(const yaml::Value& a, const yaml::Value& b) {
  const yaml::Mapping* left = a.AsMapping();
  const yaml::Mapping* right = b.AsMapping();
  if (left != nullptr && right != nullptr) {
    return left->size() == right->size() &&
           std::all_of(left->begin(), left->end(), [&b](const yaml::Entry& entry) {
             const yaml::Value* other = b.Find(entry.key);
             return other != nullptr && Same(entry.value, *other);
           });
  }
  const yaml::Sequence* list = a.AsSequence();
  const yaml::Sequence* other = b.AsSequence();
  if (list != nullptr && other != nullptr) {
    return list->size() == other->size() && std::equal(list->begin(), list->end(), other->begin(), Same);
  }
  return a == b;
}

/// What must go first, and what is then set. Lists are appended to, so one that does not begin with the old
/// one is deleted and set anew.
struct Change {
  yaml::Value remove;
  yaml::Value set;
};

Change Compare(const yaml::Value& from, const yaml::Value& to) {
  Change change;
  for (const yaml::Entry& entry : *from.AsMapping()) {
    if (to.Find(entry.key) == nullptr) change.remove.At(entry.key) = DeleteMark();
  }
  for (const yaml::Entry& entry : *to.AsMapping()) {
    const yaml::Value* old = from.Find(entry.key);
    if (old == nullptr) {
      change.set.At(entry.key) = entry.value;
    } else if (old->AsMapping() != nullptr && entry.value.AsMapping() != nullptr) {
      Change inner = Compare(*old, entry.value);
      if (!inner.remove.IsNull()) change.remove.At(entry.key) = std::move(inner.remove);
      if (!inner.set.IsNull()) change.set.At(entry.key) = std::move(inner.set);
    } else if (Same(*old, entry.value)) {
      continue;
    } else {
      const yaml::Sequence* before = old->AsSequence();
      const yaml::Sequence* after = entry.value.AsSequence();
      const bool appended = before != nullptr && after != nullptr && before->size() <= after->size() &&
                            std::equal(before->begin(), before->end(), after->begin(), Same);
      if (appended) {
        change.set.At(entry.key) =
            yaml::Value(yaml::Sequence(after->begin() + static_cast<long>(before->size()), after->end()));
      } else {
        if (before != nullptr) change.remove.At(entry.key) = DeleteMark();
        change.set.At(entry.key) = entry.value;
      }
    }
  }
  return change;
}

const yaml::Value* Find(const talos::Documents& documents, const yaml::Value& like) {
  const talos::DocumentId id = talos::IdOf(like);
  const auto found = std::find_if(documents.begin(), documents.end(),
                                  [&id](const yaml::Value& document) { return talos::IdOf(document) == id; });
  return found == documents.end() ? nullptr : &*found;
}

/// The identity of a document, to which a patch's content is added.
yaml::Value Head(const yaml::Value& document) {
  yaml::Value head{yaml::Mapping{}};
  for (const std::string_view key : {"apiVersion", "kind", "name"}) {
    if (!talos::IsMain(document) && document.Find(key) != nullptr) head.At(key) = *document.Find(key);
  }
  return head;
}

void AddTo(talos::Documents& patch, const yaml::Value& document, const yaml::Value& content) {
  if (content.IsNull()) return;
  yaml::Value part = Head(document);
  for (const yaml::Entry& entry : *content.AsMapping()) part.At(entry.key) = entry.value;
  patch.push_back(std::move(part));
}

bool Apply(talos::Documents& documents, const talos::Documents& patch, const talos::TypeModel& model) {
  const auto loaded = talos::LoadPatch(patch, model);
  return loaded && talos::ApplyPatch(documents, *loaded, model);
}

}  // namespace

bool SameDocuments(const talos::Documents& a, const talos::Documents& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const yaml::Value& document) {
           const yaml::Value* other = Find(b, document);
           return other != nullptr && Same(document, *other);
         });
}

std::optional<std::vector<talos::Documents>> DiffAsPatches(talos::Documents from, talos::Documents to,
                                                           const TalosVersion& version) {
  const talos::TypeModel& model = talos::TypeModel::Of(version.minor);
  for (talos::Documents* documents : {&from, &to}) {
    if (!talos::Decode(*documents, model, talos::Purpose::kConfig).empty()) return std::nullopt;
  }
  talos::Documents removals;
  talos::Documents settings;
  for (const yaml::Value& document : from) {
    if (Find(to, document) != nullptr) continue;
    yaml::Value part = Head(document);
    part.At("$patch") = yaml::Value("delete");
    removals.push_back(std::move(part));
  }
  for (const yaml::Value& document : to) {
    const yaml::Value* old = Find(from, document);
    if (old == nullptr) {
      settings.push_back(document);
      continue;
    }
    if (old->AsMapping() == nullptr || document.AsMapping() == nullptr) return std::nullopt;
    const Change change = Compare(*old, document);
    AddTo(removals, document, change.remove);
    AddTo(settings, document, change.set);
  }
  std::vector<talos::Documents> patches;
  talos::Documents tried = from;
  for (talos::Documents* patch : {&removals, &settings}) {
    if (patch->empty()) continue;
    if (!Apply(tried, *patch, model)) return std::nullopt;
    patches.push_back(std::move(*patch));
  }
  if (!SameDocuments(tried, to)) return std::nullopt;
  return patches;
}

}  // namespace slipway::imports
