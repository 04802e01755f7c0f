#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"

namespace slipway {
namespace {

using Operator = LabelRequirement::Operator;

/// Moves the places of a text that was read by itself to where it stands in the resource's file. A block's
/// lines begin below the place of the value; its columns are those of a block indented by two.
void Shift(Mark& mark, Mark at, bool block) {
  if (mark.line == 0) {
    mark = at;
  } else if (block) {
    mark.line += at.line;
  } else {
    mark.column += at.column;
    mark.line += at.line - 1;
  }
}

void Shift(yaml::Value& value, Mark at, bool block) {
  Mark mark = value.mark();
  Shift(mark, at, block);
  value.set_mark(mark);
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) {
      Shift(entry.key_mark, at, block);
      Shift(entry.value, at, block);
    }
  }
  if (yaml::Sequence* items = value.AsSequence()) {
    for (yaml::Value& item : *items) Shift(item, at, block);
  }
}

InlinePatch ReadText(const yaml::Value& value, Reporter& reporter) {
  const std::string& text = *value.AsString();
  const bool block = text.find('\n') != std::string::npos;
  yaml::Stream stream = yaml::Read(text, reporter.file());
  for (Diagnostic& problem : stream.problems) {
    Shift(problem.mark, value.mark(), block);
    reporter.Add(std::move(problem));
  }
  InlinePatch patch;
  patch.json = stream.json;
  for (yaml::Document& document : stream.documents) {
    Shift(document.root, value.mark(), block);
    patch.documents.push_back(std::move(document.root));
  }
  return patch;
}

std::optional<Operator> ParseOperator(std::string_view word) {
  if (word == "In") return Operator::kIn;
  if (word == "NotIn") return Operator::kNotIn;
  if (word == "Exists") return Operator::kExists;
  if (word == "DoesNotExist") return Operator::kDoesNotExist;
  return std::nullopt;
}

void DecodeTerm(const yaml::Value& item, Reporter& reporter, LabelSelector& selector) {
  const std::optional<Operator> op = ParseOperator(TextOf(item, "operator").value);
  const std::string key = TextOf(item, "key").value;
  if (!op || key.empty()) return;
  LabelRequirement term{key, *op, {}};
  for (const yaml::Value& value : ItemsOf(item, "values")) {
    if (value.AsString() != nullptr) term.values.push_back(*value.AsString());
  }
  const bool lists = *op == Operator::kIn || *op == Operator::kNotIn;
  if (lists == !term.values.empty()) {
    selector.terms.push_back(std::move(term));
    return;
  }
  reporter.Error(
      item.mark(), code::kBadLabelSelector,
      "the operator " + Tick(TextOf(item, "operator").value) + (lists ? " needs values" : " takes no values"),
      lists ? "add `values: [a, b]`" : "remove `values`, or use In or NotIn");
}

LabelSelector DecodeSelector(const yaml::Value& item, Reporter& reporter) {
  LabelSelector selector;
  const yaml::Value* labels = item.Find("matchLabels");
  if (labels != nullptr && labels->AsMapping() != nullptr) {
    for (const yaml::Entry& label : *labels->AsMapping()) {
      if (const std::string* text = label.value.AsString()) {
        selector.terms.push_back({label.key, Operator::kIn, {*text}});
      }
    }
  }
  for (const yaml::Value& term : ItemsOf(item, "matchExpressions")) DecodeTerm(term, reporter, selector);
  return selector;
}

}  // namespace

std::vector<Patch> DecodePatches(const yaml::Value& parent, std::string_view key, Reporter& reporter) {
  std::vector<Patch> patches;
  for (const yaml::Value& item : ItemsOf(parent, key)) {
    const yaml::Value* in_place = item.Find("inline");
    if (in_place == nullptr) {
      Located<std::string> file = DecodeFileRef(item, "file", reporter);
      if (!file.value.empty()) patches.push_back({std::move(file), item.mark()});
    } else if (in_place->AsMapping() != nullptr || in_place->AsSequence() != nullptr) {
      patches.push_back({InlinePatch{{*in_place}, false}, item.mark()});
    } else if (in_place->AsString() != nullptr) {
      patches.push_back({ReadText(*in_place, reporter), item.mark()});
    } else {
      reporter.Error(in_place->mark(), code::kWrongType,
                     "`inline` must be a patch, but is a " + std::string(in_place->KindName()),
                     "write a mapping, a list of operations, or YAML text after `|`");
    }
  }
  patches.shrink_to_fit();
  return patches;
}

std::vector<PatchSelector> DecodePatchSelectors(const yaml::Value& patches, Reporter& reporter) {
  std::vector<PatchSelector> selectors;
  for (const yaml::Value& item : ItemsOf(patches, "selectors")) {
    selectors.push_back({DecodeSelector(item, reporter), DecodePatches(item, "patches", reporter)});
  }
  return selectors;
}

}  // namespace slipway
