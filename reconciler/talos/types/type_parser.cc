#include "reconciler/talos/types/type_parser.h"

#include <algorithm>
#include <charconv>

namespace slipway::talos {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool Covers(std::string_view range, int minor) {
  const std::vector<std::string_view> ends = Split(range, '-');
  int first = 0;
  int last = 0;
  if (ends.size() != 2) return false;
  std::from_chars(ends[0].data(), ends[0].data() + ends[0].size(), first);
  std::from_chars(ends[1].data(), ends[1].data() + ends[1].size(), last);
  return first <= minor && minor <= last;
}

Outcome OutcomeOf(char letter) {
  switch (letter) {
    case 'a':
      return Outcome::kOld;
    case 'b':
      return Outcome::kNew;
    case '!':
      return Outcome::kRefused;
    default:
      return Outcome::kNothing;
  }
}

bool TakeScalar(std::string_view word, TypeRef& type) {
  if (word == "string" || word == "octets") {
    type.shape = Shape::kString;
    return true;
  }
  if (word == "bool") {
    type.shape = Shape::kBool;
    return true;
  }
  const bool is_signed = word.starts_with("int");
  if (!is_signed && !word.starts_with("uint")) return false;
  const std::string_view digits = word.substr(is_signed ? 3 : 4);
  unsigned bits = 64;
  if (!digits.empty()) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size()) return false;
  }
  type.shape = Shape::kInteger;
  type.is_signed = is_signed;
  type.bits = static_cast<uint8_t>(bits);
  return true;
}

/// The rule in a list's brackets.
void TakeRule(std::string_view rule, TypeRef& type) {
  if (rule == "interface") type.rule = ListRule::kInterface;
  if (rule == "trimmed") type.rule = ListRule::kTrimmed;
  if (rule.starts_with("by:")) {
    type.rule = ListRule::kKeyed;
    type.key = rule.substr(3);
  } else if (rule.starts_with("swap:")) {
    type.rule = ListRule::kKeyedSwap;
    type.key = rule.substr(5);
  }
}

}  // namespace

TypeRef TypeParser::Expression(std::string_view text) {
  TypeRef type;
  type.word = text;
  if (text.starts_with('*')) {
    type = Expression(text.substr(1));
    type.optional = true;
  } else if (text == "{args}") {
    type.shape = Shape::kArgs;
  } else if (text == "object") {
    type.shape = Shape::kObject;
  } else if (text.starts_with('<')) {
    type.shape = Shape::kPem;
    type.word = text.substr(1, text.size() - 2);
  } else if (text.starts_with("{}")) {
    type.shape = Shape::kMap;
    type.item = std::make_shared<const TypeRef>(Expression(text.substr(2)));
  } else if (text.starts_with('[')) {
    const size_t end = std::min(text.find(']'), text.size() - 1);
    type.shape = Shape::kList;
    TakeRule(text.substr(1, end - 1), type);
    type.item = std::make_shared<const TypeRef>(Expression(text.substr(end + 1)));
  } else if (text.starts_with('@')) {
    type.shape = Shape::kLeaf;
    type.word = text.substr(1);
  } else if (!TakeScalar(text, type)) {
    type.shape = Shape::kStruct;
  }
  return type;
}

void TypeParser::AddLeaf(const Columns& columns) {
  auto leaf = std::make_unique<LeafType>();
  leaf->name = columns[1];
  if (columns[2].size() == 4) {
    leaf->none_none = OutcomeOf(columns[2][0]);
    leaf->none_new = OutcomeOf(columns[2][1]);
    leaf->old_none = OutcomeOf(columns[2][2]);
    leaf->old_new = OutcomeOf(columns[2][3]);
  }
  leaf->selects = columns[3] == "selects";
  model_.leaves_.push_back(std::move(leaf));
}

void TypeParser::AddEnum(const Columns& columns) {
  auto leaf = std::make_unique<LeafType>();
  leaf->name = columns[1];
  leaf->zero = columns[2];
  leaf->words = Split(columns[3], ',');
  for (const std::string_view flag : Split(columns[4], ',')) {
    leaf->fold = leaf->fold || flag == "fold";
    leaf->number = leaf->number || flag == "number";
    leaf->empty = leaf->empty || flag == "empty";
    leaf->selects = leaf->selects || flag == "selects";
  }
  model_.leaves_.push_back(std::move(leaf));
}

void TypeParser::Line(const Columns& columns) {
  const std::string_view word = columns[0];
  if (word == "type" && columns.size() == 2) {
    model_.structs_.push_back(std::make_unique<StructType>());
    open_ = model_.structs_.back().get();
    open_->name = columns[1];
    return;
  }
  if (!Covers(columns.back(), model_.minor_)) return;
  if (word.empty() && columns.size() == 5 && open_ != nullptr) {
    open_->fields.push_back({columns[1], Expression(columns[2]), columns[3] == "replace"});
  } else if (word == "kind" && columns.size() == 5) {
    kind_types_.emplace_back(model_.kinds_.size(), columns[2]);
    model_.kinds_.push_back({columns[1] == "main" ? "" : columns[1], nullptr, columns[3] == "named"});
  } else if (word == "leaf" && columns.size() == 5) {
    AddLeaf(columns);
  } else if (word == "enum" && columns.size() == 6) {
    AddEnum(columns);
  } else {
    Problem("a line of " + std::to_string(columns.size()) + " columns: " + std::string(word));
  }
}

void TypeParser::Resolve(TypeRef& type) {
  if (type.item) {
    TypeRef item = *type.item;
    Resolve(item);
    type.item = std::make_shared<const TypeRef>(std::move(item));
  }
  if (type.shape == Shape::kStruct) {
    type.fields = model_.FindStruct(type.word.substr(type.optional && type.word.starts_with('*') ? 1 : 0));
    if (type.fields == nullptr) Problem("no type " + std::string(type.word));
  }
  if (type.shape != Shape::kLeaf) return;
  const auto& leaves = model_.leaves_;
  const auto found =
      std::lower_bound(leaves.begin(), leaves.end(), type.word,
                       [](const auto& leaf, std::string_view name) { return leaf->name < name; });
  if (found != leaves.end() && (*found)->name == type.word) type.leaf = found->get();
  if (type.leaf != nullptr && !type.leaf->words.empty()) type.shape = Shape::kEnum;
}

void TypeParser::Link() {
  const auto by_name = [](const auto& a, const auto& b) { return a->name < b->name; };
  std::sort(model_.structs_.begin(), model_.structs_.end(), by_name);
  std::sort(model_.leaves_.begin(), model_.leaves_.end(), by_name);
  for (const auto& structure : model_.structs_) {
    for (FieldType& field : structure->fields) Resolve(field.type);
    std::sort(structure->fields.begin(), structure->fields.end(),
              [](const FieldType& a, const FieldType& b) { return a.name < b.name; });
  }
  for (const auto& [index, name] : kind_types_) {
    model_.kinds_[index].fields = model_.FindStruct(name);
    if (model_.kinds_[index].fields == nullptr) Problem("no type " + std::string(name));
  }
  std::sort(model_.kinds_.begin(), model_.kinds_.end(),
            [](const KindType& a, const KindType& b) { return a.kind < b.kind; });
  // What a field that is not optional does to its owner, until nothing changes any more.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& structure : model_.structs_) {
      for (const FieldType& field : structure->fields) {
        const TypeRef& type = field.type;
        if (type.optional) continue;
        const bool inner = type.shape == Shape::kStruct && type.fields != nullptr && !field.replace;
        const bool leaf = type.shape == Shape::kLeaf && type.leaf != nullptr;
        const bool eager = type.shape == Shape::kBool || (inner && type.fields->eager) ||
                           (leaf && type.leaf->old_none != Outcome::kOld);
        const bool stuck =
            (inner && type.fields->stuck) || (leaf && type.leaf->none_none == Outcome::kRefused);
        changed = changed || (eager && !structure->eager) || (stuck && !structure->stuck);
        structure->eager = structure->eager || eager;
        structure->stuck = structure->stuck || stuck;
      }
    }
  }
}

void TypeParser::Parse(std::string_view data) {
  while (!data.empty()) {
    const size_t end = std::min(data.find('\n'), data.size());
    const std::string_view line = data.substr(0, end);
    data.remove_prefix(std::min(end + 1, data.size()));
    if (!line.empty() && !line.starts_with('#')) Line(Split(line, '\t'));
  }
  Link();
}

}  // namespace slipway::talos
