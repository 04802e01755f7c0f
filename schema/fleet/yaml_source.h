#pragma once

#include <cstddef>
#include <string_view>

/// What the parser lets pass although the grammar does not: looked up in the text itself, by offset.
namespace slipway::yaml {

/// Whether a document after the first may begin at `position`: at `---`, or after `...`. The parser goes on
/// with a new document wherever the text fits the last one no more, so that a wrong indentation would go
/// unnoticed.
bool IsDocumentStart(std::string_view text, size_t position);

/// Whether a block mapping's key, whose event came from `position` with a text of `length` bytes, is followed
/// by a colon or announced by `? `. The parser takes a line without a colon for a key without a value.
bool IsKeyComplete(std::string_view text, size_t position, size_t length);

/// Whether the scalar at `position` begins a quote that is never closed. The parser closes it at the end of
/// the file.
bool IsQuoteOpen(std::string_view text, size_t position);

}  // namespace slipway::yaml
