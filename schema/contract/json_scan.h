#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway {

/// Cuts a JSON text (RFC 8259) into tokens without building anything. For our own large documents, whose
/// shape is fixed: a general parser takes ten times as long for a manifest of 20,000 files, and machines get
/// the old generation meanwhile. Of numbers it knows whole ones within int64; fractions, booleans and null
/// are kBad, since no document of ours holds any. Never throws.
class JsonScanner {
 public:
  enum class Token { kObject, kObjectEnd, kArray, kArrayEnd, kColon, kComma, kString, kNumber, kEnd, kBad };

  /// `text` must outlive the scanner.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  Token Next();

  /// The value of the last kString, valid until the next one.
  std::string_view string() const { return string_; }
  int64_t number() const { return number_; }  ///< of the last kNumber
  size_t position() const { return at_; }     ///< bytes read so far

 private:
  Token String();
  Token EscapedString(size_t end);
  Token Number();

  std::string_view text_;
  size_t at_ = 0;
  std::string_view string_;
  std::string unescaped_;
  int64_t number_ = 0;
};

}  // namespace slipway
