#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"

namespace slipway {

/// Takes secrets out of messages. No message should quote one; this is what holds when one does.
class Redactor {
 public:
  /// Texts that must not be seen. Of a text with several lines each line counts too. Very short ones are only
  /// masked where a message quotes them, and the words that every machine config holds are left alone.
  void Add(const std::vector<std::string>& secrets);
  void Seal();  ///< after the last Add, before the first Mask

  /// `text` with `[secret]` in the place of every secret in it, also where it was escaped or cut off.
  std::string Mask(std::string text) const;
  void Mask(Diagnostic& diagnostic) const;  ///< its message and its fix

 private:
  void AddOne(std::string_view text);
  std::vector<std::string> needles_;  ///< as messages show them
};

}  // namespace slipway
