// g++ 12 sees uninitialised memory in its own <regex>, which valijson brings along, once sanitizers are on.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Without this it ends the process where it should report.
#define VALIJSON_USE_EXCEPTIONS 1

#include "schema/fleet/schema_valijson.h"

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "schema/fleet/schema.h"

namespace slipway {
namespace {

using nlohmann::json;

json ToJson(const yaml::Value& value) {
  if (const bool* truth = value.AsBool()) return *truth;
  if (const yaml::Integer* integer = value.AsInteger()) return integer->value;
  if (const yaml::Float* number = value.AsFloat()) return number->value;
  if (const std::string* text = value.AsString()) return *text;
  if (const yaml::Sequence* sequence = value.AsSequence()) {
    json list = json::array();
    for (const yaml::Value& item : *sequence) list.push_back(ToJson(item));
    return list;
  }
  if (const yaml::Mapping* mapping = value.AsMapping()) {
    json object = json::object();
    for (const yaml::Entry& entry : *mapping) object[entry.key] = ToJson(entry.value);
    return object;
  }
  return nullptr;
}

/// Removes what only editors read, and the patterns: valijson matches them with std::regex, whose recursion
/// overflows the stack on a text of 50 kB.
void StripForValidation(json& schema) {
  if (schema.is_array()) {
    for (json& item : schema) StripForValidation(item);
    return;
  }
  if (!schema.is_object()) return;
  for (const char* key :
       {"$id", "$schema", "title", "description", "examples", "default", "format", "pattern"})
    schema.erase(key);
  for (const auto& [key, value] : schema.items()) {
    if (key != "properties" && key != "$defs") {
      StripForValidation(value);
      continue;
    }
    for (auto& [name, property] : value.items()) StripForValidation(property);
  }
}

const ValijsonSchema* Compiled(std::string_view name) {
  using Table = std::map<std::string, std::shared_ptr<const ValijsonSchema>, std::less<>>;
  static const Table* const kTable = [] {
    auto* table = new Table;
    for (const char* known : {"site", "asset", "cluster", "node", "daemon", "plan"}) {
      auto schema = ValijsonSchema::Compile(std::string(EmbeddedSchema(known).value_or("false")));
      if (schema) table->emplace(known, std::move(*schema));
    }
    return table;
  }();
  const auto found = kTable->find(name);
  return found == kTable->end() ? nullptr : found->second.get();
}

}  // namespace

ValijsonSchema::ValijsonSchema(std::unique_ptr<valijson::Schema> schema) : schema_(std::move(schema)) {}
ValijsonSchema::~ValijsonSchema() = default;

tl::expected<std::shared_ptr<const ValijsonSchema>, std::string> ValijsonSchema::Compile(
    const std::string& text) {
  try {
    json document = json::parse(text);
    StripForValidation(document);
    auto schema = std::make_unique<valijson::Schema>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *schema);
    return std::shared_ptr<const ValijsonSchema>(new ValijsonSchema(std::move(schema)));
  } catch (const std::exception& error) {
    return tl::make_unexpected(std::string(error.what()));
  }
}

std::string ValijsonSchema::Complaint(const yaml::Value& value) const {
  try {
    const json document = ToJson(value);
    const valijson::adapters::NlohmannJsonAdapter target(document);
    valijson::Validator validator;
    // Without a list of results it stops at the first violation, and copies no paths on the way.
    if (validator.validate(*schema_, target, nullptr)) return "";
    valijson::ValidationResults results;
    validator.validate(*schema_, target, &results);
    valijson::ValidationResults::Error error;
    results.popError(error);
    return error.description.empty() ? "the document does not fit its schema" : error.description;
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string ValijsonComplaint(const yaml::Value& value, std::string_view schema_name) {
  const ValijsonSchema* schema = Compiled(schema_name);
  return schema == nullptr ? "there is no schema of this name" : schema->Complaint(value);
}

}  // namespace slipway
