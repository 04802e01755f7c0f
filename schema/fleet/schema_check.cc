#include <algorithm>
#include <string>

#include "schema/fleet/codes.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/schema_node.h"
#include "schema/fleet/schema_valijson.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

std::string Tick(std::string_view text) { return '`' + ForDisplay(text, 80) + '`'; }

std::string_view WordFor(std::string_view type) {
  if (type == "object") return "a mapping";
  if (type == "array") return "a list";
  if (type == "string") return "a string";
  if (type == "integer") return "an integer";
  if (type == "boolean") return "true or false";
  return type;
}

std::string_view WordFor(const yaml::Value& value) {
  if (value.IsNull()) return "empty";
  if (value.AsBool() != nullptr) return "a boolean";
  if (value.AsInteger() != nullptr) return "an integer";
  if (value.AsFloat() != nullptr) return "a number";
  if (value.AsString() != nullptr) return "a string";
  return value.AsSequence() != nullptr ? "a list" : "a mapping";
}

bool HasType(const yaml::Value& value, std::string_view type) {
  if (type.empty()) return true;
  if (type == "object") return value.AsMapping() != nullptr;
  if (type == "array") return value.AsSequence() != nullptr;
  if (type == "string") return value.AsString() != nullptr;
  if (type == "boolean") return value.AsBool() != nullptr;
  return type == "integer" && value.AsInteger() != nullptr;
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return (static_cast<uint8_t>(c) & 0xc0U) != 0x80; }));
}

/// Walks a document and its schema side by side and says what is wrong in words that name the field.
class Explainer {
 public:
  Explainer(std::string_view file, Diagnostics& diagnostics, Forms forms)
      : file_(file), diagnostics_(diagnostics), forms_(forms) {}

  /// `where` is the place of the key that holds `value`.
  void Check(const yaml::Value& value, const SchemaNode& schema, Mark where) {
    if (!HasType(value, schema.type)) {
      WrongType(value, schema);
    } else if (const yaml::Mapping* mapping = value.AsMapping()) {
      CheckMapping(*mapping, schema, where);
    } else if (const yaml::Sequence* sequence = value.AsSequence()) {
      CheckSequence(*sequence, schema, value.mark());
    } else if (const std::string* text = value.AsString()) {
      CheckString(*text, schema, value.mark());
    } else if (const yaml::Integer* integer = value.AsInteger()) {
      CheckInteger(integer->value, schema, value.mark());
    }
  }

 private:
  void Report(Mark mark, int code, std::string message, std::string fix) {
    diagnostics_.push_back(
        {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
  }

  std::string Path() const { return path_.empty() ? "the document" : Tick(path_); }

  void WrongType(const yaml::Value& value, const SchemaNode& schema) {
    std::string fix = "for example: " + schema.example;
    if (value.IsNull()) {
      fix = "give it a value, or remove the key";
    } else if (schema.type == "string" && value.AsSequence() == nullptr && value.AsMapping() == nullptr) {
      fix = "put it in quotes";
    } else if (schema.type == "array" && value.AsMapping() == nullptr) {
      fix = "write it as a list, for example: " + schema.example;
    }
    Report(
        value.mark(), code::kWrongType,
        Path() + " must be " + std::string(WordFor(schema.type)) + ", but is " + std::string(WordFor(value)),
        fix);
  }

  void CheckMapping(const yaml::Mapping& mapping, const SchemaNode& schema, Mark where) {
    const auto has = [&mapping](std::string_view key) {
      return std::any_of(mapping.begin(), mapping.end(),
                         [key](const yaml::Entry& entry) { return entry.key == key; });
    };
    for (const std::string& name : schema.required) {
      if (has(name)) continue;
      const SchemaNode* property = schema.Property(name);
      const bool inner = property != nullptr && (property->type == "object" || property->type == "array");
      Report(where, code::kMissingField, Path() + " lacks the field " + Tick(name),
             inner || property == nullptr ? "add " + Tick(name)
                                          : "add it, for example: " + Tick(name + ": " + property->example));
    }
    if (!schema.exactly_one.empty()) CheckExactlyOne(mapping, schema, where);
    if (schema.max_properties && mapping.size() > *schema.max_properties) {
      Report(where, code::kWrongCount,
             Path() + " has more than " + std::to_string(*schema.max_properties) + " entries", "remove some");
    }
    for (const yaml::Entry& entry : mapping) {
      const SchemaNode* property = schema.Property(entry.key);
      if (property == nullptr) property = schema.additional.get();
      if (property == nullptr) {
        if (schema.closed) UnknownField(entry, schema);
        continue;
      }
      const size_t length = path_.size();
      path_ += (path_.empty() ? "" : ".") + entry.key;
      Check(entry.value, *property, entry.key_mark);
      path_.resize(length);
    }
  }

  void UnknownField(const yaml::Entry& entry, const SchemaNode& schema) {
    std::vector<std::string_view> known;
    std::string list;
    for (const auto& [name, node] : schema.properties) {
      known.push_back(name);
      list += (list.empty() ? "" : ", ") + name;
    }
    const std::string_view meant = Suggest(entry.key, known);
    std::string message = "unknown field " + Tick(entry.key);
    if (!path_.empty()) message += " in " + Tick(path_);
    if (!meant.empty()) message += "; did you mean " + Tick(meant) + "?";
    Report(entry.key_mark, code::kUnknownField, std::move(message),
           meant.empty() ? "remove it; known here: " + list : "write " + Tick(meant));
  }

  void CheckExactlyOne(const yaml::Mapping& mapping, const SchemaNode& schema, Mark where) {
    size_t found = 0;
    std::string names;
    for (const std::string& name : schema.exactly_one) {
      names += (names.empty() ? "" : " or ") + Tick(name);
      found += static_cast<size_t>(std::count_if(
          mapping.begin(), mapping.end(), [&name](const yaml::Entry& entry) { return entry.key == name; }));
    }
    if (found == 1) return;
    Report(where, code::kNotExactlyOne, Path() + " must have " + names + (found > 1 ? ", not both" : ""),
           found > 1 ? "keep one of them" : "add one of them");
  }

  void CheckSequence(const yaml::Sequence& sequence, const SchemaNode& schema, Mark mark) {
    if (schema.min_items && sequence.size() < *schema.min_items) {
      Report(mark, code::kWrongCount,
             Path() + " needs at least " + std::to_string(*schema.min_items) + " item",
             "add one, for example: " + schema.example);
    }
    if (schema.max_items && sequence.size() > *schema.max_items) {
      Report(mark, code::kWrongCount,
             Path() + " has " + std::to_string(sequence.size()) + " items, at most " +
                 std::to_string(*schema.max_items) + " are allowed",
             "remove some");
    }
    if (schema.items == nullptr) return;
    const size_t length = path_.size();
    for (size_t i = 0; i < sequence.size(); ++i) {
      path_ += '[' + std::to_string(i) + ']';
      Check(sequence[i], *schema.items, sequence[i].mark());
      path_.resize(length);
    }
  }

  void CheckString(const std::string& text, const SchemaNode& schema, Mark mark) {
    if (!schema.allowed.empty()) {
      CheckAllowed(text, schema, mark);
      return;
    }
    const size_t length = CodePoints(text);
    if (schema.max_length && length > *schema.max_length) {
      Report(mark, code::kWrongCount,
             Path() + " has " + std::to_string(length) + " characters, at most " +
                 std::to_string(*schema.max_length) + " are allowed",
             "shorten it");
      return;
    }
    if (schema.min_length && length < *schema.min_length) {
      Report(mark, code::kWrongCount, Path() + " is too short", "for example: " + schema.example);
      return;
    }
    if (forms_ == Forms::kCheck && schema.pattern != nullptr && !RE2::PartialMatch(text, *schema.pattern)) {
      Report(mark, code::kWrongForm, Path() + " is " + Tick(text) + ", which is not of the right form",
             "for example: " + schema.example);
    }
  }

  void CheckAllowed(const std::string& text, const SchemaNode& schema, Mark mark) {
    std::vector<std::string_view> known;
    std::string list;
    for (const std::string& word : schema.allowed) {
      if (word == text) return;
      known.push_back(word);
      list += (list.empty() ? "" : ", ") + word;
    }
    const std::string_view meant = known.size() == 1 ? known.front() : Suggest(text, known);
    Report(mark, code::kNotAllowedValue,
           Path() + " is " + Tick(text) + ", but must be " + (known.size() == 1 ? "" : "one of ") + list,
           meant.empty() ? "choose one of " + list : "write " + Tick(meant));
  }

  void CheckInteger(int64_t number, const SchemaNode& schema, Mark mark) {
    const bool low = schema.minimum && number < *schema.minimum;
    const bool high = schema.maximum && number > *schema.maximum;
    if (!low && !high) return;
    Report(mark, code::kOutOfRange,
           Path() + " is " + std::to_string(number) + ", but must be at " +
               (low ? "least " + std::to_string(*schema.minimum) : "most " + std::to_string(*schema.maximum)),
           "for example: " + schema.example);
  }

  std::string_view file_;
  Diagnostics& diagnostics_;
  Forms forms_;
  std::string path_;
};

/// Edits (insert, remove, replace, swap neighbours) from one word to the other; both are short.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view Suggest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr size_t kLongest = 64;
  if (word.size() > kLongest) return "";
  std::string_view best;
  size_t least = kLongest;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    size_t distance = EditDistance(word, candidate);
    // `adress` for `addresses`, `mac` for `macs`: a beginning counts as one slip.
    if (word.size() > 2 && candidate.starts_with(word)) distance = std::min<size_t>(distance, 1);
    const size_t longer = std::max(word.size(), candidate.size());
    const bool close = distance <= std::max<size_t>(2, longer / 3) && distance * 2 <= longer;
    if (close && distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

bool ValidateAgainstSchema(const yaml::Value& value, std::string_view schema_name, std::string_view file,
                           Diagnostics& diagnostics, Forms forms) {
  const size_t before = diagnostics.size();
  const std::string complaint = ValijsonComplaint(value, schema_name);
  const SchemaNode* schema = CompiledSchema(schema_name);
  if (schema != nullptr && (!complaint.empty() || forms == Forms::kCheck)) {
    Explainer(file, diagnostics, forms).Check(value, *schema, value.mark());
  }
  if (!complaint.empty() && diagnostics.size() == before) {
    diagnostics.push_back(
        {std::string(file), value.mark(), code::kOtherSchemaViolation, Severity::kError,
         "the document does not fit the schema `" + std::string(schema_name) + "`: " + complaint,
         "compare it with schema/" + std::string(schema_name) + ".schema.json"});
  }
  return diagnostics.size() == before;
}

}  // namespace slipway
