#include "schema/fleet/yaml.h"
#include "schema/fleet/yaml_scalar.h"

namespace slipway::yaml {
namespace {

/// Readers only look 1,024 characters ahead for the colon of a key; longer ones are announced with `? `.
constexpr size_t kLongKey = 128;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Document(const Value& root) {
    if (IsOpen(root)) {
      Block(root, 0);
      return;
    }
    // At the top level a block's text would stand at the margin, where `---` and `...` are markers.
    const std::string* text = root.AsString();
    if (text != nullptr && ChooseStyle(*text) == Style::kLiteral) {
      AppendQuoted(out_, *text);
    } else {
      Scalar(root, 0);
    }
    NewLine();
  }

 private:
  /// A container with something in it: its items go on lines of their own.
  static bool IsOpen(const Value& value) {
    if (const Mapping* mapping = value.AsMapping()) return !mapping->empty();
    if (const Sequence* sequence = value.AsSequence()) return !sequence->empty();
    return false;
  }

  /// Writes the items of an open container; the caller has brought the line to column `indent`.
  void Block(const Value& value, size_t indent) {
    bool first = true;
    const auto start_item = [&] {
      if (!first) out_.append(indent, ' ');
      first = false;
    };
    if (const Mapping* mapping = value.AsMapping()) {
      for (const Entry& entry : *mapping) {
        start_item();
        KeyAndValue(entry, indent);
      }
      return;
    }
    for (const Value& item : *value.AsSequence()) {
      start_item();
      out_ += "- ";
      if (IsOpen(item)) {
        Block(item, indent + 2);
      } else {
        Scalar(item, indent + 2);
        NewLine();
      }
    }
  }

  void KeyAndValue(const Entry& entry, size_t indent) {
    if (entry.key.size() > kLongKey) {
      out_ += "? ";
      AppendQuoted(out_, entry.key);
      NewLine();
      out_.append(indent, ' ');
    } else if (ChooseStyle(entry.key) == Style::kPlain) {
      out_ += entry.key;
    } else {
      AppendQuoted(out_, entry.key);
    }
    out_ += ':';
    if (IsOpen(entry.value)) {
      NewLine();
      out_.append(indent + 2, ' ');
      Block(entry.value, indent + 2);
      return;
    }
    out_ += ' ';
    Scalar(entry.value, indent + 2);
    NewLine();
  }

  /// Ends the line; a literal block that keeps its last line break has ended it already.
  void NewLine() {
    if (out_.empty() || out_.back() != '\n') out_ += '\n';
  }

  void Scalar(const Value& value, size_t indent) {
    if (const std::string* text = value.AsString()) {
      switch (ChooseStyle(*text)) {
        case Style::kPlain:
          out_ += *text;
          return;
        case Style::kQuoted:
          AppendQuoted(out_, *text);
          return;
        case Style::kLiteral:
          Literal(*text, indent);
          return;
      }
    } else if (value.AsMapping() != nullptr) {
      out_ += "{}";
    } else if (value.AsSequence() != nullptr) {
      out_ += "[]";
    } else {
      AppendAtom(out_, value);
    }
  }

  void Literal(std::string_view text, size_t indent) {
    out_ += '|';
    if (!text.ends_with('\n')) {
      out_ += '-';
    } else if (text.ends_with("\n\n")) {
      out_ += '+';
    }
    out_ += '\n';
    while (!text.empty()) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty()) out_.append(indent, ' ').append(line);
      out_ += '\n';
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }

  std::string& out_;
};

}  // namespace

std::string Write(const std::vector<const Value*>& documents) {
  std::string out;
  for (const Value* document : documents) {
    if (document != documents.front()) out += "---\n";
    Writer(out).Document(*document);
  }
  return out;
}

std::string Write(const Value& document) { return Write(std::vector<const Value*>{&document}); }

}  // namespace slipway::yaml
