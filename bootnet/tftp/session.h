#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bootnet/catalog/unique_fd.h"
#include "bootnet/net/datagram.h"
#include "bootnet/net/services.h"
#include "bootnet/tftp/transfer.h"

namespace slipway::tftp {

/// Opens the file of a transfer when its first byte is needed.
using Opener = std::function<Result<UniqueFd>()>;

struct SessionParts {
  Client client;
  uint16_t peer_port = 0;
  Ipv4 local;
  std::string fingerprint;  ///< the request's bytes, to know a repeated one
  Terms terms;
  uint64_t size = 0;
  Opener opener;
  BootEvent event;      ///< reported once, when the transfer ends
  std::string program;  ///< name of the boot program, "" for other files
};

/// One transfer: its own socket, a timer, and the state machine that decides. Where options were agreed the
/// file is opened only when the peer answered, so that a forged request costs a socket and some bytes.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::io_context& io, std::shared_ptr<Services> services, SessionParts parts);

  /// `on_end` is called once, from the io_context. An error when no socket was to be had.
  Result<void> Start(std::function<void()> on_end);
  void Stop();

  bool IsSameRequest(std::string_view fingerprint) const { return parts_.fingerprint == fingerprint; }
  bool HasProgress() const { return transfer_.state() != Transfer::State::kOpening; }
  void OnDuplicateRequest();

 private:
  void OnDatagram(const Datagram& datagram);
  void Do(const Step& step);
  enum class Sending : uint8_t { kGood, kBroken };
  Sending SendBlocks(uint64_t first, uint32_t count);
  void Send(std::span<const uint8_t> bytes);
  void ArmTimer(int64_t deadline_ms);
  void End(Outcome outcome, std::string reason, std::string message);

  std::shared_ptr<Services> services_;
  SessionParts parts_;
  boost::asio::io_context& io_;
  std::shared_ptr<DatagramSocket> socket_;
  boost::asio::steady_timer timer_;
  Transfer transfer_;
  std::vector<uint8_t> oack_;
  UniqueFd file_;
  std::function<void()> on_end_;
  enum class Life : uint8_t { kRunning, kEnded } life_ = Life::kRunning;
};

}  // namespace slipway::tftp
