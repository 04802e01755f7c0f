#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/mac.h"
#include "schema/fleet/result.h"

namespace slipway {

/// What a machine said of itself through iPXE. Nothing of it is believed but the first MAC where the network
/// showed it; whoever shows the texts escapes them.
struct MachineFacts {
  std::vector<Mac> macs;  ///< the first is the one that it was seen with; no two alike, at most kMostMacs
  std::string uuid;       ///< SMBIOS, lower case; "" where it has none of its own
  std::string serial;
  std::string asset;
  std::string manufacturer;
  std::string product;
  std::string arch;  ///< iPXE's buildarch: "x86_64", "i386", "arm64", …; or what DHCP said: "efi-x86_64", …
  bool operator==(const MachineFacts&) const = default;
};
inline constexpr size_t kMostMacs = 8;

/// A UUID that no board shares with others of its model: not zeros, not ones, none of the well-known fillers.
/// Lower case; "" for what is none.
std::string OwnUuid(std::string_view text);

/// Whether two are one machine: a MAC in common, or the same UUID of its own.
bool SameMachine(const MachineFacts& a, const MachineFacts& b);

/// A machine that knocked and is in no revision.
struct Sighting {
  MachineFacts facts;
  int64_t first_seen = 0;  ///< Unix seconds
  int64_t last_seen = 0;
  bool operator==(const Sighting&) const = default;
};

/// All of them, at most `limit`: the one unseen the longest makes room, so that a flood of forged MACs costs
/// a bounded amount of memory and disk. Pure; not thread-safe.
class Sightings {
 public:
  explicit Sightings(size_t limit = 1'000) : limit_(limit) {}

  /// True where there is something to write: a machine that is new, or said something new, or was last
  /// written more than a minute ago. A second card of a known machine joins it.
  bool Note(const MachineFacts& facts, int64_t now);
  /// Forgets those that one of whose MACs is approved now. True where there were any.
  template <class Approved>
  bool ForgetIf(Approved approved) {
    return std::erase_if(list_, [&](const Sighting& s) { return approved(s.facts); }) > 0;
  }
  const std::vector<Sighting>& list() const { return list_; }
  const Sighting* Find(const Mac& mac) const;

  std::string Encode() const;
  /// Replaces what is known. An entry that cannot be read is left out.
  Result<void> Decode(std::string_view json);

 private:
  size_t limit_;
  std::vector<Sighting> list_;  ///< first seen first
};

/// One machine's facts as JSON, for the messages between processes.
std::string EncodeFacts(const MachineFacts& facts);
Result<MachineFacts> DecodeFacts(std::string_view json);

inline constexpr std::string_view kSightingsName = "sightings.json";

}  // namespace slipway
