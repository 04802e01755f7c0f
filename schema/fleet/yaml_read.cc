#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "schema/fleet/codes.h"
#include "schema/fleet/utf8.h"
#include "schema/fleet/yaml.h"
#include "schema/fleet/yaml_builder.h"
#include "schema/fleet/yaml_json.h"
#include "schema/fleet/yaml_source.h"

namespace slipway::yaml {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

uint32_t CodePoints(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0U) != 0x80; }));
}

/// Reads from memory that somebody else owns.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // the get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// Turns the parser's places (lines and byte columns from 0) into ours (lines and code point columns from 1).
class Places {
 public:
  Places(std::string_view text, uint32_t source) : text_(text), source_(source) {}

  Mark At(const YAML::Mark& mark) {
    if (mark.is_null() || mark.line < 0 || mark.column < 0) return {};
    const size_t position = Offset(mark);
    const size_t line_start = position - std::min(static_cast<size_t>(mark.column), position);
    return {static_cast<uint32_t>(mark.line) + 1, Column(line_start, position), source_};
  }

  /// Whether a null at `mark` is written out there. The parser reports an empty one at the next token.
  bool IsNullWritten(const YAML::Mark& mark) const {
    const std::string_view rest = text_.substr(Offset(mark), 4);
    return rest.starts_with('~') || rest == "null" || rest == "Null" || rest == "NULL";
  }

  /// The last character before `mark` that is no space: the indicator that announced an empty value.
  Mark BeforeSpace(const YAML::Mark& mark) {
    Mark place = At(mark);
    const size_t position = Offset(mark);
    const size_t last = text_.substr(0, position).find_last_not_of(" \t\r\n");
    if (last == std::string_view::npos) return place;
    const std::string_view skipped = text_.substr(last, position - last);
    const auto lines = static_cast<uint32_t>(std::count(skipped.begin(), skipped.end(), '\n'));
    if (place.line <= lines) return place;
    if (lines == 0) {
      place.column -= std::min(place.column - 1, CodePoints(skipped));
      return place;
    }
    const size_t newline = text_.substr(0, last).rfind('\n');
    place.line -= lines;
    place.column = Column(newline == std::string_view::npos ? 0 : newline + 1, last);
    return place;
  }

  size_t Offset(const YAML::Mark& mark) const {
    return std::min(static_cast<size_t>(std::max(mark.pos, 0)), text_.size());
  }
  std::string_view text() const { return text_; }

 private:
  /// Code points between, counted on from the last answer where that lies on the same line: asked in order, a
  /// file is walked once however long its lines are.
  uint32_t Column(size_t line_start, size_t position) {
    if (line_start != line_start_ || position < position_) {
      line_start_ = line_start;
      position_ = line_start;
      points_ = 0;
    }
    points_ += CodePoints(text_.substr(position_, position - position_));
    position_ = position;
    return points_ + 1;
  }

  std::string_view text_;
  uint32_t source_;
  size_t line_start_ = 0;
  size_t position_ = 0;
  uint32_t points_ = 0;
};

/// The parser turns the escapes \N and \_ (U+0085, U+00A0) into single bytes, as if its output were Latin-1.
/// The file itself was UTF-8, so any stray byte comes from there.
std::string RepairEscapes(std::string_view value) {
  std::string repaired;
  while (!value.empty()) {
    const CodePoint point = DecodeUtf8(value);
    if (point.length == 0) {
      const auto byte = static_cast<uint8_t>(value.front());
      repaired += static_cast<char>(0xc0U | byte >> 6U);
      repaired += static_cast<char>(0x80U | (byte & 0x3fU));
    } else {
      repaired.append(value.substr(0, point.length));
    }
    value.remove_prefix(std::max<size_t>(point.length, 1));
  }
  return repaired;
}

/// Hands the parser's events to the builder, and looks after what the parser lets pass.
class Handler : public YAML::EventHandler {
 public:
  Handler(Builder& builder, Places& places) : builder_(builder), places_(places) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!first_ && !IsDocumentStart(places_.text(), places_.Offset(mark))) {
      builder_.Report(places_.At(mark), code::kYamlSyntax,
                      "this line does not belong to the document above it",
                      "check the indentation, or begin a new document with `---`");
      throw Builder::Stop{};
    }
    first_ = false;
    builder_.StartDocument(places_.At(mark));
  }
  void OnDocumentEnd() override { builder_.EndDocument(); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Mark place;
    if (places_.IsNullWritten(mark)) {
      place = places_.At(mark);
      SetLast(mark, 4);
    } else if (!builder_.AtMappingValue(place)) {
      place = places_.BeforeSpace(mark);
    } else if (!in_flow_.back() && !IsKeyComplete(places_.text(), last_, last_length_)) {
      builder_.Report(place, code::kYamlSyntax,
                      "this line is neither a key with a `:` after it nor part of a value",
                      "add the `:`, or correct the indentation");
    }
    builder_.Null(place, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    SetLast(mark, 0);
    builder_.Alias(places_.At(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    SetLast(mark, value.size());
    const bool sound = FindInvalidUtf8(value) == std::string_view::npos;
    builder_.Scalar(places_.At(mark), tag, anchor, sound ? value : RepairEscapes(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    builder_.Start(Builder::Kind::kSequence, places_.At(mark), tag, anchor);
    in_flow_.push_back(style == YAML::EmitterStyle::Flow);
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    builder_.Start(Builder::Kind::kMapping, places_.At(mark), tag, anchor);
    in_flow_.push_back(style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override { End(); }

  /// To be called when there is no more to parse.
  void Finish() {
    if (!IsQuoteOpen(places_.text(), last_)) return;
    builder_.Report(last_mark_, code::kYamlSyntax, "a quoted value is never closed", "add the closing quote");
  }

 private:
  void SetLast(const YAML::Mark& mark, size_t length) {
    last_ = places_.Offset(mark);
    last_mark_ = places_.At(mark);
    last_length_ = length;
  }
  void End() {
    in_flow_.pop_back();
    builder_.End();
  }

  Builder& builder_;
  Places& places_;
  bool first_ = true;
  std::vector<bool> in_flow_;  ///< of the open containers
  size_t last_ = 0;            ///< where the latest scalar or alias begins
  size_t last_length_ = 0;     ///< bytes of its value
  Mark last_mark_;
};

/// What the parser's commonest complaints mean to somebody who does not know YAML's grammar.
struct Advice {
  std::string_view complaint;
  std::string_view message;
  std::string_view fix;
};
constexpr Advice kAdvice[] = {
    {"illegal map value", "`: ` stands where no value may begin",
     "quote text that contains `: `, or check the indentation"},
    {"illegal map key", "a key stands where none may begin", "check the indentation"},
    {"illegal block entry", "`- ` stands where no list item may begin",
     "quote text that begins with `- `, or check the indentation"},
    {"end of map not found", "the indentation of this line fits no mapping above it",
     "align it with the keys it belongs to"},
    {"end of sequence not found", "the indentation of this line fits no list above it",
     "align it with the items it belongs to"},
    {"end of map flow not found", "a `{` is never closed, or a comma is missing",
     "add the missing `}` or `,`"},
    {"end of sequence flow not found", "a `[` is never closed, or a comma is missing",
     "add the missing `]` or `,`"},
    {"illegal EOF in scalar", "a quoted value is never closed", "add the closing quote"},
    {"illegal flow end", "a closing bracket has no opening one", "remove it, or quote the text"},
    {"unknown token", "a value cannot begin with this character", "quote the value"},
    {"unknown escape character", "a backslash in double quotes begins no escape that YAML knows",
     "double the backslash, or use single quotes"},
};

/// The line of a place, without its end.
std::string_view LineAt(std::string_view text, const YAML::Mark& mark) {
  const auto position = std::min(static_cast<size_t>(std::max(mark.pos, 0)), text.size());
  const size_t newline = text.substr(0, position).rfind('\n');
  const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  return text.substr(start, text.find('\n', start) - start);
}

Diagnostic FromException(const YAML::Exception& error, std::string_view file, Mark mark,
                         std::string_view text) {
  Diagnostic problem{std::string(file), mark, code::kYamlSyntax, Severity::kError, "", ""};
  if (error.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR)) {
    const auto position = std::min(static_cast<size_t>(std::max(error.mark.pos, 0)), text.size());
    const std::string_view rest = text.substr(position);
    problem.code = code::kYamlUnknownAlias;
    problem.message = "the alias `" + ForDisplay(rest.substr(0, rest.find_first_of(" \t\r\n,]}")), 60) +
                      "` names no anchor";
    problem.fix = "define the anchor before its first use; quote the value if the `*` is meant";
    return problem;
  }
  const std::string_view line = LineAt(text, error.mark);
  if (line.find_first_not_of(' ') != std::string_view::npos && line[line.find_first_not_of(' ')] == '\t') {
    problem.message = "a tab is used for indentation";
    problem.fix = "indent with spaces";
    problem.mark.column = static_cast<uint32_t>(line.find('\t')) + 1;
    return problem;
  }
  for (const Advice& advice : kAdvice) {
    if (!error.msg.starts_with(advice.complaint)) continue;
    problem.message = advice.message;
    problem.fix = advice.fix;
    return problem;
  }
  problem.message = "not YAML: " + ForDisplay(error.msg);
  problem.fix = "see https://yaml.org/spec/1.2.2/ or quote the value";
  return problem;
}

/// Lines and columns of an offset.
Mark MarkAt(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  const auto lines = static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n'));
  return {lines + 1, CodePoints(before.substr(line_start)) + 1};
}

/// YAML 1.2.2 §5.1. The parser takes U+0004 for the end of its input, and NUL for a sign of UTF-16: neither
/// may reach it. npos when all characters are allowed; invalid UTF-8 was refused before.
size_t FindForbidden(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (byte == '\t' || byte == '\n' || byte == '\r') continue;
    if (byte < 0x80) return i;
    // Two-byte C2 80…9F are the C1 controls, of which only NEL (C2 85) is text; EF BF BE/BF are no
    // characters.
    if (byte == 0xc2 && static_cast<uint8_t>(text[i + 1]) < 0xa0 &&
        static_cast<uint8_t>(text[i + 1]) != 0x85) {
      return i;
    }
    if (byte == 0xef && static_cast<uint8_t>(text[i + 1]) == 0xbf &&
        static_cast<uint8_t>(text[i + 2]) >= 0xbe) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// Refuses what the parser must not see. True when it may.
bool CheckText(std::string_view text, std::string_view file, const Limits& limits, Diagnostics& problems) {
  const auto report = [&](Mark mark, int code, std::string message, std::string fix) {
    problems.push_back({std::string(file), mark, code, Severity::kError, std::move(message), std::move(fix)});
    return false;
  };
  if (text.size() > limits.bytes) {
    return report({}, code::kYamlTooLarge,
                  "the file has " + std::to_string(text.size()) + " bytes, more than the " +
                      std::to_string(limits.bytes) + " allowed",
                  "split the file");
  }
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid != std::string_view::npos) {
    return report(MarkAt(text, invalid), code::kYamlNotUtf8, "the file is not UTF-8 text",
                  "save it as UTF-8; binary data does not belong in a YAML file");
  }
  const size_t forbidden = FindForbidden(text);
  if (forbidden != std::string_view::npos) {
    const CodePoint point = DecodeUtf8(text.substr(forbidden));
    return report(MarkAt(text, forbidden), code::kYamlForbiddenCharacter,
                  "a character YAML does not allow: " + ForDisplay(text.substr(forbidden, point.length)),
                  "remove it, or write it as an escape in double quotes");
  }
  return true;
}

}  // namespace

Stream Read(std::string_view bytes, std::string_view file, const Limits& limits, Sources sources,
            uint32_t source) {
  Stream stream;
  std::string_view text = bytes;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (!CheckText(text, file, limits, stream.problems)) return stream;
  Places places(text, source);
  Builder builder(file, limits, stream, sources);
  const auto fail = [&](const std::string& what) {
    stream.problems.push_back({std::string(file),
                               {},
                               code::kYamlSyntax,
                               Severity::kError,
                               "the file could not be read: " + ForDisplay(what),
                               "see the message"});
  };
  try {
    ViewBuffer buffer(text);
    std::istream input(&buffer);
    YAML::Parser parser(input);
    Handler handler(builder, places);
    while (parser.HandleNextDocument(handler)) {
    }
    handler.Finish();
    stream.json = IsJsonList(text);
  } catch (const Builder::Stop&) {
    // Its problem is in the stream.
  } catch (const YAML::Exception& error) {
    stream.problems.push_back(FromException(error, file, places.At(error.mark), text));
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return stream;
}

}  // namespace slipway::yaml
