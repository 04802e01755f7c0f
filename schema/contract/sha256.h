#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// A SHA-256 digest.
struct Sha256 {
  std::array<uint8_t, 32> bytes{};

  auto operator<=>(const Sha256&) const = default;

  static Sha256 Of(std::string_view data);
  static std::optional<Sha256> ParseHex(std::string_view hex);  ///< 64 lower- or upper-case digits
  std::string ToHex() const;                                    ///< lower case
};

/// SHA-256 of bytes that arrive in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void Update(std::string_view data);
  Sha256 Finish();  ///< call once

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
