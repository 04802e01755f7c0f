#pragma once

#include <string_view>

#include "schema/fleet/cel.h"
#include "schema/fleet/cel_parse.h"

namespace slipway::cel {

/// The lexical layer of a text: space and comments, words, literals. Positions only move forward, past what
/// was taken.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  size_t at();  ///< of the next token
  bool AtEnd();
  bool Take(std::string_view sign);  ///< a sign that no longer sign begins with at this place
  bool TakeWord(std::string_view word);
  std::string_view TakeIdentifier();  ///< "" when there is none
  bool NextIsDigit();
  bool NextIsText();

  /// The literal there, whose beginning was looked at; the type that it has, or what is wrong with it.
  tl::expected<Type, CelProblem> TakeNumber(bool negative);
  tl::expected<Type, CelProblem> TakeText();

 private:
  void SkipSpace();
  char Peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  tl::unexpected<CelProblem> Problem(size_t at, std::string message) const;
  bool TakeEscape(bool bytes);
  bool TakeDigits(size_t count, int base);

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace slipway::cel
