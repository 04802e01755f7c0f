#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/fleet/diagnostic.h"

/// YAML as Slipway reads and writes it. Only yaml_read.cc includes yaml-cpp, and only its
/// event API.
namespace slipway::yaml {

class Value;
struct Entry;
using Sequence = std::vector<Value>;
using Mapping = std::vector<Entry>;  ///< in source order; keys are unique

/// How the author wrote a number, where that is not how Slipway writes it: `0644`, `0x1f`, `1e3`. Null where
/// it is. Needed where a schema turns a number into text, or reads it by other rules than YAML 1.2's.
using Spelling = std::shared_ptr<const std::string>;

/// A whole number, however its author spelled it; it is written back in decimal. Equality ignores the
/// spelling.
struct Integer {
  int64_t value = 0;
  Spelling spelling = nullptr;
  bool operator==(const Integer& other) const { return value == other.value; }
};
struct Float {
  double value = 0;
  Spelling spelling = nullptr;
  bool operator==(const Float& other) const;  ///< NaN equals NaN: this is about documents, not arithmetic
};

/// One node of a document, with the place it came from. Value type; equality ignores places.
/// Integers beyond int64 are floats, as YAML's core schema allows.
class Value {
 public:
  Value();  ///< null
  explicit Value(bool value);
  explicit Value(int64_t value);
  explicit Value(double value);
  explicit Value(std::string value);
  explicit Value(std::string_view value);
  explicit Value(const char* value);
  explicit Value(Sequence value);
  explicit Value(Mapping value);
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  bool IsNull() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* AsBool() const { return std::get_if<bool>(&data_); }
  const Integer* AsInteger() const { return std::get_if<Integer>(&data_); }
  const Float* AsFloat() const { return std::get_if<Float>(&data_); }
  const std::string* AsString() const { return std::get_if<std::string>(&data_); }
  const Sequence* AsSequence() const { return std::get_if<Sequence>(&data_); }
  const Mapping* AsMapping() const { return std::get_if<Mapping>(&data_); }
  Sequence* AsSequence() { return std::get_if<Sequence>(&data_); }
  Mapping* AsMapping() { return std::get_if<Mapping>(&data_); }

  /// "null", "boolean", "integer", "number", "string", "list", "mapping": JSON Schema's words but for the
  /// last two.
  std::string_view KindName() const;

  /// The entry of this mapping, or nullptr (also when this is not a mapping).
  const Value* Find(std::string_view key) const;
  Value* Find(std::string_view key);

  /// The entry of this mapping, made (null) at the end when absent. Turns a null value into a mapping first;
  /// any other kind is a caller's bug and is replaced by a mapping. The reference is good until this mapping
  /// grows.
  Value& At(std::string_view key);

  /// Removes the entry; true when there was one.
  bool Erase(std::string_view key);

  Mark mark() const { return mark_; }
  void set_mark(Mark mark) { mark_ = mark; }

  /// Makes every place in here and below one of this source (Mark::source).
  void SetSource(uint32_t source);

  /// Gives everything in here and below that has no line yet this place.
  void SetPlace(Mark place);

  /// Gives everything in here and below that has no source yet the source of `place`; and what is of that
  /// source and has no line, its line and column.
  void FillPlaces(Mark place);

  /// This number, remembering its author's text when it is another than Slipway's own.
  Value Spelled(const std::string& text) const;

  /// A scalar as its author wrote it (quotes and escapes undone); "" for null and for containers.
  std::string ScalarText() const;

  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, Integer, Float, std::string, Sequence, Mapping> data_;
  Mark mark_;
};

struct Entry {
  std::string key;
  Mark key_mark;
  Value value;
  bool operator==(const Entry& other) const { return key == other.key && value == other.value; }
};

// Only here, where an Entry is complete, can a Value be made, moved and destroyed.
inline Value::Value() = default;
inline Value::Value(bool value) : data_(value) {}
inline Value::Value(int64_t value) : data_(Integer{value}) {}
inline Value::Value(double value) : data_(Float{value}) {}
inline Value::Value(std::string value) : data_(std::move(value)) {}
inline Value::Value(std::string_view value) : data_(std::string(value)) {}
inline Value::Value(const char* value) : data_(std::string(value)) {}
inline Value::Value(Sequence value) : data_(std::move(value)) {}
inline Value::Value(Mapping value) : data_(std::move(value)) {}
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline bool Value::operator==(const Value& other) const { return data_ == other.data_; }

/// Bounds on one file. The defaults are the product's.
struct Limits {
  size_t bytes = 1U << 20U;
  size_t depth = 64;
  size_t nodes = 200'000;  ///< after aliases are expanded: an alias bomb meets this
  size_t scalar_bytes = 1U << 18U;
};

/// How a scalar stands in its file, for whoever types scalars by other rules than ours.
struct ScalarSource {
  enum class Style { kPlain, kQuoted, kTagged };
  std::string text;  ///< after folding and escapes
  Style style = Style::kPlain;
  std::string tag;  ///< of kTagged: "str", "int", "float", "bool" or "null"
};

/// One document of a stream. `mark` is where its root node begins.
struct Document {
  Value root;
  Mark mark;
  std::vector<ScalarSource> sources{};  ///< with Sources::kKeep: of every value that is no container and no
                                        ///< key, in document order, aliases expanded
};

struct Stream {
  std::vector<Document> documents;  ///< empty documents (comments only, or null) are left out
  Diagnostics problems;  ///< SW10xx; when not empty, documents before the problem may still be there
  bool json = false;     ///< a list, in text that is JSON as well
};

enum class Sources { kDrop, kKeep };

/// Reads a YAML stream by the YAML 1.2 core schema: `no` is a string, `0o14` is 12, `0x1f` is 31, `0644` is
/// 644, `~` is null. Errors: syntax, duplicate keys, keys that are not scalars, merge keys (`<<`), unknown
/// aliases and cycles, tags other than the core ones, invalid UTF-8, NUL bytes, and whatever is over
/// `limits`. A byte-order mark is skipped, CRLF is a line end. `file` is only written into diagnostics,
/// `source` into the marks of the values. Never throws.
Stream Read(std::string_view bytes, std::string_view file, const Limits& limits = {},
            Sources sources = Sources::kDrop, uint32_t source = 0);

/// Writes documents in block style, two-space indent, `---` between documents, a final newline. Every scalar
/// is quoted whenever a YAML 1.1 or a YAML 1.2 reader would otherwise see another type or value; text with
/// line breaks becomes a literal block where that is lossless. Read(Write(x)) == x. Deterministic.
std::string Write(const std::vector<const Value*>& documents);
std::string Write(const Value& document);

}  // namespace slipway::yaml
