#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bootnet/dhcp/lease_service.h"
#include "bootnet/dhcp/mode_watch.h"
#include "bootnet/net/packet_socket.h"
#include "bootnet/net/services.h"

namespace slipway::dhcp {

struct WatcherOptions {
  Interface interface;
  int64_t quiet_seconds = 3600;
  /// kSometimes: DISCOVERs of our own make silent servers speak.
  enum class Asking : uint8_t { kNever, kSometimes } asking = Asking::kSometimes;
  /// kAuto: what is heard decides what DHCP does here, is told when that changes, and remembered.
  enum class Purpose : uint8_t { kStatus, kAuto } purpose = Purpose::kStatus;
};

/// Listens for other DHCP servers on one interface, tells of new ones, and knows what `auto` does there.
/// Lives on the io_context's thread.
class Watcher : public std::enable_shared_from_this<Watcher> {
 public:
  /// `leases` gives the clock and keeps what is to be remembered over a restart.
  static Result<std::shared_ptr<Watcher>> Open(boost::asio::io_context& io,
                                               std::shared_ptr<Services> services,
                                               std::shared_ptr<LeaseService> leases,
                                               const WatcherOptions& options);
  void Close();

  /// A client on this link takes the offer of another server.
  void NoteRequest(Ipv4 server_id);
  /// Another daemon in `auto` spoke of itself.
  void NotePeer(const AutoPeer& peer);
  Role AutoRole();
  std::string Reason();
  std::vector<ForeignServer> servers() const { return watch_.servers(); }

 private:
  Watcher(boost::asio::io_context& io, std::shared_ptr<Services> services,
          std::shared_ptr<LeaseService> leases, const WatcherOptions& options,
          std::shared_ptr<PacketSocket> socket);
  void Hear(std::span<const uint8_t> frame);
  void Note(const ForeignServer& server);
  void Ask(int64_t now);
  void AskInTime(int64_t now);
  void Tick();
  void TellRole();
  void Tell(Outcome outcome, std::string reason, std::string message);

  std::shared_ptr<Services> services_;
  std::shared_ptr<LeaseService> leases_;
  WatcherOptions options_;
  std::shared_ptr<PacketSocket> socket_;
  boost::asio::steady_timer timer_;
  ModeWatch watch_;
  Role told_ = Role::kProxy;
  Mac asking_mac_;  ///< one for the whole run, so that another server's pool loses one address at most
  std::optional<int64_t> asked_at_;
  int64_t ask_at_ = 0;
  bool ask_soon_ = false;
  int64_t remember_at_ = 0;
};

}  // namespace slipway::dhcp
