#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bootnet/boot_network.h"
#include "tests/bootnet/world.h"

namespace slipway::testing {

/// A boot network on loopback with free ports, on a thread of its own, serving the small site.
class RunningNetwork {
 public:
  struct Options {
    SiteOptions site = {};
    BootLimits limits = {};
    PeerLookup identify = IdentifyPeer;
    TftpPorts tftp_ports = {};
    std::map<std::string, std::string> programs = {};  ///< name → bytes; none: those of the small site
    std::optional<std::pair<std::string, std::string>> tls = {};  ///< certificate and key
    enum class Served { kSite, kNothing } served = Served::kSite;
  };
  explicit RunningNetwork(Options options);
  ~RunningNetwork();

  BootPorts ports;
  BootNetwork& network() { return *network_; }
  const std::string& state_dir() const { return state_.path(); }

  /// Waits up to five seconds for an event with this reason and returns the first such.
  std::optional<BootEvent> WaitForEvent(std::string_view reason);
  std::vector<BootEvent> events() const;

 private:
  TempDir state_;
  boost::asio::io_context io_;
  std::unique_ptr<BootNetwork> network_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<BootEvent> events_;
  std::thread thread_;
};

PeerLookup AlwaysHost();
PeerLookup AlwaysMac(const Mac& mac);
PeerLookup AlwaysUnidentified();

/// A blocking TCP or UDP client with a five-second limit on every receive.
class TestSocket {
 public:
  enum class Kind { kTcp, kUdp };
  /// TCP connects; UDP only binds. `from` picks the source address inside 127.0.0.0/8.
  TestSocket(Kind kind, uint16_t port, Ipv4 from = {0x7f000001});
  ~TestSocket();
  TestSocket(const TestSocket&) = delete;
  TestSocket& operator=(const TestSocket&) = delete;

  void Send(std::string_view bytes);
  void SendTo(std::string_view bytes, uint16_t port);
  /// "" at the end of the stream, or when nothing came in time.
  std::string Receive();
  std::string ReceiveUntilClosed();
  void SetPatience(int milliseconds);                ///< for every receive from now on
  uint16_t last_port() const { return last_port_; }  ///< source of the last datagram
  int fd() const { return fd_; }

 private:
  int fd_;
  Kind kind_;
  uint16_t port_;
  uint16_t last_port_ = 0;
};

struct HttpReply {
  int status = 0;
  std::string head;
  std::string body;
};
/// One request on a connection of its own. `request` is everything up to and without the empty line.
HttpReply HttpAsk(uint16_t port, const std::string& request);
HttpReply HttpGet(uint16_t port, const std::string& target);

/// "name|octet|" → an RRQ, `|` standing for NUL.
std::string ReadRequestBytes(std::string_view text);

}  // namespace slipway::testing
