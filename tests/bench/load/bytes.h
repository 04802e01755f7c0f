#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <vector>

/// What both load clients need.
namespace slipway::bench {

/// A file in memory, to compare what arrives with.
class Expected {
 public:
  explicit Expected(const std::string& path);  ///< ends the program when it cannot be read
  Expected(Expected&& other) noexcept : data_(other.data_), size_(other.size_) { other.data_ = nullptr; }
  Expected(const Expected&) = delete;
  ~Expected();
  uint64_t size() const { return size_; }
  /// Whether these are the bytes at `offset`.
  bool Matches(uint64_t offset, const void* bytes, size_t length) const;

 private:
  const char* data_ = nullptr;
  uint64_t size_ = 0;
};

/// "10.1.2.3" → network order address; ends the program otherwise.
sockaddr_in Address(const std::string& host, uint16_t port);
/// "10.1.0.1+200": the addresses to speak from, one after the other.
std::vector<sockaddr_in> Sources(const std::string& text);

[[noreturn]] void Die(const std::string& message);
int64_t NowUs();
/// As many descriptors as the hard limit allows.
void RaiseDescriptorLimit();

}  // namespace slipway::bench
