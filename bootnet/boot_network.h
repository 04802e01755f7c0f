#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootnet/catalog/decide.h"
#include "bootnet/catalog/neighbour.h"
#include "bootnet/install/progress.h"
#include "schema/contract/boot_event.h"
#include "schema/contract/dhcp_status.h"
#include "schema/contract/dns_counters.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/result.h"

namespace boost::asio {
class io_context;
}

namespace slipway {

/// What one machine, or all of them together, may hold at a time.
struct BootLimits {
  uint32_t http_connections = 4096;
  uint32_t http_connections_per_client = 128;  ///< per address; several machines may stand behind one
  int64_t http_idle_ms = 60'000;               ///< between two requests
  int64_t http_head_ms = 10'000;               ///< from a request head's first byte to its last
  int64_t http_stall_ms = 30'000;              ///< without one byte of a response leaving
  uint32_t tftp_transfers = 4096;
  uint32_t tftp_transfers_per_client = 16;
  uint32_t tftp_requests_per_second = 200;  ///< of one source, twice as many at once; a Pi asks for dozens
  uint16_t tftp_block_size = 1468;          ///< largest that is agreed to: MTU less 32
  uint16_t tftp_window_size = 64;
};

struct PortRange {
  uint16_t first = 0;  ///< 0: any free port
  uint16_t last = 0;
  bool operator==(const PortRange&) const = default;
};

/// Where TFTP transfers run.
struct TftpPorts {
  enum class Mode : uint8_t {
    kOwn,    ///< each on a port of its own, out of `range` where one is given
    kSingle  ///< all on the server's port
  } mode = Mode::kOwn;
  PortRange range = {};
  bool operator==(const TftpPorts&) const = default;
};

struct BootNetworkConfig {
  enum class DhcpMode : uint8_t {
    kProxy,   ///< beside the site's DHCP server
    kServer,  ///< as the site's DHCP server
    kAuto,  ///< a server only where a subnet has a range and no other server was heard for long, else a proxy
    kObserve,  ///< nothing is sent; what a proxy would answer is recorded
    kOff,
  };

  /// The provisioning LANs, by name. May be empty where DHCP is off: then HTTP and TFTP listen at `address`.
  std::vector<std::string> interfaces;
  std::optional<Ipv4> address;  ///< default: the interface's first address; without interfaces 0.0.0.0
  DhcpMode dhcp = DhcpMode::kProxy;
  std::string lease_path;  ///< file of the leases; for kServer and kAuto
  /// Whether an address is asked for on the network before it is offered.
  enum class Probing : uint8_t { kArp, kOff } dhcp_probing = Probing::kArp;
  int64_t dhcp_quiet_seconds = 3600;  ///< kAuto: how long no other server may be heard before it becomes one
  uint16_t dhcp_port = 67;            ///< 0 in any of these: a free one, for tests
  uint16_t pxe_port = 4011;
  uint16_t tftp_port = 69;
  TftpPorts tftp_ports;
  uint16_t http_port = 8080;
  std::optional<uint16_t> https_port;  ///< the same files over TLS, with the two below
  std::string tls_certificate;         ///< PEM files; read again when they change
  std::string tls_key;
  uint16_t dns_port = 53;  ///< open only while the Site's dns is enabled
  uint16_t dhcp_client_port = 68;
  BootLimits limits;
  PeerLookup identify = IdentifyPeer;  ///< replaced by tests
  /// The install ledger, as its keeper read it. Shared: the boot network writes what it learns into it.
  std::shared_ptr<Installs> installs = std::make_shared<Installs>();
  /// Told of rows of the ledger that changed, on the io_context's thread; must not block.
  std::function<void(std::vector<InstallChange>)> on_install;
  uint16_t talos_api_port = 50000;
  std::chrono::milliseconds look_for_installs_every{10'000};
};

/// The ports that are bound; 0 where a server is not up.
struct BootPorts {
  uint16_t dhcp = 0;
  uint16_t pxe = 0;
  uint16_t tftp = 0;
  uint16_t http = 0;
  uint16_t https = 0;
  uint16_t dns = 0;  ///< 0 also while the Site asks for none
};

/// Since the start.
struct BootCounters {
  uint64_t answered = 0;  ///< events by outcome
  uint64_t ignored = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  uint64_t http_connections = 0;  ///< now
  uint64_t tftp_transfers = 0;    ///< now
  uint64_t body_bytes = 0;        ///< that left, all doors
  DnsCounters dns = {};
};

/// One place where machines are answered, for the status page.
struct BootPlace {
  std::string interface;  ///< "" where none is named
  std::string address;    ///< "" while there is none
  BootPorts ports;
  std::string problem;  ///< what is missing, "" when everything configured is up
};

/// The boot network: DHCP on 67 and 4011, TFTP and HTTP on every configured interface, driven by one
/// io_context that one thread runs. Every request goes through Decide and ends in one BootEvent.
class BootNetwork {
 public:
  /// `sink` is called on the io_context's thread and must not block. Nothing is opened yet.
  BootNetwork(boost::asio::io_context& io, BootNetworkConfig config, std::function<void(BootEvent)> sink,
              BootFiles boot_files);
  /// On the io_context's thread, or when it does not run. Ends every transfer.
  ~BootNetwork();
  BootNetwork(const BootNetwork&) = delete;
  BootNetwork& operator=(const BootNetwork&) = delete;

  /// Opens every server. Call once, on the io_context's thread or before it runs. An error (a port in use, an
  /// address that is not here) names the setting to change; the servers that could be opened are up
  /// nevertheless, and the others are tried again every two seconds. An interface that is not there yet is no
  /// error: it is served when it appears (event InterfaceAppeared).
  Result<void> Start();

  /// What is served from now on; requests under way end with what they began with. Any thread.
  void SetCatalog(std::shared_ptr<const Catalog> catalog);
  void SetLedger(Ledger ledger);

  BootPorts ports() const;                ///< of the first interface that is up; the io_context's thread
  std::vector<BootPlace> places() const;  ///< the io_context's thread
  DhcpStatus dhcp() const;                ///< the io_context's thread
  BootCounters counters() const;          ///< any thread
  std::shared_ptr<const Installs> installs() const;  ///< the install ledger; any thread

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace slipway
