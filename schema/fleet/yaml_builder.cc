#include "schema/fleet/yaml_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "schema/fleet/codes.h"
#include "schema/fleet/utf8.h"
#include "schema/fleet/yaml_resolve.h"

namespace slipway::yaml {
namespace {

constexpr size_t kMostProblems = 100;

/// Aliases multiply text as well as nodes: a 256 KiB scalar needs only few of them.
constexpr size_t kTextExpansion = 4;

std::string Quoted(std::string_view text) { return '`' + ForDisplay(text, 60) + '`'; }

std::string TagForDisplay(std::string_view tag) {
  if (tag.starts_with(kTagPrefix)) return "!!" + ForDisplay(tag.substr(kTagPrefix.size()), 40);
  return ForDisplay(tag, 40);
}

ScalarSource SourceOf(const std::string& tag, const std::string& text) {
  using Style = ScalarSource::Style;
  if (tag == "?") return {text, Style::kPlain, ""};
  if (tag == "!") return {text, Style::kQuoted, ""};
  return {text, Style::kTagged, tag.substr(std::min(kTagPrefix.size(), tag.size()))};
}

}  // namespace

Builder::Builder(std::string_view file, const Limits& limits, Stream& stream, Sources sources)
    : file_(file), limits_(limits), stream_(stream), sources_(sources) {}

void Builder::StartDocument(Mark mark) {
  document_ = Document{Value{}, mark, {}};
  frames_.clear();
  anchors_.clear();
  CountNodes(mark, 1);
}

void Builder::EndDocument() {
  if (document_.root.IsNull()) return;
  document_.mark = document_.root.mark();
  stream_.documents.push_back(std::move(document_));
  document_ = Document{};
}

void Builder::Null(Mark mark, size_t anchor) {
  if (TakesKey()) {
    Report(mark, code::kYamlKeyNotScalar, "a key is missing or null", "give the entry a name");
    AddKey(mark, "");
    return;
  }
  AddNode(mark);
  KeepSource({});
  if (anchor != 0) CompleteAnchor(mark, anchor).state = Anchor::State::kScalar;
}

void Builder::Scalar(Mark mark, const std::string& tag, size_t anchor, const std::string& text) {
  if (text.size() > limits_.scalar_bytes) {
    Fail(mark, code::kYamlScalarTooLong,
         "a value has " + std::to_string(text.size()) + " bytes, more than the " +
             std::to_string(limits_.scalar_bytes) + " allowed",
         "keep large data out of the fleet repository");
  }
  CountText(mark, text.size());
  Value value;
  if (tag == "?") {
    value = ResolvePlain(text);
  } else if (!IsKnownScalarTag(tag)) {
    Report(mark, code::kYamlUnknownTag, "the tag " + TagForDisplay(tag) + " is not supported",
           "remove the tag");
  } else if (auto tagged = ResolveTagged(tag, text)) {
    value = *std::move(tagged);
  } else {
    Report(mark, code::kYamlTagMismatch, Quoted(text) + " does not fit its tag " + TagForDisplay(tag),
           "correct the value or remove the tag");
  }
  if (anchor != 0) {
    Anchor& record = CompleteAnchor(mark, anchor);
    record.state = Anchor::State::kScalar;
    record.scalar = value;
    record.scalar.set_mark(mark);
    record.text = text.size();
    if (sources_ == Sources::kKeep) record.source = SourceOf(tag, text);
  }
  if (TakesKey()) {
    if (tag == "?" && text == "<<") {
      Report(mark, code::kYamlMergeKey, "merge keys (`<<`) are not supported",
             "write the merged fields out, or put what is shared into a patch file; quote the key if it is "
             "meant");
    }
    AddKey(mark, text);
    return;
  }
  Value& node = AddNode(mark);
  node = std::move(value);
  node.set_mark(mark);
  if (sources_ == Sources::kKeep) document_.sources.push_back(SourceOf(tag, text));
}

void Builder::Alias(Mark mark, size_t anchor) {
  const Anchor& source = AnchorAt(anchor);
  if (source.state == Anchor::State::kUnknown) {
    Fail(mark, code::kYamlUnknownAlias, "the alias names no anchor",
         "define the anchor before its first use");
  }
  if (source.state == Anchor::State::kOpen) {
    Fail(mark, code::kYamlCyclicAlias, "the alias stands inside the value it refers to",
         "write the value out: a document cannot contain itself");
  }
  if (TakesKey()) {
    const std::string* text = source.scalar.AsString();
    if (source.state == Anchor::State::kContainer || text == nullptr) {
      Report(mark, code::kYamlKeyNotScalar, "an alias used as a key must stand for a string",
             "write the key out");
    }
    const std::string key = text == nullptr ? "" : *text;
    CountText(mark, key.size());
    AddKey(mark, key);
    return;
  }
  if (frames_.size() + source.height > limits_.depth) {
    Fail(mark, code::kYamlTooDeep,
         "with its aliases expanded the document nests deeper than " + std::to_string(limits_.depth) +
             " levels",
         "flatten the structure");
  }
  CountNodes(mark, std::max<size_t>(source.nodes, 1) - 1);
  CountText(mark, source.text);
  Value& node = AddNode(mark);
  node = source.state == Anchor::State::kScalar ? source.scalar : Follow(source.path);
  RepeatSources(source);
  if (!frames_.empty()) frames_.back().height = std::max(frames_.back().height, source.height + 1);
}

void Builder::KeepSource(const ScalarSource& source) {
  if (sources_ == Sources::kKeep) document_.sources.push_back(source);
}

void Builder::RepeatSources(const Anchor& anchor) {
  if (anchor.state == Anchor::State::kScalar) return KeepSource(anchor.source);
  for (size_t i = anchor.sources_begin; i < anchor.sources_end; ++i)
    KeepSource(ScalarSource(document_.sources[i]));
}

void Builder::Start(Kind kind, Mark mark, const std::string& tag, size_t anchor) {
  if (TakesKey()) {
    Fail(mark, code::kYamlKeyNotScalar,
         "a key is a list or a mapping, or a bracket before it is never closed",
         "use a plain word as the key, and close every bracket");
  }
  if (frames_.size() >= limits_.depth) {
    Fail(mark, code::kYamlTooDeep, "nested deeper than " + std::to_string(limits_.depth) + " levels",
         "flatten the structure");
  }
  const std::string_view expected = kind == Kind::kMapping ? "map" : "seq";
  const bool plain = tag == "?" || tag == "!";
  if (!plain && tag != std::string(kTagPrefix) + std::string(expected)) {
    Report(mark, code::kYamlUnknownTag, "the tag " + TagForDisplay(tag) + " is not supported here",
           "remove the tag");
  }
  Value& node = AddNode(mark);
  node = kind == Kind::kMapping ? Value(Mapping{}) : Value(Sequence{});
  node.set_mark(mark);
  if (anchor != 0) {
    Anchor& record = AnchorAt(anchor);
    record.state = Anchor::State::kOpen;
    record.path = CurrentPath();
  }
  frames_.push_back(
      {&node, kind == Kind::kMapping, true, anchor, nodes_ - 1, text_, document_.sources.size(), 1});
}

void Builder::End() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.mapping) CheckDuplicates(*frame.node->AsMapping());
  if (!frames_.empty()) frames_.back().height = std::max(frames_.back().height, frame.height + 1);
  if (frame.anchor == 0) return;
  Anchor& record = AnchorAt(frame.anchor);
  record.state = Anchor::State::kContainer;
  record.nodes = nodes_ - frame.nodes_before;
  record.text = text_ - frame.text_before;
  record.height = frame.height;
  record.sources_begin = frame.sources_before;
  record.sources_end = document_.sources.size();
}

bool Builder::AtMappingValue(Mark& mark) const {
  if (frames_.empty() || !frames_.back().mapping || frames_.back().at_key) return false;
  mark = frames_.back().node->AsMapping()->back().key_mark;
  return true;
}

void Builder::Report(Mark mark, int code, std::string message, std::string fix) {
  stream_.problems.push_back(
      {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
  if (stream_.problems.size() == kMostProblems) {
    Fail(mark, code::kYamlTooManyProblems, "too many problems in this file, the rest was not looked at",
         "correct the ones above first");
  }
}

Value& Builder::AddNode(Mark mark) {
  CountNodes(mark, 1);
  Value* node = &document_.root;
  if (!frames_.empty()) {
    Frame& parent = frames_.back();
    if (parent.mapping) {
      node = &parent.node->AsMapping()->back().value;
      parent.at_key = true;
    } else {
      node = &parent.node->AsSequence()->emplace_back();
    }
  }
  node->set_mark(mark);
  return *node;
}

void Builder::AddKey(Mark mark, const std::string& text) {
  Frame& frame = frames_.back();
  frame.node->AsMapping()->push_back(Entry{text, mark, Value{}});
  frame.at_key = false;
}

void Builder::CountNodes(Mark mark, size_t count) {
  nodes_ += count;
  if (nodes_ <= limits_.nodes) return;
  Fail(mark, code::kYamlTooManyNodes,
       "more than " + std::to_string(limits_.nodes) + " values once aliases are expanded",
       "split the file, or use fewer aliases");
}

void Builder::CountText(Mark mark, size_t bytes) {
  text_ += bytes;
  if (text_ <= limits_.bytes * kTextExpansion) return;
  Fail(mark, code::kYamlTooManyNodes,
       "more than " + std::to_string(limits_.bytes * kTextExpansion) +
           " bytes of text once aliases are expanded",
       "split the file, or use fewer aliases");
}

Builder::Anchor& Builder::AnchorAt(size_t anchor) {
  // The parser numbers anchors from 1 without gaps, each with a node of its own: the node budget bounds this.
  if (anchor >= anchors_.size()) anchors_.resize(anchor + 1);
  return anchors_[anchor];
}

Builder::Anchor& Builder::CompleteAnchor(Mark mark, size_t anchor) {
  Anchor& record = AnchorAt(anchor);
  record.nodes = 1;
  record.scalar.set_mark(mark);
  return record;
}

std::vector<size_t> Builder::CurrentPath() const {
  std::vector<size_t> path;
  path.reserve(frames_.size());
  for (const Frame& frame : frames_) {
    path.push_back((frame.mapping ? frame.node->AsMapping()->size() : frame.node->AsSequence()->size()) - 1);
  }
  return path;
}

const Value& Builder::Follow(const std::vector<size_t>& path) const {
  const Value* node = &document_.root;
  for (const size_t index : path) {
    const Mapping* mapping = node->AsMapping();
    node = mapping != nullptr ? &(*mapping)[index].value : &(*node->AsSequence())[index];
  }
  return *node;
}

void Builder::CheckDuplicates(const Mapping& mapping) {
  const auto report = [&](size_t first, size_t second) {
    const Entry& entry = mapping[second];
    Report(entry.key_mark, code::kYamlDuplicateKey,
           "duplicate key " + Quoted(entry.key) + ", first given on line " +
               std::to_string(mapping[first].key_mark.line),
           "keep one of the two");
  };
  if (mapping.size() <= 12) {
    for (size_t second = 1; second < mapping.size(); ++second) {
      for (size_t first = 0; first < second; ++first) {
        if (mapping[first].key != mapping[second].key) continue;
        report(first, second);
        break;
      }
    }
    return;
  }
  std::vector<size_t> order(mapping.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const int compared = mapping[a].key.compare(mapping[b].key);
    return compared != 0 ? compared < 0 : a < b;
  });
  for (size_t i = 1, first = 0; i < order.size(); ++i) {
    if (mapping[order[i]].key != mapping[order[first]].key) {
      first = i;
    } else {
      report(order[first], order[i]);
    }
  }
}

void Builder::Fail(Mark mark, int code, std::string message, std::string fix) {
  stream_.problems.push_back(
      {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
  throw Stop{};
}

}  // namespace slipway::yaml
