#include "reconciler/talos/json_patch.h"
#include "reconciler/talos/merge_delete.h"
#include "reconciler/talos/patch.h"

namespace slipway::talos {
namespace {

/// Keys that alone make no content.
bool IsOnlyHead(const yaml::Value& document) {
  for (const yaml::Entry& entry : *document.AsMapping()) {
    const bool scalar = entry.value.AsMapping() == nullptr && entry.value.AsSequence() == nullptr;
    if (!scalar || (entry.key != "version" && entry.key != "kind" && entry.key != "name")) return false;
  }
  return true;
}

/// What `$patch: delete` needs to find its document.
std::optional<ConfigError> HeadProblem(const DocumentId& id, const Deletion& deletion) {
  const bool main = id.kind.empty() && id.api_version.empty();
  if (main && deletion.path.empty()) {
    return ConfigError{
        deletion.mark, "`$patch: delete` cannot delete the main document",
        "put it below the field to delete, or add apiVersion and kind of the document that is meant"};
  }
  if (main || (!id.kind.empty() && !id.api_version.empty())) return std::nullopt;
  return ConfigError{deletion.mark, "`$patch: delete` needs both apiVersion and kind of its document",
                     "write both at the top of the document"};
}

std::string TextUnder(const yaml::Value& document, std::string_view key) {
  const yaml::Value* value = document.Find(key);
  return value == nullptr ? std::string() : value->ScalarText();
}

/// Splits a document into its deletions and the rest.
PatchPart Separate(yaml::Value document, const TypeModel& model, Problems& problems) {
  PatchPart part;
  part.mark = document.mark();
  if (document.AsMapping() == nullptr) {
    part.document = std::move(document);
    return part;
  }
  const DocumentId written{TextUnder(document, "apiVersion"), TextUnder(document, "kind"),
                           TextUnder(document, "name")};
  const TakenDeletions taken = TakeDeletions(document, part.deletions);
  if (taken.problem) problems.push_back(*taken.problem);
  for (const Deletion& deletion : part.deletions) {
    if (auto problem = HeadProblem(written, deletion)) problems.push_back(*std::move(problem));
  }
  if (taken.all || IsOnlyHead(document)) {
    part.id = written;
    if (!written.kind.empty()) return part;
    part.id.name.clear();
    return part;
  }
  part.id = TypedId(document, model);
  if (!part.deletions.empty()) part.id.name = part.id.kind.empty() ? "" : written.name;
  part.document = std::move(document);
  return part;
}

}  // namespace

tl::expected<ConfigPatch, Problems> LoadPatch(Documents documents, const TypeModel& model,
                                              Notation notation) {
  if (documents.empty()) return JsonPatch{};
  if (documents.size() == 1 && documents.front().AsSequence() != nullptr) {
    Problems problems;
    JsonPatch patch = ReadJsonPatch(documents.front(), notation, problems);
    if (!problems.empty()) return tl::make_unexpected(std::move(problems));
    return patch;
  }
  Problems problems;
  StrategicPatch patch;
  Documents contents;
  for (yaml::Value& document : documents) {
    PatchPart part = Separate(std::move(document), model, problems);
    if (part.document) contents.push_back(*std::move(part.document));
    const bool content = part.document.has_value();
    part.document.reset();
    if (content) part.document.emplace();
    if (content || !part.deletions.empty()) patch.parts.push_back(std::move(part));
  }
  Problems found = Decode(contents, model, Purpose::kPatch);
  problems.insert(problems.end(), found.begin(), found.end());
  if (problems.empty() && patch.parts.empty()) {
    problems.push_back(
        {documents.front().mark(), "this patch changes nothing", "write the fields to change, or remove it"});
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  auto content = contents.begin();
  for (PatchPart& part : patch.parts) {
    if (part.document) *part.document = std::move(*content++);
  }
  return patch;
}

}  // namespace slipway::talos
