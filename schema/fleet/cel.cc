#include "schema/fleet/cel.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace slipway {
namespace {

constexpr int kDeepest = 64;
constexpr std::array<std::string_view, 12> kUnits = {"kB",  "MB",  "GB",  "TB",  "PB",  "EB",
                                                     "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
constexpr std::array<std::string_view, 13> kBinary = {"||", "&&", "==", "!=", "<=", ">=", "<",
                                                      ">",  "+",  "-",  "*",  "/",  "%"};

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Recursive descent over the text. Precedence is not looked at: it decides what an expression means, never
/// whether it is one.
class Parser {
 public:
  Parser(std::string_view text, std::initializer_list<std::string_view> names) : text_(text), names_(names) {}

  std::optional<CelProblem> Check() {
    if (Expression(0) && (SkipSpace(), at_ < text_.size())) Fail("something follows the expression");
    return problem_;
  }

 private:
  bool Fail(std::string message) {
    if (!problem_) problem_ = CelProblem{std::min(at_, text_.size()), std::move(message)};
    return false;
  }

  void SkipSpace() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  bool Take(std::string_view token) {
    SkipSpace();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  bool TakeWord(std::string_view word) {
    SkipSpace();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word) || (rest.size() > word.size() && IsWord(rest[word.size()]))) return false;
    at_ += word.size();
    return true;
  }

  bool Expression(int depth) {
    if (depth > kDeepest) return Fail("it is nested too deep");
    if (!Unary(depth)) return false;
    while (true) {
      if (Take("?"))
        return Expression(depth + 1) && (Take(":") || Fail("`?` lacks its `:`")) && Expression(depth + 1);
      const bool more =
          TakeWord("in") || std::any_of(kBinary.begin(), kBinary.end(), [this](auto op) { return Take(op); });
      if (!more) return true;
      if (!Unary(depth)) return false;
    }
  }

  bool Unary(int depth) {
    while (Take("!") || Take("-")) {
    }
    if (!Primary(depth)) return false;
    while (true) {
      if (Take(".")) {
        SkipSpace();
        if (Word().empty()) return Fail("a name must follow `.`");
        if (Take("(") && !Items(")", depth)) return false;
      } else if (Take("[")) {
        if (!Expression(depth + 1) || !(Take("]") || Fail("`[` lacks its `]`"))) return false;
      } else {
        return true;
      }
    }
  }

  bool Primary(int depth) {
    if (Take("(")) return Expression(depth + 1) && (Take(")") || Fail("`(` lacks its `)`"));
    if (Take("[")) return Items("]", depth);
    if (Take("{")) return Entries(depth);
    SkipSpace();
    if (at_ >= text_.size()) return Fail("it ends where a value is expected");
    const size_t quote = text_.find_first_not_of("rRbB", at_);
    if (quote != std::string_view::npos && quote - at_ <= 2 &&
        (text_[quote] == '"' || text_[quote] == '\'')) {
      return String(quote);
    }
    if (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) return Number();
    const size_t begin = at_;
    const std::string_view word = Word();
    if (word.empty()) return Fail("a value is expected here");
    if (word == "true" || word == "false" || word == "null") return true;
    if (Take("(")) return Items(")", depth);
    if (std::find(names_.begin(), names_.end(), word) != names_.end()) return true;
    if (std::find(kUnits.begin(), kUnits.end(), word) != kUnits.end()) return true;
    at_ = begin;
    std::string known;
    for (const std::string_view name : names_) known += (known.empty() ? "" : ", ") + std::string(name);
    return Fail("the name `" + std::string(word) + "` is not known here; known are " + known);
  }

  bool String(size_t quote) {
    const bool raw = text_.substr(at_, quote - at_).find_first_of("rR") != std::string_view::npos;
    const std::string_view triple = text_.substr(quote, 3);
    const bool is_triple = triple == "\"\"\"" || triple == "'''";
    const std::string_view end = is_triple ? triple : text_.substr(quote, 1);
    for (size_t i = quote + end.size(); i < text_.size(); ++i) {
      if (text_[i] == '\\' && !raw) {
        ++i;
      } else if (text_.substr(i).starts_with(end)) {
        at_ = i + end.size();
        return true;
      } else if (text_[i] == '\n' && !is_triple) {
        break;
      }
    }
    return Fail("a text lacks its closing quote");
  }

  bool Number() {
    while (at_ < text_.size() && (IsWord(text_[at_]) || text_[at_] == '.')) {
      const bool exponent = text_[at_] == 'e' || text_[at_] == 'E';
      ++at_;
      if (exponent && at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
    }
    return true;
  }

  std::string_view Word() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool Items(std::string_view end, int depth) {
    if (Take(end)) return true;
    do {
      if (!Expression(depth + 1)) return false;
    } while (Take(","));
    return Take(end) || Fail("a list lacks its `" + std::string(end) + "`");
  }

  bool Entries(int depth) {
    if (Take("}")) return true;
    do {
      if (!Expression(depth + 1) || !(Take(":") || Fail("a map's key lacks its `:`"))) return false;
      if (!Expression(depth + 1)) return false;
    } while (Take(","));
    return Take("}") || Fail("a map lacks its `}`");
  }

  std::string_view text_;
  std::initializer_list<std::string_view> names_;
  size_t at_ = 0;
  std::optional<CelProblem> problem_;
};

}  // namespace

std::optional<CelProblem> CheckCel(std::string_view text, std::initializer_list<std::string_view> names) {
  return Parser(text, names).Check();
}

}  // namespace slipway
