#pragma once

#include <string>

/// Other people's words in Markdown. Private to this room.
namespace slipway::plan {

/// As a code span: no back-tick, no line break, no table border.
std::string Code(std::string text);

/// As plain words: what others wrote must not become markup, a mention or a link.
std::string Plain(const std::string& text);

}  // namespace slipway::plan
