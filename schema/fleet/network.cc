#include "schema/fleet/network.h"

namespace slipway {

std::string AddressRange::ToString() const { return first.ToString() + '-' + last.ToString(); }

std::optional<AddressRange> AddressRange::Parse(std::string_view text) {
  const size_t hyphen = text.find('-');
  if (hyphen == std::string_view::npos) return std::nullopt;
  const auto trimmed = [](std::string_view part) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    return part;
  };
  const auto first = Ipv4::Parse(trimmed(text.substr(0, hyphen)));
  const auto last = Ipv4::Parse(trimmed(text.substr(hyphen + 1)));
  if (!first || !last || *last < *first) return std::nullopt;
  return AddressRange{*first, *last};
}

}  // namespace slipway
