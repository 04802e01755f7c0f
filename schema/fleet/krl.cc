#include "schema/fleet/krl.h"

#include <cstdint>
#include <optional>

namespace slipway {
namespace {

constexpr std::string_view kMagic("SSHKRL\n\0", 8);

/// Takes what RFC 4251 §5 writes from the front of some bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  std::optional<std::string_view> Bytes(size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::optional<uint8_t> Byte() {
    const auto taken = Bytes(1);
    if (!taken) return std::nullopt;
    return static_cast<uint8_t>(taken->front());
  }
  std::optional<uint32_t> Number() {
    const auto taken = Bytes(4);
    if (!taken) return std::nullopt;
    uint32_t value = 0;
    for (const char c : *taken) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  std::optional<std::string_view> Text() {
    const auto length = Number();
    return length ? Bytes(*length) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

enum Section : uint8_t { kCertificates = 1, kKeys = 2, kSha1 = 3, kSha256 = 5 };

/// A row of strings; `size`: of each, 0 for any but none.
bool AreTexts(std::string_view data, size_t size) {
  Reader reader(data);
  while (!reader.done()) {
    const auto text = reader.Text();
    if (!text || text->empty() || (size != 0 && text->size() != size)) return false;
  }
  return true;
}

/// The authority's key, "" for all, a reserved string, and rows of serial numbers or key ids.
bool AreCertificates(std::string_view data) {
  constexpr uint8_t kFirst = 0x20;  // serial numbers: a list, a range, a bitmap; key ids
  constexpr uint8_t kLast = 0x23;
  Reader reader(data);
  if (!reader.Text() || !reader.Text()) return false;
  while (!reader.done()) {
    const auto kind = reader.Byte();
    const auto rows = reader.Text();
    if (!rows || *kind < kFirst || *kind > kLast) return false;
  }
  return true;
}

bool Fits(uint8_t kind, std::string_view data) {
  switch (kind) {
    case kCertificates:
      return AreCertificates(data);
    case kKeys:
      return AreTexts(data, 0);
    case kSha1:
      return AreTexts(data, 20);
    case kSha256:
      return AreTexts(data, 32);
    default:
      return false;
  }
}

}  // namespace

bool IsKrl(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::string KrlProblem(std::string_view bytes) {
  Reader reader(bytes);
  if (!IsKrl(bytes)) return "the list does not begin as one";
  reader.Bytes(kMagic.size());
  const auto version = reader.Number();
  if (!version || *version != 1) return "the list is of a form that is not known";
  constexpr size_t kNumbers = 24;  // its version, when it was made, flags
  if (!reader.Bytes(kNumbers) || !reader.Text() || !reader.Text()) return "the list ends within its head";
  while (!reader.done()) {
    const auto kind = reader.Byte();
    const auto data = reader.Text();
    if (!data) return "the list ends within a section";
    if (!Fits(*kind, *data)) return "a section of kind " + std::to_string(*kind) + " is damaged or not known";
  }
  return {};
}

}  // namespace slipway
