#include "reconciler/talos/types/leaf_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace slipway::talos {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string Lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::optional<unsigned> Number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<double> Decimal(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// A number, commas allowed, and a unit in any case.
bool IsBytes(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && (IsDigit(text[digits]) || text[digits] == '.' || text[digits] == ','))
    ++digits;
  std::string number(text.substr(0, digits));
  std::erase(number, ',');
  const std::optional<double> value = Decimal(number);
  if (!value) return false;
  static constexpr std::string_view kUnits[] = {"",    "b",  "k",  "ki",  "kb",  "kib", "m",  "mi", "mb",
                                                "mib", "g",  "gi", "gb",  "gib", "t",   "ti", "tb", "tib",
                                                "p",   "pi", "pb", "pib", "e",   "ei",  "eb", "eib"};
  const std::string unit = Lowered(Trimmed(text.substr(digits)));
  return std::find(std::begin(kUnits), std::end(kUnits), unit) != std::end(kUnits);
}

bool IsSignedBytes(std::string_view text, int minor) {
  constexpr int kNegativeSizes = 13;
  if (minor >= kNegativeSizes && text.starts_with('-')) text.remove_prefix(1);
  return IsBytes(text);
}

bool IsPercentage(std::string_view text) {
  if (!text.ends_with('%')) return false;
  text.remove_suffix(1);
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::optional<double> value = Decimal(text);
  return value && *value >= 0 && *value <= 100;
}

bool IsAddress(std::string_view text) {
  const size_t zone = text.find('%');
  if (zone != std::string_view::npos && zone + 1 == text.size()) return false;
  const std::string host(text.substr(0, zone));
  unsigned char buffer[16];
  if (host.find(':') != std::string::npos) return inet_pton(AF_INET6, host.c_str(), buffer) == 1;
  return zone == std::string_view::npos && inet_pton(AF_INET, host.c_str(), buffer) == 1;
}

bool IsPrefix(std::string_view text) {
  const size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, slash);
  const std::string_view length = text.substr(slash + 1);
  if (length.size() > 1 && length.front() == '0') return false;
  const unsigned most = host.find(':') == std::string_view::npos ? 32 : 128;
  return !length.empty() && IsAddress(host) && host.find('%') == std::string_view::npos &&
         Number(length, most);
}

bool IsAddressPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !Number(text.substr(colon + 1), 65535)) return false;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  return bracketed == (host.find(':') != std::string_view::npos) && IsAddress(host);
}

/// What Go's url.Parse takes: nearly anything but control characters, broken escapes and ports that are no
/// number.
bool IsUrl(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !std::isxdigit(static_cast<uint8_t>(text[i + 1])) ||
        !std::isxdigit(static_cast<uint8_t>(text[i + 2])))
      return false;
  }
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    const size_t colon = text.find(':');
    return colon != 0 && (colon == std::string_view::npos || text.find('/') < colon ||
                          std::isalpha(static_cast<uint8_t>(text[0])));
  }
  const std::string_view name = text.substr(0, scheme);
  const auto good = [](char c) {
    return std::isalnum(static_cast<uint8_t>(c)) || c == '+' || c == '-' || c == '.';
  };
  if (name.empty() || !std::isalpha(static_cast<uint8_t>(name[0])) ||
      !std::all_of(name.begin(), name.end(), good))
    return false;
  std::string_view host = text.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.find_first_of(" \"<>\\^`{|}") != std::string_view::npos) return false;
  const size_t bracket = host.rfind(']');
  if (host.starts_with('[') != (bracket != std::string_view::npos)) return false;
  const std::string_view rest = bracket == std::string_view::npos ? host : host.substr(bracket + 1);
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return bracket == std::string_view::npos || rest.empty();
  const std::string_view port = rest.substr(colon + 1);
  return std::all_of(port.begin(), port.end(), IsDigit);
}

/// Bytes of any number: hardware addresses and DHCP's unique identifiers. Colons may stand anywhere.
bool IsHardwareAddress(std::string_view text) {
  const auto colons = static_cast<size_t>(std::count(text.begin(), text.end(), ':'));
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char c) { return c == ':' || std::isxdigit(static_cast<uint8_t>(c)); });
  return digits && (text.size() - colons) % 2 == 0;
}

std::string PrintedBytes(std::string_view text) {
  std::string printed;
  for (const char c : Lowered(text)) {
    if (c == ':') continue;
    if (printed.size() % 3 == 2) printed += ':';
    printed += c;
  }
  return printed;
}

bool IsRoutingTable(std::string_view text) {
  for (const std::string_view word : {"unspec", "default", "main", "local"}) {
    if (Lowered(text) == word) return true;
  }
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 252 &&
         text.front() != '0' && text.front() != '+';
}

/// Go's time.ParseDuration; `zero` tells whether it is none.
bool IsDuration(std::string_view text, bool& zero) {
  zero = true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return true;
  if (text.empty()) return false;
  while (!text.empty()) {
    size_t digits = 0;
    size_t points = 0;
    for (; digits < text.size() && (IsDigit(text[digits]) || text[digits] == '.'); ++digits) {
      if (text[digits] == '.') ++points;
      if (text[digits] >= '1' && text[digits] <= '9') zero = false;
    }
    if (digits == points || points > 1) return false;
    text.remove_prefix(digits);
    bool known = false;
    for (const std::string_view unit : {"ns", "us", "µs", "μs", "ms", "s", "m", "h"}) {
      const bool longer = unit == "m" && text.starts_with("ms");
      if (longer || !text.starts_with(unit)) continue;
      text.remove_prefix(unit.size());
      known = true;
      break;
    }
    if (!known) return false;
  }
  return true;
}

/// Go's Duration.String of what ParseDuration reads.
std::string PrintedDuration(std::string_view text) {
  long double nanoseconds = 0;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  static constexpr std::pair<std::string_view, long double> kUnits[] = {
      {"ns", 1.0L}, {"us", 1e3L}, {"µs", 1e3L}, {"μs", 1e3L},
      {"ms", 1e6L}, {"s", 1e9L},  {"m", 60e9L}, {"h", 3600e9L}};
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const long double number = std::strtold(std::string(text.substr(0, digits)).c_str(), nullptr);
    text.remove_prefix(digits);
    const auto unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& item) {
      return text.starts_with(item.first) && !(item.first == "m" && text.starts_with("ms"));
    });
    if (unit == std::end(kUnits)) break;
    nanoseconds += number * unit->second;
    text.remove_prefix(unit->first.size());
  }
  const auto total = static_cast<uint64_t>(nanoseconds + 0.5L);
  if (total == 0) return "0s";
  constexpr uint64_t kSecond = 1'000'000'000;
  const auto fraction = [](uint64_t value, uint64_t whole) {
    std::string digits = std::to_string(whole + value % whole).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    return std::to_string(value / whole) + (digits.empty() ? "" : '.' + digits);
  };
  std::string printed = negative ? "-" : "";
  if (total < 1'000) return printed + std::to_string(total) + "ns";
  if (total < 1'000'000) return printed + fraction(total, 1'000) + "µs";
  if (total < kSecond) return printed + fraction(total, 1'000'000) + "ms";
  const uint64_t minutes = total / (60 * kSecond);
  if (minutes >= 60) printed += std::to_string(minutes / 60) + 'h';
  if (minutes > 0) printed += std::to_string(minutes % 60) + 'm';
  return printed + fraction(total % (60 * kSecond), kSecond) + 's';
}

std::string PrintedAddress(const std::string& text) {
  const size_t zone = std::min(text.find('%'), text.size());
  unsigned char address[16];
  char printed[64];
  const std::string host = text.substr(0, zone);
  if (host.find(':') == std::string::npos || inet_pton(AF_INET6, host.c_str(), address) != 1 ||
      inet_ntop(AF_INET6, address, printed, sizeof printed) == nullptr) {
    return text;
  }
  return printed + text.substr(zone);
}

bool IsPortRange(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return Number(text, 65535).has_value();
  return Number(text.substr(0, dash), 65535) && Number(text.substr(dash + 1), 65535);
}

bool IsSizeCondition(std::string_view text) {
  text = Trimmed(text);
  for (const std::string_view sign : {">=", "<=", "==", ">", "<"}) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    break;
  }
  return IsBytes(Trimmed(text));
}

}  // namespace

std::string PrintedText(const LeafType& leaf, const std::string& text) {
  const std::string_view type = leaf.name.substr(leaf.name.find('.') + 1);
  if (type == "Duration") return PrintedDuration(text);
  if (type == "Addr") return PrintedAddress(text);
  if (type == "Prefix") {
    const size_t slash = std::min(text.rfind('/'), text.size());
    return PrintedAddress(text.substr(0, slash)) + text.substr(slash);
  }
  if (type == "HardwareAddr") return PrintedBytes(text);
  return text;
}

bool IsBase64(std::string_view text) {
  size_t count = 0;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    ++count;
    if (c == '=') {
      ++padding;
      continue;
    }
    if (padding > 0 || !(std::isalnum(static_cast<uint8_t>(c)) || c == '+' || c == '/')) return false;
  }
  return count % 4 == 0 && padding <= 2;
}

std::string_view LeafProblem(const LeafType& leaf, std::string_view text, int minor) {
  const std::string_view type = leaf.name.substr(leaf.name.find('.') + 1);
  bool zero = false;
  if (type == "Duration") return IsDuration(text, zero) ? "" : "a duration like 1m30s";
  if (type == "Base64Bytes") return IsBase64(text) ? "" : "text in base64";
  if (type == "HardwareAddr")
    return IsHardwareAddress(text) ? "" : "hexadecimal bytes like 6c:4b:90:8b:a1:6d";
  if (type == "PortRange") return IsPortRange(text) ? "" : "a port like 80, or a range like 8000-8080";
  if (type == "DiskSize") return IsBytes(text) ? "" : "a size like 100GB";
  if (type == "InstallDiskSizeMatcher") return IsSizeCondition(text) ? "" : "a condition like `>= 100GB`";
  if (type == "RoutingTable")
    return IsRoutingTable(text) ? "" : "a routing table: main, local or a number up to 252";
  if (type == "MDLevel") return Lowered(text) == "raid1" ? "" : "raid1";
  if (type == "VLANProtocol") return text == "802.1q" || text == "802.1ad" ? "" : "802.1q or 802.1ad";
  if (text.empty()) return "";
  if (type == "ByteSize") return IsSignedBytes(text, minor) ? "" : "a size like 10GiB";
  if (type == "Size") {
    const bool good =
        text.find('%') != std::string_view::npos ? IsPercentage(text) : IsSignedBytes(text, minor);
    return good ? "" : "a size like 10GiB, or a part like 80%";
  }
  if (type == "Addr") return IsAddress(text) ? "" : "an IP address like 10.0.128.2";
  if (type == "Prefix") return IsPrefix(text) ? "" : "an IP address and a prefix length like 10.0.128.0/24";
  if (type == "AddrPort") return IsAddressPort(text) ? "" : "an IP address and a port like 10.0.128.2:514";
  if (type == "URL" || type == "Endpoint") return IsUrl(text) ? "" : "a URL like https://10.0.128.100:6443";
  return "";
}

bool IsZeroText(const LeafType& leaf, std::string_view text) {
  if (text.empty()) return leaf.name != "v1alpha1.Base64Bytes";
  if (!leaf.words.empty()) return text == leaf.zero;
  bool zero = false;
  if (leaf.name == "time.Duration") return IsDuration(text, zero) && zero;
  if (leaf.name == "nethelpers.RoutingTable") return text == "unspec" || text == "0";
  return false;
}

std::string_view EnumWord(const LeafType& leaf, std::string_view text) {
  const auto same = [&](std::string_view word) {
    return leaf.fold ? Lowered(word) == Lowered(text) : word == text;
  };
  const auto found = std::find_if(leaf.words.begin(), leaf.words.end(), same);
  if (found != leaf.words.end()) return *found;
  if (text.empty() && leaf.empty) return leaf.zero;
  const std::optional<unsigned> index = leaf.number ? Number(text, 255) : std::nullopt;
  if (index && *index < leaf.words.size()) return leaf.words[*index];
  return "";
}

}  // namespace slipway::talos
