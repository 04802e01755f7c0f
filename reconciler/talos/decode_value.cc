#include "reconciler/talos/decode_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "reconciler/talos/types/leaf_text.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

std::string Tick(std::string_view text) { return '`' + ForDisplay(text, 60) + '`'; }

bool IsScalar(const yaml::Value& value) {
  return value.AsMapping() == nullptr && value.AsSequence() == nullptr;
}

void Put(yaml::Value& value, yaml::Value by) {
  by.set_mark(value.mark());
  value = std::move(by);
}

/// `0644` as Go reads it; any other number as it is.
int64_t GoNumber(const yaml::Integer& number) {
  if (!number.spelling) return number.value;
  std::string_view text = *number.spelling;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool octal =
      text.size() > 1 && text.front() == '0' && text.find_first_not_of("01234567") == std::string_view::npos;
  int64_t value = 0;
  if (!octal) return number.value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  return error == std::errc{} ? (negative ? -value : value) : number.value;
}

bool Fits(int64_t value, const TypeRef& type) {
  if (type.is_signed) {
    if (type.bits >= 64) return true;
    const int64_t limit = int64_t{1} << (type.bits - 1);
    return value >= -limit && value < limit;
  }
  return value >= 0 && (type.bits >= 64 || value < int64_t{1} << type.bits);
}

}  // namespace

void NormaliseNumbers(yaml::Value& value) {
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) NormaliseNumbers(entry.value);
  } else if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) NormaliseNumbers(item);
  } else if (const yaml::Integer* number = value.AsInteger()) {
    Put(value, yaml::Value(GoNumber(*number)));
  }
}

std::string ValueDecoder::Where() const {
  std::string where;
  for (const std::string& part : path_) {
    if (!where.empty() && !part.starts_with('[')) where += '.';
    where += part;
  }
  return where;
}

void ValueDecoder::Problem(Mark mark, std::string message, std::string fix) {
  problems_.push_back({mark, std::move(message), std::move(fix)});
}

void ValueDecoder::Wrong(const yaml::Value& value, std::string_view wanted) {
  Problem(value.mark(),
          Tick(Where()) + " must be " + std::string(wanted) + ", this is a " + std::string(value.KindName()),
          "write " + std::string(wanted) + " there");
}

bool ValueDecoder::IsMapping(const yaml::Value& value) {
  if (value.AsMapping() != nullptr) return true;
  if (!value.IsNull()) Wrong(value, "a mapping");
  return false;
}

void ValueDecoder::UnknownKey(const yaml::Entry& entry, const StructType& type) {
  path_.push_back(entry.key);
  const std::string releases = FieldReleases(type.name, entry.key);
  const std::string release = "Talos 1." + std::to_string(model_.minor());
  if (entry.key == "$patch") {
    Problem(entry.key_mark, "`$patch` knows only the value `delete`, in a patch",
            "write `$patch: delete`, or remove it");
  } else if (!releases.empty()) {
    Problem(entry.key_mark,
            release + " does not know " + Tick(Where()) + ", only Talos " + releases + " does",
            "remove it, or change the version of Talos");
  } else {
    std::vector<std::string_view> names;
    for (const FieldType& field : type.fields) names.push_back(field.name);
    const std::string_view meant = Suggest(entry.key, names);
    Problem(entry.key_mark,
            release + " does not know " + Tick(Where()) +
                (meant.empty() ? std::string() : "; did you mean " + Tick(meant) + "?"),
            "correct the name, or its place in the document");
  }
  path_.pop_back();
}

void ValueDecoder::Struct(yaml::Value& value, const StructType& type) {
  if (!IsMapping(value)) return;
  for (yaml::Entry& entry : *value.AsMapping()) {
    const FieldType* field = type.Find(entry.key);
    if (field == nullptr) {
      UnknownKey(entry, type);
      continue;
    }
    path_.push_back(entry.key);
    Decode(entry.value, field->type);
    path_.pop_back();
  }
}

void ValueDecoder::Decode(yaml::Value& value, const TypeRef& type) {
  if (value.IsNull()) return;
  switch (type.shape) {
    case Shape::kString:
    case Shape::kLeaf:
      return Scalar(value, type);
    case Shape::kInteger:
      return Integer(value, type);
    case Shape::kBool:
      return Bool(value);
    case Shape::kEnum:
      return Enum(value, type);
    case Shape::kStruct:
      if (type.fields != nullptr) Struct(value, *type.fields);
      return;
    case Shape::kList:
      return List(value, type);
    case Shape::kMap:
      return Map(value, type);
    case Shape::kArgs:
      return Args(value);
    case Shape::kPem:
      return Pem(value, type);
    case Shape::kObject:
      return Object(value);
  }
}

void ValueDecoder::Scalar(yaml::Value& value, const TypeRef& type) {
  if (!IsScalar(value)) return Wrong(value, "a text");
  std::string text = value.ScalarText();
  if (type.leaf != nullptr) {
    const std::string_view wanted = LeafProblem(*type.leaf, text, model_.minor());
    if (!wanted.empty()) {
      return Problem(value.mark(), Tick(Where()) + " must be " + std::string(wanted),
                     "write " + std::string(wanted));
    }
    if (type.leaf->name == "time.Duration" && value.AsInteger() != nullptr && value.AsInteger()->value != 0)
      return Problem(value.mark(), Tick(Where()) + " must be a duration like 1m30s", "add the unit");
    // A port may stay the number it is.
    if (type.leaf->name.ends_with(".PortRange")) return;
  }
  if (value.AsString() == nullptr) Put(value, yaml::Value(std::move(text)));
}

void ValueDecoder::Integer(yaml::Value& value, const TypeRef& type) {
  int64_t number = 0;
  if (const yaml::Integer* integer = value.AsInteger()) {
    number = GoNumber(*integer);
  } else if (const yaml::Float* real = value.AsFloat(); real != nullptr && std::abs(real->value) < 9e15) {
    number = static_cast<int64_t>(real->value);
  } else {
    return Wrong(value, "a whole number");
  }
  if (!Fits(number, type)) {
    return Problem(value.mark(), Tick(Where()) + " has no room for " + std::to_string(number),
                   "write a smaller number" + std::string(type.is_signed ? "" : " that is not negative"));
  }
  Put(value, yaml::Value(number));
}

void ValueDecoder::Bool(yaml::Value& value) {
  if (value.AsBool() != nullptr) return;
  static constexpr std::string_view kYes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
  static constexpr std::string_view kNo[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF"};
  if (const std::string* word = value.AsString()) {
    if (std::find(std::begin(kYes), std::end(kYes), *word) != std::end(kYes))
      return Put(value, yaml::Value(true));
    if (std::find(std::begin(kNo), std::end(kNo), *word) != std::end(kNo))
      return Put(value, yaml::Value(false));
  }
  Wrong(value, "true or false");
}

void ValueDecoder::Enum(yaml::Value& value, const TypeRef& type) {
  if (!IsScalar(value)) return Wrong(value, "a word");
  const std::string text = value.ScalarText();
  const std::string_view word = EnumWord(*type.leaf, text);
  if (!word.empty() || (text.empty() && type.leaf->empty)) return Put(value, yaml::Value(word));
  std::string words;
  for (const std::string_view known : type.leaf->words)
    words += (words.empty() ? "" : ", ") + std::string(known);
  Problem(value.mark(), Tick(Where()) + " cannot be " + Tick(text), "write one of " + words);
}

void ValueDecoder::Item(yaml::Value& item, const TypeRef& type) {
  constexpr int kNoNulls = 14;
  if (item.IsNull() && type.optional && model_.minor() >= kNoNulls)
    return Problem(item.mark(), Tick(Where()) + " is null", "say what it is, or remove it");
  Decode(item, type);
}

void ValueDecoder::List(yaml::Value& value, const TypeRef& type) {
  yaml::Sequence* items = value.AsSequence();
  if (items == nullptr) return Wrong(value, "a list");
  for (size_t i = 0; i < items->size(); ++i) {
    path_.push_back('[' + std::to_string(i) + ']');
    yaml::Value& item = (*items)[i];
    Item(item, *type.item);
    if (type.rule == ListRule::kTrimmed) {
      yaml::Value* contents = item.Find("contents");
      const std::string* text = contents == nullptr ? nullptr : contents->AsString();
      if (text != nullptr) {
        const size_t start = std::min(text->find_first_not_of("\t\n\v\f\r"), text->size());
        if (start > 0) Put(*contents, yaml::Value(text->substr(start)));
      }
    }
    path_.pop_back();
  }
}

void ValueDecoder::Map(yaml::Value& value, const TypeRef& type) {
  if (!IsMapping(value)) return;
  for (yaml::Entry& entry : *value.AsMapping()) {
    path_.push_back(entry.key);
    Item(entry.value, *type.item);
    path_.pop_back();
  }
}

void ValueDecoder::Args(yaml::Value& value) {
  if (!IsMapping(value)) return;
  for (yaml::Entry& entry : *value.AsMapping()) {
    path_.push_back(entry.key);
    const TypeRef text;
    if (yaml::Sequence* items = entry.value.AsSequence()) {
      for (yaml::Value& item : *items) Decode(item, text);
    } else if (entry.value.AsMapping() != nullptr) {
      Wrong(entry.value, "a text or a list of texts");
    } else {
      Decode(entry.value, text);
    }
    path_.pop_back();
  }
}

void ValueDecoder::Pem(yaml::Value& value, const TypeRef& type) {
  if (!IsMapping(value)) return;
  for (yaml::Entry& entry : *value.AsMapping()) {
    path_.push_back(entry.key);
    const bool known = (',' + std::string(type.word) + ',').find(',' + entry.key + ',') != std::string::npos;
    if (!known) {
      Problem(entry.key_mark, "there is no " + Tick(Where()), "write only " + std::string(type.word));
    } else if (!IsScalar(entry.value)) {
      Wrong(entry.value, "a text");
    } else if (!entry.value.IsNull()) {
      const std::string text = entry.value.ScalarText();
      constexpr std::string_view kRedacted = "******";
      if (!IsBase64(text) && !(entry.key == "key" && text == kRedacted))
        Problem(entry.value.mark(), Tick(Where()) + " must be text in base64",
                "encode the PEM text with base64");
      else
        Put(entry.value, yaml::Value(text));
    }
    path_.pop_back();
  }
}

void ValueDecoder::Object(yaml::Value& value) {
  if (IsMapping(value)) NormaliseNumbers(value);
}

}  // namespace slipway::talos
