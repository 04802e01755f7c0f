#include "reconciler/import/variables.h"

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

bool IsNameByte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

size_t NameEnd(std::string_view text, size_t from) {
  while (from < text.size() && IsNameByte(text[from])) ++from;
  return from;
}

class Expander {
 public:
  Expander(std::string_view text, const Lookup& lookup) : text_(text), lookup_(lookup) {}

  Expanded Run() {
    while (at_ < text_.size()) {
      const size_t dollar = text_.find('$', at_);
      out_.text += text_.substr(at_, dollar - at_);
      if (dollar == std::string_view::npos) break;
      at_ = dollar;
      Step();
    }
    return std::move(out_);
  }

 private:
  /// At a `$`.
  void Step() {
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (next == '$') {
      out_.text += '$';
      at_ += 2;
    } else if (next == '{') {
      Braced();
    } else if (IsNameByte(next)) {
      const size_t end = NameEnd(text_, at_ + 1);
      const std::string name(text_.substr(at_ + 1, end - at_ - 1));
      if (name == "_") {
        out_.text += "$_";
      } else {
        Put(name, text_.substr(at_, end - at_));
      }
      at_ = end;
    } else {
      out_.text += '$';
      ++at_;
    }
  }

  void Braced() {
    const size_t begin = at_ + 2;
    const size_t end = NameEnd(text_, begin);
    const size_t close = text_.find('}', end);
    const std::string name(text_.substr(begin, end - begin));
    if (close == std::string_view::npos || name.empty()) {
      out_.text += '$';
      ++at_;
      return;
    }
    const std::string_view whole = text_.substr(at_, close + 1 - at_);
    std::string_view rest = text_.substr(end, close - end);
    at_ = close + 1;
    if (rest.empty()) return Put(name, whole);
    const bool colon = rest.front() == ':';
    if (colon) rest.remove_prefix(1);
    const char op = rest.empty() ? '\0' : rest.front();
    if (op != '-' && op != '=' && op != '+') return Put(name, whole);
    const auto value = lookup_(name);
    const bool present = value && (!colon || !value->empty());
    if (op == '+' ? !present : present) {
      if (op != '+') out_.text += *value;
      return;
    }
    Expanded other = ExpandVariables(rest.substr(1), lookup_);
    out_.text += other.text;
    out_.missing.insert(out_.missing.end(), other.missing.begin(), other.missing.end());
  }

  void Put(const std::string& name, std::string_view written) {
    const auto value = lookup_(name);
    if (value && !value->empty()) {
      out_.text += *value;
    } else {
      out_.missing.push_back(name);
      out_.text += written;
    }
  }

  std::string_view text_;
  const Lookup& lookup_;
  size_t at_ = 0;
  Expanded out_;
};

void SetMarks(yaml::Value& value, Mark mark) {
  value.set_mark(mark);
  if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) SetMarks(item, mark);
  } else if (yaml::Mapping* entries = value.AsMapping()) {
    for (yaml::Entry& entry : *entries) SetMarks(entry.value, mark);
  }
}

class DocumentExpander {
 public:
  DocumentExpander(const std::vector<yaml::ScalarSource>& sources, const Lookup& lookup)
      : sources_(sources), lookup_(lookup) {}

  void Walk(yaml::Value& value) {
    if (yaml::Mapping* entries = value.AsMapping()) {
      for (yaml::Entry& entry : *entries) {
        if (entry.key.find('$') != std::string::npos) entry.key = Expand(entry.key, entry.key_mark);
        Walk(entry.value);
      }
    } else if (yaml::Sequence* list = value.AsSequence()) {
      for (yaml::Value& item : *list) Walk(item);
    } else {
      Scalar(value);
    }
  }

  std::vector<MissingVariable> missing;

 private:
  std::string Expand(const std::string& text, Mark mark) {
    Expanded expanded = ExpandVariables(text, lookup_);
    for (std::string& name : expanded.missing) missing.push_back({mark, std::move(name)});
    return std::move(expanded.text);
  }

  void Scalar(yaml::Value& value) {
    const yaml::ScalarSource* source = next_ < sources_.size() ? &sources_[next_] : nullptr;
    ++next_;
    const std::string* text = value.AsString();
    if (text == nullptr || text->find('$') == std::string::npos) return;
    const Mark mark = value.mark();
    std::string expanded = Expand(*text, mark);
    if (expanded == *text) return;
    value = yaml::Value(expanded);
    if (source != nullptr && source->style == yaml::ScalarSource::Style::kPlain) {
      yaml::Stream stream = yaml::Read(expanded, "");
      if (stream.problems.empty() && stream.documents.size() == 1) {
        value = std::move(stream.documents.front().root);
      }
    }
    SetMarks(value, mark);
  }

  const std::vector<yaml::ScalarSource>& sources_;
  const Lookup& lookup_;
  size_t next_ = 0;
};

std::string Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

}  // namespace

Expanded ExpandVariables(std::string_view text, const Lookup& lookup) { return Expander(text, lookup).Run(); }

std::vector<MissingVariable> ExpandDocument(yaml::Document& document, const Lookup& lookup) {
  DocumentExpander expander(document.sources, lookup);
  expander.Walk(document.root);
  return std::move(expander.missing);
}

std::optional<std::map<std::string, std::string>> ReadVariables(const std::vector<yaml::Document>& documents,
                                                                std::string_view text) {
  std::map<std::string, std::string> variables;
  if (!documents.empty() && documents.front().root.AsMapping() != nullptr) {
    for (const yaml::Document& document : documents) {
      if (document.root.AsMapping() == nullptr) return std::nullopt;
      const yaml::Mapping& entries = *document.root.AsMapping();
      const bool flat = document.sources.size() == entries.size();
      for (size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].key == "sops") continue;
        variables[entries[i].key] = flat ? document.sources[i].text : ScalarText(entries[i].value);
      }
    }
    return variables;
  }
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string line = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with("export ")) line.erase(0, 7);
    if (line.empty() || line.front() == '#' || line == "---") continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos) return std::nullopt;
    std::string value = Trim(std::string_view(line).substr(equals + 1));
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    if (quoted) value = value.substr(1, value.size() - 2);
    variables[Trim(std::string_view(line).substr(0, equals))] = value;
  }
  return variables;
}

}  // namespace slipway::imports
