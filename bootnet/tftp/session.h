#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bootnet/net/services.h"
#include "bootnet/tftp/content.h"
#include "bootnet/tftp/socket.h"
#include "bootnet/tftp/transfer.h"

namespace slipway::tftp {

struct SessionParts {
  Client client;
  Peer peer;
  std::string fingerprint;  ///< the request's bytes, to know a repeated one
  Terms terms;
  uint64_t size = 0;  ///< as sent, so after any translation
  Sha256 digest;
  Encoding encoding = Encoding::kOctet;
  Opener opener;
  std::shared_ptr<const Content> content;  ///< where it is at hand already
  BootEvent event;                         ///< reported once, when the transfer ends
  std::string program;                     ///< name of the boot program, "" for other files
};

/// One transfer: does what the state machine says. Where options were agreed the file is opened only when the
/// peer answered, so that a forged request costs some bytes. The server keeps the time and, in single-port
/// mode, the socket.
class Session {
 public:
  Session(std::shared_ptr<Services> services, std::shared_ptr<Socket> socket,
          std::shared_ptr<ContentCache> contents, SessionParts parts);

  void Start();
  void OnPacket(std::span<const uint8_t> bytes);  ///< from its peer
  void OnDuplicateRequest();
  void OnTimer();
  void Stop();

  bool HasEnded() const { return life_ == Life::kEnded; }
  int64_t deadline_ms() const { return deadline_ms_; }  ///< when OnTimer is due, by Services::NowMs
  int64_t started_ms() const { return started_ms_; }
  bool IsSameRequest(std::string_view fingerprint) const { return parts_.fingerprint == fingerprint; }
  bool IsRestart() const { return transfer_.IsRestart(Services::NowMs()); }
  bool HasProgress() const { return transfer_.state() != Transfer::State::kOpening; }
  const Peer& peer() const { return parts_.peer; }
  Socket& socket() { return *socket_; }

 private:
  void Do(const Step& step);
  enum class Sending : uint8_t { kGood, kBroken };
  Sending SendBlocks(uint64_t first, uint32_t count);
  void Break(std::string message);
  void End(Outcome outcome, std::string reason, std::string message);

  std::shared_ptr<Services> services_;
  std::shared_ptr<Socket> socket_;
  std::shared_ptr<ContentCache> contents_;
  SessionParts parts_;
  Transfer transfer_;
  std::vector<uint8_t> oack_;
  std::shared_ptr<const Content> content_;
  int64_t started_ms_ = 0;
  int64_t deadline_ms_ = 0;
  enum class Life : uint8_t { kRunning, kEnded } life_ = Life::kRunning;
};

}  // namespace slipway::tftp
