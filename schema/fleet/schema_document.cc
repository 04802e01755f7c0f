#include "schema/fleet/schema_document.h"

#include <set>

#include "schema/fleet/schema_compile.h"
#include "schema/fleet/schema_explain.h"

namespace slipway {

using Json = SchemaCompiler::Json;

namespace {

constexpr int kDeepest = 64;
constexpr size_t kMostSteps = 1000;  ///< that one value may take through references and alternatives
constexpr std::string_view kDefinitions = "#/$defs/";

Mark PlaceOf(std::string_view text, size_t byte) {
  Mark mark{1, 1};
  for (size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++mark.line;
      mark.column = 1;
    } else if ((static_cast<uint8_t>(text[i]) & 0xc0U) != 0x80) {
      ++mark.column;
    }
  }
  return mark;
}

/// What the library says, without its own name and number.
std::string WordsOf(const Json::exception& error) {
  const std::string text = error.what();
  const size_t end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

tl::unexpected<SchemaProblem> Problem(std::string message, Mark mark = {}) {
  return tl::make_unexpected(SchemaProblem{mark, std::move(message)});
}

tl::expected<Json, SchemaProblem> ParseJson(std::string_view text) {
  bool too_deep = false;
  const auto guard = [&too_deep](int depth, Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > kDeepest;
    return depth <= kDeepest;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), guard);
    if (too_deep) return Problem("it is nested deeper than " + std::to_string(kDeepest));
    if (!json.is_object()) return Problem("it is no JSON object", {1, 1});
    return json;
  } catch (const Json::parse_error& error) {
    return Problem("it is no JSON: " + WordsOf(error), PlaceOf(text, error.byte));
  } catch (const Json::exception& error) {  // a number that no double holds
    return Problem("it is no JSON: " + WordsOf(error));
  }
}

/// How many steps a value may take from here before it goes into its parts. Cycles, and what would take too
/// long, give more than kMostSteps.
class StepCount {
 public:
  size_t Of(const SchemaNode* node) {
    if (const auto known = known_.find(node); known != known_.end()) return known->second;
    if (!under_way_.insert(node).second) return kMostSteps + 1;
    size_t steps = 1;
    if (node->target != nullptr) steps += Of(node->target);
    for (const auto& alternative : node->one_of) {
      if (steps <= kMostSteps) steps += Of(alternative.get());
    }
    under_way_.erase(node);
    known_[node] = std::min(steps, kMostSteps + 1);
    return known_[node];
  }

  bool AllowsAll(const SchemaNode& node) {
    if (Of(&node) > kMostSteps) return false;
    for (const auto& [name, property] : node.properties) {
      if (!AllowsAll(*property)) return false;
    }
    for (const auto& alternative : node.one_of) {
      if (!AllowsAll(*alternative)) return false;
    }
    return (node.items == nullptr || AllowsAll(*node.items)) &&
           (node.additional == nullptr || AllowsAll(*node.additional));
  }

 private:
  std::map<const SchemaNode*, size_t> known_;
  std::set<const SchemaNode*> under_way_;
};

}  // namespace

/// Fills a SchemaDocument. The JSON library's exceptions end in Run().
class SchemaDocumentParser {
 public:
  explicit SchemaDocumentParser(Json json) : json_(std::move(json)) {}

  tl::expected<std::shared_ptr<const SchemaDocument>, SchemaProblem> Run(const SchemaDocument::Amend& amend) {
    try {
      document_->id_ = json_.value("$id", std::string());
      if (document_->id_.empty())
        return Problem("it has no `$id`, which says what it is the schema of", {1, 1});
      if (!json_.contains("$defs") || !json_["$defs"].is_object())
        return Problem("it has no `$defs`", {1, 1});
      if (amend) Amend(amend(document_->id_));
      if (const auto done = CompileDefinitions(); !done) return tl::make_unexpected(done.error());
      if (const auto done = FindBranches(); !done) return tl::make_unexpected(done.error());
    } catch (const Json::exception& error) {
      return Problem(at_ + ": " + WordsOf(error));
    }
    return document_;
  }

 private:
  using Done = tl::expected<void, SchemaProblem>;

  void Amend(const std::vector<SchemaAmendment>& amendments) {
    for (const SchemaAmendment& amendment : amendments) {
      const auto definition = json_["$defs"].find(amendment.definition);
      if (definition != json_["$defs"].end())
        (*definition)["properties"][std::string(amendment.property)] = Json::parse(amendment.schema);
    }
  }

  /// Every definition has its node before any is compiled, since they refer to each other.
  Done CompileDefinitions() {
    for (const auto& [name, definition] : json_["$defs"].items())
      document_->definitions_.emplace(name, std::make_unique<SchemaNode>());
    SchemaCompiler compiler([this](const std::string& reference) { return Resolve(reference); });
    for (const auto& [name, definition] : json_["$defs"].items()) {
      at_ = std::string(kDefinitions) + name;
      *document_->definitions_.find(name)->second = std::move(*compiler.Compile(definition));
      if (!compiler.lost().empty())
        return Problem(at_ + " refers to " + compiler.lost().front() + ", which is not there");
      if (!compiler.beyond().empty())
        return Problem(at_ + " has a `" + compiler.beyond().front() + "` of a form that is not known here");
    }
    StepCount steps;
    for (const auto& [name, node] : document_->definitions_) {
      if (!steps.AllowsAll(*node))
        return Problem(std::string(kDefinitions) + name + " refers to itself, or branches too often");
    }
    return {};
  }

  const SchemaNode* Resolve(const std::string& reference) const {
    if (!reference.starts_with(kDefinitions)) return nullptr;
    return document_->Definition(std::string_view(reference).substr(kDefinitions.size()));
  }

  Done FindBranches() {
    at_ = "the root";
    if (!json_.contains("oneOf") || !json_["oneOf"].is_array() || json_["oneOf"].empty())
      return Problem("its root has no `oneOf`, a list of the kinds of documents", {1, 1});
    for (const Json& alternative : json_["oneOf"]) {
      const auto reference = alternative.at("$ref").get<std::string>();
      const SchemaNode* node = Resolve(reference);
      if (node == nullptr) return Problem("its root refers to " + reference + ", which is not there");
      const SchemaNode* kind = node->Property("kind");
      if (kind == nullptr) document_->branches_.emplace("", node);
      for (const std::string& word : kind == nullptr ? std::vector<std::string>() : kind->allowed)
        document_->branches_.emplace(word, node);
    }
    return {};
  }

  Json json_;
  std::shared_ptr<SchemaDocument> document_ = std::make_shared<SchemaDocument>();
  std::string at_ = "the root";
};

tl::expected<std::shared_ptr<const SchemaDocument>, SchemaProblem> SchemaDocument::Parse(
    std::string_view text, const Amend& amend) {
  auto json = ParseJson(text);
  if (!json) return tl::make_unexpected(json.error());
  return SchemaDocumentParser(std::move(*json)).Run(amend);
}

std::vector<std::string_view> SchemaDocument::Kinds() const {
  std::vector<std::string_view> kinds;
  for (const auto& [kind, branch] : branches_) kinds.push_back(kind);
  return kinds;
}

const SchemaNode* SchemaDocument::ForKind(std::string_view kind) const {
  const auto found = branches_.find(kind);
  return found == branches_.end() ? nullptr : found->second;
}

const SchemaNode* SchemaDocument::Definition(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : found->second.get();
}

void SchemaDocument::Check(const yaml::Value& document, std::string_view kind, std::string_view file,
                           Diagnostics& diagnostics) const {
  const auto found = branches_.find(kind);
  if (found == branches_.end()) return;
  ExplainAgainst(document, *found->second, file, {Forms::kCheck, Nulls::kAbsent}, diagnostics);
}

}  // namespace slipway
