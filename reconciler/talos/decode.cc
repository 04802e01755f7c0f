#include "reconciler/talos/decode.h"

#include <algorithm>

#include "reconciler/talos/decode_value.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

std::string Tick(std::string_view text) { return '`' + ForDisplay(text, 60) + '`'; }

std::string TextUnder(const yaml::Value& document, std::string_view key) {
  const yaml::Value* value = document.Find(key);
  return value == nullptr ? std::string() : value->ScalarText();
}

constexpr std::string_view kVersion = "v1alpha1";

std::optional<ConfigError> HeadProblem(const yaml::Value& document, const TypeModel& model) {
  const std::string kind = TextUnder(document, "kind");
  const std::string version = TextUnder(document, "apiVersion");
  const bool main = LooksMain(document);
  if (kind.empty()) {
    if (main || version == kVersion) return std::nullopt;
    return ConfigError{
        document.mark(), "this document has neither a kind nor `machine` or `cluster`",
        "add `apiVersion: v1alpha1` and the kind, or put the fields below `machine` or `cluster`"};
  }
  if (version.empty() && !main) {
    return ConfigError{document.Find("kind")->mark(),
                       "the kind " + Tick(kind) + " stands without an apiVersion",
                       "add `apiVersion: v1alpha1` beside it"};
  }
  const std::string release = "Talos 1." + std::to_string(model.minor());
  if (!version.empty() && version != kVersion) {
    return ConfigError{document.Find("apiVersion")->mark(), "there is no apiVersion " + Tick(version),
                       "write `apiVersion: v1alpha1`"};
  }
  if (model.Find(kind) != nullptr) return std::nullopt;
  const Mark mark = document.Find("kind")->mark();
  if (const std::string releases = KindReleases(kind); !releases.empty()) {
    return ConfigError{
        mark, release + " does not know the kind " + Tick(kind) + ", only Talos " + releases + " does",
        "remove the document, or change the version of Talos"};
  }
  const std::string_view meant = Suggest(kind, model.Kinds());
  return ConfigError{mark,
                     release + " does not know the kind " + Tick(kind) +
                         (meant.empty() ? std::string() : "; did you mean " + Tick(meant) + "?"),
                     "correct the kind"};
}

class Seen {
 public:
  /// The problem of saying this document once more.
  std::optional<ConfigError> Add(const yaml::Value& document, const DocumentId& id) {
    const auto found =
        std::find_if(ids_.begin(), ids_.end(), [&](const auto& known) { return known.first == id; });
    if (found == ids_.end()) {
      ids_.emplace_back(id, document.mark());
      return std::nullopt;
    }
    const std::string what =
        id.kind.empty() ? "the main document" : Tick(id.kind) + (id.name.empty() ? "" : " " + Tick(id.name));
    return ConfigError{document.mark(),
                       what + " is there twice, first in line " + std::to_string(found->second.line),
                       "merge the two documents into one"};
  }

 private:
  std::vector<std::pair<DocumentId, Mark>> ids_;
};

}  // namespace

bool LooksMain(const yaml::Value& document) {
  const auto has = [&](std::string_view key) { return document.Find(key) != nullptr; };
  return has("machine") || has("cluster") || has("debug") || has("persist");
}

const KindType* KindOf(const yaml::Value& document, const TypeModel& model) {
  return model.Find(TextUnder(document, "kind"));
}

DocumentId TypedId(const yaml::Value& document, const TypeModel& model) {
  DocumentId id;
  id.kind = TextUnder(document, "kind");
  if (id.kind.empty()) return id;
  id.api_version = TextUnder(document, "apiVersion");
  const KindType* kind = model.Find(id.kind);
  if (kind == nullptr || kind->named) id.name = TextUnder(document, "name");
  return id;
}

Problems Decode(Documents& documents, const TypeModel& model, Purpose purpose) {
  constexpr int kRepeatedDocuments = 14;
  const bool once = purpose == Purpose::kConfig || model.minor() < kRepeatedDocuments;
  Problems problems;
  Seen seen;
  for (yaml::Value& document : documents) {
    if (document.AsMapping() == nullptr) {
      problems.push_back({document.mark(),
                          "a document must be a mapping, this is a " + std::string(document.KindName()),
                          "write the fields of a machine config"});
      continue;
    }
    if (auto problem = HeadProblem(document, model)) {
      problems.push_back(*std::move(problem));
      continue;
    }
    if (once) {
      if (auto problem = seen.Add(document, TypedId(document, model)))
        problems.push_back(*std::move(problem));
    }
    ValueDecoder(model, problems).Struct(document, *KindOf(document, model)->fields);
  }
  return problems;
}

}  // namespace slipway::talos
