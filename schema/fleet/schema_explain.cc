#include "schema/fleet/schema_explain.h"

#include <algorithm>
#include <string>

#include "schema/fleet/codes.h"
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
  if (type == "number") return "a number";
  if (type == "null") return "empty";
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
  if (type == "null") return value.IsNull();
  if (type == "number" && value.AsFloat() != nullptr) return true;
  return (type == "integer" || type == "number") && value.AsInteger() != nullptr;
}

/// How to write it, by the schema's example; schemas of others have none.
std::string LikeThis(const SchemaNode& schema) {
  if (!schema.example.empty()) return "for example: " + schema.example;
  if (schema.pattern != nullptr) return "write what matches " + schema.pattern->pattern();
  return "see what the schema says of this field";
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return (static_cast<uint8_t>(c) & 0xc0U) != 0x80; }));
}

/// Walks a document and its schema side by side and says what is wrong in words that name the field.
class Explainer {
 public:
  Explainer(std::string_view file, Diagnostics& diagnostics, const ExplainRules& rules)
      : file_(file), diagnostics_(diagnostics), rules_(rules) {}

  /// `where` is the place of the key that holds `value`.
  void Check(const yaml::Value& value, const SchemaNode& schema, Mark where) {
    if (value.IsNull() && rules_.nulls == Nulls::kAbsent) return;
    if (schema.target != nullptr) Check(value, *schema.target, where);
    if (!schema.one_of.empty()) CheckAlternatives(value, schema, where);
    if (!HasType(value, schema.type)) {
      WrongType(value, schema);
    } else if (!schema.allowed.empty() && value.AsString() == nullptr) {
      NotAllowed(std::string(WordFor(value)), "", schema, value.mark());
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

  /// Exactly one alternative must hold.
  void CheckAlternatives(const yaml::Value& value, const SchemaNode& schema, Mark where) {
    size_t fitting = 0;
    std::string forms;
    for (const auto& alternative : schema.one_of) {
      Diagnostics objections;
      Explainer(file_, objections, rules_).Check(value, *alternative, where);
      if (objections.empty()) ++fitting;
      const std::string_view word = WordFor(alternative->type);
      if (!word.empty()) forms += (forms.empty() ? "" : " or ") + std::string(word);
    }
    if (fitting == 1) return;
    if (forms.empty()) forms = "one of the forms that the schema knows";
    Report(value.mark(), code::kNotExactlyOne,
           Path() + " must be " + forms + ", but is " + std::string(WordFor(value)), LikeThis(schema));
  }

  void WrongType(const yaml::Value& value, const SchemaNode& schema) {
    std::string fix = LikeThis(schema);
    if (value.IsNull()) {
      fix = "give it a value, or remove the key";
    } else if (schema.type == "string" && value.AsSequence() == nullptr && value.AsMapping() == nullptr) {
      fix = "put it in quotes";
    } else if (schema.type == "array" && value.AsMapping() == nullptr) {
      fix = "write it as a list, " + LikeThis(schema);
    }
    Report(
        value.mark(), code::kWrongType,
        Path() + " must be " + std::string(WordFor(schema.type)) + ", but is " + std::string(WordFor(value)),
        fix);
  }

  void CheckMapping(const yaml::Mapping& mapping, const SchemaNode& schema, Mark where) {
    const auto has = [&](std::string_view key) {
      return std::any_of(mapping.begin(), mapping.end(), [&](const yaml::Entry& entry) {
        return entry.key == key && !(entry.value.IsNull() && rules_.nulls == Nulls::kAbsent);
      });
    };
    for (const std::string& name : schema.required) {
      if (has(name)) continue;
      const SchemaNode* property = schema.Property(name);
      const bool inner = property != nullptr && (property->type == "object" || property->type == "array");
      Report(where, code::kMissingField, Path() + " lacks the field " + Tick(name),
             inner || property == nullptr
                 ? "add " + Tick(name)
                 : "add it, " + (property->example.empty()
                                     ? LikeThis(*property)
                                     : "for example: " + Tick(name + ": " + property->example)));
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
             "add one, " + LikeThis(schema));
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
      Report(mark, code::kWrongCount, Path() + " is too short", LikeThis(schema));
      return;
    }
    if (rules_.forms == Forms::kCheck && schema.pattern != nullptr &&
        !RE2::PartialMatch(text, *schema.pattern)) {
      Report(mark, code::kWrongForm, Path() + " is " + Tick(text) + ", which is not of the right form",
             LikeThis(schema));
    }
  }

  void CheckAllowed(const std::string& text, const SchemaNode& schema, Mark mark) {
    if (std::find(schema.allowed.begin(), schema.allowed.end(), text) == schema.allowed.end())
      NotAllowed(Tick(text), text, schema, mark);
  }

  void NotAllowed(const std::string& what, const std::string& text, const SchemaNode& schema, Mark mark) {
    const std::vector<std::string_view> known(schema.allowed.begin(), schema.allowed.end());
    std::string list;
    for (const std::string& word : schema.allowed) list += (list.empty() ? "" : ", ") + word;
    const std::string_view meant = known.size() == 1 ? known.front() : Suggest(text, known);
    Report(mark, code::kNotAllowedValue,
           Path() + " is " + what + ", but must be " + (known.size() == 1 ? "" : "one of ") + list,
           meant.empty() ? "choose one of " + list : "write " + Tick(meant));
  }

  void CheckInteger(int64_t number, const SchemaNode& schema, Mark mark) {
    const bool low = schema.minimum && number < *schema.minimum;
    const bool high = schema.maximum && number > *schema.maximum;
    if (!low && !high) return;
    Report(mark, code::kOutOfRange,
           Path() + " is " + std::to_string(number) + ", but must be at " +
               (low ? "least " + std::to_string(*schema.minimum) : "most " + std::to_string(*schema.maximum)),
           LikeThis(schema));
  }

  std::string_view file_;
  Diagnostics& diagnostics_;
  ExplainRules rules_;
  std::string path_;
};

}  // namespace

void ExplainAgainst(const yaml::Value& value, const SchemaNode& schema, std::string_view file,
                    const ExplainRules& rules, Diagnostics& diagnostics) {
  Explainer(file, diagnostics, rules).Check(value, schema, value.mark());
}

}  // namespace slipway
