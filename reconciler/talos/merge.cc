#include "reconciler/talos/merge.h"

#include <algorithm>

#include "reconciler/talos/merge_delete.h"
#include "reconciler/talos/merge_rules.h"

namespace slipway::talos {
namespace {

using Path = std::vector<std::string_view>;

/// A value that Go's merge takes for "not set": it never overrides. Booleans are optional fields there, so
/// `false` does.
bool IsZero(const yaml::Value& value) {
  if (value.IsNull()) return true;
  const std::string* text = value.AsString();
  return text != nullptr && text->empty();
}

/// Talos merges URL fields by component: case 001 of its tests wants `https://…/` patched with
/// `https://10.0.0.1` to be `https://10.0.0.1/`.
std::string MergeUrl(const std::string& old, const std::string& patch) {
  const auto tail = [](const std::string& url) -> std::string_view {
    const size_t scheme = url.find("://");
    const size_t from = scheme == std::string::npos ? 0 : scheme + 3;
    const size_t at = url.find_first_of("/?#", from);
    return at == std::string::npos ? std::string_view() : std::string_view(url).substr(at);
  };
  return tail(patch).empty() ? patch + std::string(tail(old)) : patch;
}

class Merger {
 public:
  explicit Merger(std::string_view kind) : kind_(kind) {}

  ConfigResult<void> Merge(yaml::Value& target, const yaml::Value& patch) {
    if (IsZero(patch)) return {};
    if (target.IsNull()) {
      target = patch;
      return {};
    }
    if (const yaml::Mapping* fields = patch.AsMapping()) {
      if (target.AsMapping() == nullptr) return Mismatch(target, patch);
      return MergeMapping(target, patch, *fields);
    }
    if (patch.AsSequence() != nullptr) {
      if (target.AsSequence() == nullptr) return Mismatch(target, patch);
      return MergeList(target, patch);
    }
    if (target.AsMapping() != nullptr || target.AsSequence() != nullptr) return Mismatch(target, patch);
    const std::string* old = target.AsString();
    const std::string* text = patch.AsString();
    if (old != nullptr && text != nullptr && IsUrlField(kind_, path_)) {
      yaml::Value merged(MergeUrl(*old, *text));
      merged.set_mark(patch.mark());
      target = std::move(merged);
    } else {
      target = patch;
    }
    return {};
  }

 private:
  ConfigResult<void> Mismatch(const yaml::Value& target, const yaml::Value& patch) const {
    std::string where;
    for (const std::string_view key : path_) where += (where.empty() ? "" : ".") + std::string(key);
    return tl::make_unexpected(ConfigError{
        patch.mark(),
        "the patch makes `" + where + "` a " + std::string(patch.KindName()) + ", but it is a " +
            std::string(target.KindName()),
        "give it the same shape as in the base config, or delete the field first (`$patch: delete`)"});
  }

  ConfigResult<void> MergeMapping(yaml::Value& target, const yaml::Value& patch,
                                  const yaml::Mapping& fields) {
    if (ReplacesMapping(kind_, path_)) {
      target = patch;
      return {};
    }
    for (const yaml::Entry& field : fields) {
      yaml::Value* below = target.Find(field.key);
      if (below == nullptr) {
        if (!field.value.IsNull()) target.At(field.key) = field.value;
        continue;
      }
      path_.push_back(field.key);
      // extraArgs values may be lists: a patch replaces them, it does not append (upstream's Args type).
      const bool replace = path_.size() >= 2 && path_[path_.size() - 2] == "extraArgs";
      ConfigResult<void> done;
      if (replace)
        *below = field.value;
      else
        done = Merge(*below, field.value);
      path_.pop_back();
      if (!done) return done;
    }
    return {};
  }

  ConfigResult<void> MergeList(yaml::Value& target, const yaml::Value& patch) {
    const ListPolicy policy = PolicyOf(kind_, path_);
    if (policy.rule == ListRule::kReplace) {
      target = patch;
      return {};
    }
    yaml::Sequence& list = *target.AsSequence();
    const size_t old_size = list.size();
    for (const yaml::Value& item : *patch.AsSequence()) {
      yaml::Value* match = nullptr;
      for (size_t i = 0; i < old_size && match == nullptr; ++i) {
        if (SameItem(policy, list[i], item)) match = &list[i];
      }
      if (match == nullptr) {
        list.push_back(item);
      } else if (policy.rule == ListRule::kKeyedReplace) {
        *match = item;
      } else if (auto done = Merge(*match, item); !done) {
        return done;
      }
    }
    return {};
  }

  static bool SameField(const yaml::Value& a, const yaml::Value& b, std::string_view key) {
    const yaml::Value* left = a.Find(key);
    const yaml::Value* right = b.Find(key);
    return left != nullptr && right != nullptr && *left == *right;
  }

  static bool SameItem(const ListPolicy& policy, const yaml::Value& a, const yaml::Value& b) {
    switch (policy.rule) {
      case ListRule::kKeyed:
      case ListRule::kKeyedReplace:
        return SameField(a, b, policy.key);
      case ListRule::kInterfaceKeyed:
        if (b.Find("interface") != nullptr) return SameField(a, b, "interface");
        return SameField(a, b, "deviceSelector");
      case ListRule::kAppend:
      case ListRule::kReplace:
        return false;
    }
    return false;
  }

  std::string_view kind_;
  Path path_;
};

ConfigResult<void> ApplyDocument(Documents& documents, const yaml::Document& part) {
  if (part.root.AsMapping() == nullptr) {
    return tl::make_unexpected(ConfigError{
        part.mark, "a patch must be a mapping, this is a " + std::string(part.root.KindName()),
        "write a strategic merge patch: the fields to change, nested as they are in the machine config"});
  }
  const DocumentId id = IdOf(part.root);
  const auto target = std::find_if(documents.begin(), documents.end(), [&](const yaml::Value& document) {
    return IsMain(part.root) ? IsMain(document) : IdOf(document) == id;
  });
  if (IsDeleteMarker(part.root)) {
    if (target == documents.end() || IsMain(*target)) {
      return tl::make_unexpected(
          ConfigError{part.mark, "`$patch: delete` finds no document `" + id.kind + "` to delete",
                      "correct apiVersion, kind and name; the main document cannot be deleted"});
    }
    documents.erase(target);
    return {};
  }
  yaml::Value patch = part.root;
  if (target == documents.end()) {
    yaml::Value nothing;
    if (auto done = ApplyDeletes(nothing, patch); !done) return done;
    documents.push_back(std::move(patch));
    return {};
  }
  if (auto done = ApplyDeletes(*target, patch); !done) return done;
  return Merger(id.kind).Merge(*target, patch);
}

}  // namespace

ConfigResult<void> ApplyPatch(Documents& documents, const std::vector<yaml::Document>& patch) {
  for (const yaml::Document& part : patch) {
    if (auto done = ApplyDocument(documents, part); !done) return done;
  }
  return {};
}

}  // namespace slipway::talos
