#include "reconciler/talos/merge.h"

#include <algorithm>

#include "reconciler/talos/json_patch.h"
#include "reconciler/talos/merge_delete.h"
#include "reconciler/talos/merge_value.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

/// From here on a deletion in a document that is not there is passed over.
constexpr int kLenientDeletes = 14;

std::string NameOf(const DocumentId& id) {
  if (id.kind.empty()) return "main document";
  return '`' + ForDisplay(id.kind, 60) + (id.name.empty() ? "`" : "` `" + ForDisplay(id.name, 60) + '`');
}

Documents::iterator FindById(Documents& documents, const DocumentId& id, const TypeModel& model) {
  return std::find_if(documents.begin(), documents.end(),
                      [&](const yaml::Value& document) { return TypedId(document, model) == id; });
}

ConfigResult<void> ApplyDeletions(Documents& documents, const PatchPart& part, const TypeModel& model) {
  for (const Deletion& deletion : part.deletions) {
    const auto target = FindById(documents, part.id, model);
    if (target == documents.end()) {
      if (model.minor() >= kLenientDeletes) continue;
      return tl::make_unexpected(ConfigError{
          deletion.mark, "`$patch: delete` finds no " + NameOf(part.id) + " document to delete from",
          "correct apiVersion, kind and name, or remove the marker; Talos before 1.14 cannot delete what is "
          "not there"});
    }
    if (deletion.path.empty()) {
      documents.erase(target);
      continue;
    }
    const KindType* kind = KindOf(*target, model);
    if (auto done = Delete(*target, *kind->fields, deletion, model.minor()); !done) return done;
    // Talos writes a main document that lost everything with its sections empty, so that it is one still.
    if (kind->kind.empty() && !LooksMain(*target)) target->At("machine");
  }
  return {};
}

ConfigResult<void> ApplyPart(Documents& documents, const PatchPart& part, const TypeModel& model) {
  if (auto done = ApplyDeletions(documents, part, model); !done) return done;
  if (!part.document) return {};
  const auto target = FindById(documents, TypedId(*part.document, model), model);
  if (target == documents.end()) {
    documents.push_back(*part.document);
    return {};
  }
  return MergeDocument(*target, *part.document, *KindOf(*target, model)->fields, model.minor());
}

}  // namespace

ConfigResult<void> ApplyPatch(Documents& documents, const ConfigPatch& patch, const TypeModel& model) {
  if (const auto* json = std::get_if<JsonPatch>(&patch)) {
    if (documents.size() != 1) {
      const Mark mark = json->operations.empty() ? Mark{} : json->operations.front().mark;
      return tl::make_unexpected(ConfigError{
          mark,
          "a JSON patch (a list of operations) cannot be applied to a config of " +
              std::to_string(documents.size()) + " documents",
          "write a strategic merge patch: the fields to change, nested as they are in the config"});
    }
    if (auto done = ApplyJsonPatch(documents.front(), *json); !done) return done;
    const Problems problems = Decode(documents, model, Purpose::kConfig);
    if (!problems.empty()) return tl::make_unexpected(problems.front());
    return {};
  }
  for (const PatchPart& part : std::get<StrategicPatch>(patch).parts) {
    if (auto done = ApplyPart(documents, part, model); !done) return done;
  }
  return {};
}

}  // namespace slipway::talos
