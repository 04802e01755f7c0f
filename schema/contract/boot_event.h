#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schema/contract/machine_facts.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway {

/// Through which door a machine spoke.
enum class Door : uint8_t { kDhcp, kPxe, kTftp, kHttp, kInstall };
inline constexpr size_t kDoors = 5;
std::string_view ToString(Door door);  ///< "dhcp", "pxe", "tftp", "http", "install"

enum class Outcome : uint8_t {
  kAnswered,  ///< it got what it asked for
  kIgnored,   ///< no packet left
  kRefused,   ///< it was told no
  kFailed,    ///< it was allowed, and something broke underway
};
std::string_view ToString(Outcome outcome);

/// What an answer means for the installation of a machine.
enum class Served : uint8_t {
  kOther,
  kScript,       ///< its script, which installs
  kWipeScript,   ///< its script, which wipes first
  kLocalScript,  ///< the way to its disk
  kInitramfs,    ///< the last thing that a script fetches
  kConfig,
  kDone,  ///< it said that it is installed
};

/// What was seen, what was answered, and why. Deciding code fills it, acting code hands it to the journal;
/// nobody waits for the journal. Strings from the wire are raw: whoever shows them escapes them.
struct BootEvent {
  int64_t time_ms = 0;  ///< Unix milliseconds, set by the acting side
  Door door = Door::kHttp;
  Outcome outcome = Outcome::kIgnored;
  std::string reason;           ///< stable CamelCase word: Approved, UnknownMachine, NotPxe, BadPacket, …
  std::string message;          ///< one sentence for people
  std::optional<Mac> mac;       ///< of the machine, where the door shows it
  std::optional<Ipv4> address;  ///< its address, where it has one
  std::string node;             ///< name of the approved node, "" otherwise
  std::string request;          ///< "DISCOVER", "RRQ snponly.efi", "GET /boot.ipxe"
  std::string answer;           ///< "OFFER snponly.efi", "200", …
  uint64_t size = 0;            ///< of the file it is of
  Served served = Served::kOther;
  std::string revision;  ///< that was served to it, where `served` says more than kOther
  std::string digest;    ///< of a config, in hex
  uint64_t bytes = 0;    ///< of the body that left; of all that are told together
  uint32_t count = 1;    ///< equal events that are told together
  // What the machine said of itself, where it did.
  std::string arch;          ///< "efi-x86_64", "bios", …
  std::string vendor_class;  ///< option 60
  std::string user_class;    ///< option 77
  std::string uuid;          ///< option 97 or iPXE's ?uuid=
  std::string serial;        ///< iPXE's ?serial=
  std::string product;       ///< iPXE's ?manufacturer= and ?product=
  /// All that an unknown machine told at /unknown; null for every other event. Not part of the journal.
  std::shared_ptr<const MachineFacts> facts{};
};

/// One line of JSON without a newline; every control character escaped.
std::string EncodeBootEvent(const BootEvent& event);

}  // namespace slipway
