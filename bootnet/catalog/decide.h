#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "bootnet/catalog/boot_files.h"
#include "bootnet/catalog/catalog.h"
#include "bootnet/install/installs.h"
#include "schema/contract/boot_event.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

/// The one gate: what a machine gets, through whichever door, and why.
namespace slipway {

/// What is known of machines outside of Git. Replaced as a whole.
struct Ledger {
  std::unordered_set<Mac> blocked;  ///< `slipway block MAC`: a node with one of these gets nothing
  /// What the console of an unknown machine says of the pull request that would approve it. It decides
  /// nothing.
  std::unordered_map<Mac, std::string> pulls{};
  bool operator==(const Ledger&) const = default;
};

/// Everything a decision is made from. Immutable; a server takes one per request.
struct Snapshot {
  std::shared_ptr<const Catalog> catalog;  ///< nullptr before the first generation
  std::shared_ptr<const BootFiles> boot_files;
  std::shared_ptr<const Ledger> ledger;
  std::shared_ptr<const Installs> installs;  ///< nullptr: nothing was installed yet
  int64_t now = 0;                           ///< Unix seconds
};

enum class ClientOrigin : uint8_t {
  kPeer,
  kHost,  ///< the machine Slipway runs on: loopback, or one of its own addresses
};

/// Who asks.
struct Client {
  Door door = Door::kHttp;
  ClientOrigin origin = ClientOrigin::kPeer;
  /// From the packet (DHCP), or from the kernel's neighbour table (TFTP, HTTP). Never from what a request
  /// says.
  std::optional<Mac> mac;
  Ipv4 address;
  std::string script_node{};   ///< whose own script was last fetched from this address; "" for none
  int64_t script_age_ms = -1;  ///< how long ago
};

/// What is asked for: how to boot (DHCP doors), or a path as NormalizeRequestPath returns it.
using Request = std::variant<ClientClass, std::string_view>;

enum class Reason : uint8_t {
  kApproved,        ///< the machine is in the served revision
  kHost,            ///< the server's own host asked
  kUnidentified,    ///< which machine asks cannot be known (routed, or no neighbour entry)
  kUnknownMachine,  ///< not in the served revision
  kBlocked,
  kNotYourScript,
  kNotYourConfig,
  kConfigOverTftp,
  kNotFound,
  kNothingServed,    ///< no generation yet
  kNoBootFile,       ///< no program for this platform in ipxe_dir
  kUnsupportedArch,  ///< no program exists for this platform
  kRaspberryPi,
  kWindow,        ///< a config, to the address that fetched the node's script a short while ago
  kWindowClosed,  ///< the same address did not, or too long ago
  kInstalled,     ///< the machine has completed its installation: it boots its disk
  kWipe,          ///< its disk is wiped first, once
  kWipeHeld,      ///< a wipe that would cost the cluster its quorum now
  kDone,          ///< the machine says that it is installed
};
std::string_view ToString(Reason reason);  ///< "Approved", "UnknownMachine", …: stable words of the journal

/// The call to /done was heard: there is no file to send.
struct Acknowledgement {
  bool operator==(const Acknowledgement&) const = default;
};

/// The screen at which an unknown machine waits: a script that is made for it.
struct WaitingScreen {
  bool operator==(const WaitingScreen&) const = default;
};

struct EntryScriptUrl {
  bool operator==(const EntryScriptUrl&) const = default;
};

/// The answer. Pointers live as long as the snapshot that was asked.
struct Decision {
  Outcome outcome = Outcome::kRefused;  ///< kAnswered: `what` may leave. Otherwise `what` is empty
  Reason reason = Reason::kNotFound;
  std::string message;                 ///< one sentence for people
  const BootEntry* machine = nullptr;  ///< the approved machine that asks, or whose file is asked for
  std::variant<std::monostate, Catalog::Item, const BootFile*, EntryScriptUrl, Acknowledgement, WaitingScreen>
      what;
  Served served = Served::kOther;  ///< what it means for the machine's installation
};

/// What a machine's console shows of a refusal: at most 32 bytes, which is what Talos prints of a body.
std::string_view ConsoleText(Reason reason);

/// Pure. Every door asks here and nowhere else.
Decision Decide(const Client& client, const Request& request, const Snapshot& snapshot);

}  // namespace slipway
