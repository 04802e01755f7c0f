// Talos' own schemas, where they are at hand (tests/README.md says where they are looked for;
// SLIPWAY_TALOS_SCHEMAS names one more folder): the allow-list has all that it needs, and nothing more.
#include "reconciler/talos/schema_defects.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "reconciler/talos/decode.h"
#include "reconciler/talos/official_schema.h"
#include "schema/fleet/schema_explain.h"
#include "schema/fleet/schema_valijson.h"
#include "tests/reconciler/talos/upstream_data.h"

namespace slipway::talos {
namespace {

class UpstreamSchemas : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<fs::path> folders = {UpstreamData() / "schemas", ModuleSources() / "config/schemas",
                                     ModuleSources("v1.13.9") / "config/schemas"};
    if (const char* more = std::getenv("SLIPWAY_TALOS_SCHEMAS")) folders.emplace_back(more);
    for (const fs::path& folder : folders) {
      if (!fs::exists(folder)) continue;
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        const std::string text = ReadText(entry.path());
        const auto parsed = OfficialSchema::Parse(text);
        ASSERT_TRUE(parsed) << entry.path() << ": " << parsed.error().message;
        published_.push_back({entry.path(), (*parsed)->minor(), text, *parsed, *SchemaDocument::Parse(text)});
      }
    }
    if (published_.empty())
      GTEST_SKIP() << "no upstream schemas at " << folders.front() << " (set SLIPWAY_SHARED_DATA)";
  }

  struct Published {
    fs::path path;
    int minor = 0;
    std::string text;
    std::shared_ptr<const OfficialSchema> schema;
    std::shared_ptr<const SchemaDocument> bare;  ///< without the allow-list
  };
  std::vector<Published> published_;
};

bool SaysNothing(const SchemaNode& node) {
  return node.type.empty() && node.allowed.empty() && node.one_of.empty() && node.properties.empty();
}

/// Whether a value as Talos decodes it can fit; only the outer shape and that of list items is looked at.
bool Fits(const TypeRef& type, const SchemaNode& node) {
  if (node.target != nullptr) return Fits(type, *node.target);
  if (SaysNothing(node)) return true;
  const auto any = [&](std::string_view word) {
    return node.type == word || std::any_of(node.one_of.begin(), node.one_of.end(),
                                            [&](const auto& item) { return item->type == word; });
  };
  switch (type.shape) {
    case Shape::kString:
    case Shape::kEnum:
    case Shape::kLeaf:
      return any("string") || (node.type.empty() && !node.allowed.empty());
    case Shape::kInteger:
      return any("integer");
    case Shape::kBool:
      return any("boolean");
    case Shape::kList:
      return any("array") && (node.items == nullptr || Fits(*type.item, *node.items));
    case Shape::kStruct:
      for (const auto& [name, property] : node.properties) {
        if (type.fields->Find(name) == nullptr) return false;  // the schema has fields that Talos has not
      }
      return any("object");
    default:
      return any("object");
  }
}

/// "definition.property" of every field that Talos decodes and the schema has no right place for.
std::set<std::string> Misfits(const TypeModel& model, const SchemaDocument& schema) {
  std::set<std::string> misfits;
  std::set<const StructType*> seen;
  const std::function<void(const StructType&)> walk = [&](const StructType& type) {
    const SchemaNode* definition = schema.Definition(type.name);
    if (definition == nullptr || !seen.insert(&type).second) return;
    for (const FieldType& field : type.fields) {
      const SchemaNode* property = definition->Property(field.name);
      if (property == nullptr || !Fits(field.type, *property))
        misfits.insert(std::string(type.name) + '.' + std::string(field.name));
      const TypeRef* inner = &field.type;
      while (inner->item != nullptr) inner = inner->item.get();
      if (inner->fields != nullptr) walk(*inner->fields);
    }
  };
  auto kinds = model.Kinds();
  kinds.push_back("");
  for (const std::string_view kind : kinds) {
    const KindType* found = model.Find(kind);
    const SchemaNode* definition = schema.Definition(found->fields->name);
    if (definition == nullptr) continue;  // the schema leaves the whole kind out
    walk(*found->fields);
    const SchemaNode* word = definition->Property("kind");
    if (word != nullptr && word->allowed != std::vector<std::string>{std::string(kind)})
      misfits.insert(std::string(found->fields->name) + ".kind");
  }
  return misfits;
}

TEST_F(UpstreamSchemas, TheAllowListIsWhatTheSchemasLackAndNothingElse) {
  std::map<int, std::set<std::string>> lacking;
  bool candidates = false;
  for (const Published& published : published_) {
    const TypeModel& model = TypeModel::Of(published.minor);
    for (const std::string_view kind : published.schema->document().Kinds())
      EXPECT_NE(model.Find(kind), nullptr) << published.path << " has a kind that types.txt lacks: " << kind;
    lacking[published.minor].merge(Misfits(model, *published.bare));
    EXPECT_EQ(Misfits(model, published.schema->document()), std::set<std::string>()) << published.path;
    candidates = candidates || published.path.string().find("-rc.") != std::string::npos;
  }
  for (const auto& [minor, misfits] : lacking) {
    std::set<std::string> allowed;
    for (const SchemaAmendment& amendment : AmendmentsOf(minor))
      allowed.insert(std::string(amendment.definition) + '.' + std::string(amendment.property));
    if (minor == 14 && !candidates) {
      allowed.erase("container.ContainerSecurity.machinedAccess");
      allowed.erase("runtime.UnattendedInstallConfigV1Alpha1.kind");
    }
    EXPECT_EQ(misfits, allowed) << "Talos 1." << minor;
  }
}

TEST(SchemaDefects, AreAllNamedInTheDocumentation) {
  const std::string text = ReadText(fs::path(SLIPWAY_SOURCE_DIR) / "contrib/VALIDATION.md");
  for (const SchemaDefect& defect : SchemaDefects()) {
    std::string row = "| `" + std::string(defect.definition) + "` | ";
    for (const std::string_view property : defect.properties)
      row += (row.ends_with("| ") ? "`" : ", `") + std::string(property) + '`';
    row += " | 1." + std::to_string(defect.oldest);
    if (defect.newest != defect.oldest) row += "–1." + std::to_string(defect.newest);
    EXPECT_NE(text.find(row + " | "), std::string::npos) << "no row " << row;
    EXPECT_FALSE(defect.why.empty());
  }
}

/// Every document that upstream keeps as an example of its own: goldens of the generator and samples.
std::vector<fs::path> DocumentsOf(int minor) {
  std::vector<fs::path> files;
  for (const fs::path& folder : {UpstreamData() / "golden", UpstreamData() / "doc-samples"}) {
    if (!fs::exists(folder)) continue;
    for (const auto& version : fs::directory_iterator(folder)) {
      const auto parsed = TalosVersion::Parse(version.path().filename().string());
      const auto of_minor = TalosVersion::Parse(version.path().filename().string() + ".0");
      if ((parsed ? parsed->minor : of_minor ? of_minor->minor : -1) != minor) continue;
      for (const auto& entry : fs::recursive_directory_iterator(version.path())) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST_F(UpstreamSchemas, UpstreamsOwnDocumentsPassThanksToTheAllowList) {
  size_t checked = 0;
  size_t refused_without = 0;
  for (const auto& [file, minor, text, schema, bare_schema] : published_) {
    for (const fs::path& path : DocumentsOf(minor)) {
      Documents documents = RootsOf(LoadYaml(path));
      if (!Decode(documents, TypeModel::Of(minor), Purpose::kConfig).empty()) continue;
      const auto findings = Validate(documents, {1, minor, 0, ""}, RuntimeMode::kMetal);
      const bool refused = std::any_of(findings.begin(), findings.end(),
                                       [](const Finding& f) { return f.severity == Severity::kError; });
      if (refused && path.string().find("golden") == std::string::npos)
        continue;  // a sample for the decoder alone
      ++checked;
      for (const Finding& finding : schema->Check(documents))
        ADD_FAILURE() << path << ':' << finding.mark.line << ": " << finding.message;
      Diagnostics bare;
      for (const yaml::Value& document : documents)
        bare_schema->Check(document, IdOf(document).kind, "", bare);
      refused_without += bare.empty() ? 0 : 1;
    }
  }
  std::printf("%zu of upstream's files checked; as published, the schemas refuse %zu\n", checked,
              refused_without);
  EXPECT_GE(checked, 12U);
  EXPECT_GE(refused_without, 2 * published_.size());
}

/// One random thing in a document made wrong, or another.
void Mutate(yaml::Value& value, std::mt19937& random) {
  const auto pick = [&random](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  if (yaml::Mapping* mapping = value.AsMapping(); mapping != nullptr && !mapping->empty() && pick(6) != 0) {
    yaml::Entry& entry = (*mapping)[pick(mapping->size())];
    const size_t what = pick(8);
    if (what == 0) {
      value.Erase(std::string(entry.key));
    } else if (what == 1) {
      entry.key += "x";
    } else {
      Mutate(entry.value, random);
    }
  } else if (yaml::Sequence* items = value.AsSequence();
             items != nullptr && !items->empty() && pick(4) != 0) {
    Mutate((*items)[pick(items->size())], random);
  } else {
    const yaml::Value others[] = {
        yaml::Value(true), yaml::Value(int64_t{-1}),      yaml::Value("x"),
        yaml::Value(1.5),  yaml::Value(yaml::Sequence{}), yaml::Value(yaml::Mapping{})};
    value = others[pick(std::size(others))];
  }
}

/// valijson reads the schema by itself, but for the patterns; its verdict is the same.
TEST_F(UpstreamSchemas, ValijsonJudgesRandomDocumentsLikewise) {
  std::mt19937 random(20);
  size_t refused = 0;
  size_t fitting = 0;
  for (const auto& [file, minor, text, schema, bare_schema] : published_) {
    auto json = nlohmann::json::parse(text);
    json.erase("oneOf");
    std::map<std::string, std::shared_ptr<const ValijsonSchema>> judges;
    for (const fs::path& path : DocumentsOf(minor)) {
      for (const yaml::Value& document : RootsOf(LoadYaml(path))) {
        const std::string kind = IdOf(document).kind;
        const SchemaNode* node = bare_schema->ForKind(kind);
        const KindType* type = TypeModel::Of(minor).Find(kind);
        if (node == nullptr || type == nullptr) continue;
        auto& judge = judges[kind];
        if (judge == nullptr) {
          json["$ref"] = "#/$defs/" + std::string(type->fields->name);
          const auto compiled = ValijsonSchema::Compile(json.dump());
          ASSERT_TRUE(compiled) << compiled.error();
          judge = *compiled;
        }
        for (int i = 0; i < 20; ++i) {
          yaml::Value mutated = document;
          mutated.Erase("persist");
          for (int n = 0; n < i % 3; ++n) Mutate(mutated, random);
          Diagnostics found;
          ExplainAgainst(mutated, *node, "", {Forms::kLeave, Nulls::kWrong}, found);
          const std::string complaint = judge->Complaint(mutated);
          ASSERT_EQ(found.empty(), complaint.empty())
              << path << "\n"
              << yaml::Write(mutated) << "valijson: " << complaint
              << "\nours: " << (found.empty() ? "" : found.front().message);
          ++(found.empty() ? fitting : refused);
        }
      }
    }
  }
  EXPECT_GT(refused, 500U);
  EXPECT_GT(fitting, 500U);
}

}  // namespace
}  // namespace slipway::talos
