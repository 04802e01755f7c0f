#include "tests/bootnet/tftp/fetch.h"

#include <poll.h>

#include <chrono>

#include "tests/bootnet/net_fixture.h"

namespace slipway::testing {
namespace {

constexpr int kAskAgainMs = 400;
constexpr int kMostSilences = 25;

/// What one transfer has come to.
class Fetcher {
 public:
  Fetcher(uint16_t port, const TftpRequest& request) : socket_(TestSocket::Kind::kUdp, port), port_(port) {
    std::string text = request.file + "|" + request.mode + "|";
    if (request.block_size != 0) text += "blksize|" + std::to_string(request.block_size) + "|";
    if (request.tsize == TftpRequest::Size::kAsked) text += "tsize|0|";
    if (request.window != 0) text += "windowsize|" + std::to_string(request.window) + "|";
    request_ = ReadRequestBytes(text);
  }

  TftpReply Run() {
    socket_.SendTo(request_, port_);
    for (int silences = 0; silences < kMostSilences && reply_.problem.empty();) {
      pollfd readable{socket_.fd(), POLLIN, 0};
      if (::poll(&readable, 1, kAskAgainMs) == 0) {
        ++silences;
        AskAgain();
        continue;
      }
      if (OnPacket(socket_.Receive())) return reply_;
    }
    if (reply_.problem.empty()) reply_.problem = "silence";
    return reply_;
  }

 private:
  void AskAgain() {
    in_window_ = 0;
    socket_.SendTo(reply_.server_port == 0 ? request_ : AckBytes(static_cast<uint16_t>(have_)),
                   reply_.server_port == 0 ? port_ : reply_.server_port);
  }

  void Acknowledge() {
    in_window_ = 0;
    socket_.SendTo(AckBytes(static_cast<uint16_t>(have_)), reply_.server_port);
  }

  /// True when the last block is here.
  bool OnPacket(const std::string& packet) {
    if (packet.size() < 4) return false;
    if (reply_.server_port == 0) reply_.server_port = socket_.last_port();
    if (socket_.last_port() != reply_.server_port) return false;
    if (packet[1] == 5) reply_.problem = ShownPacket(packet);
    if (packet[1] == 6) OnOack(packet);
    return packet[1] == 3 && OnData(packet);
  }

  void OnOack(const std::string& packet) {
    reply_.oack = ShownPacket(packet.substr(2));
    block_size_ = Option("blksize", 512);
    window_ = Option("windowsize", 1);
    if (have_ == 0) Acknowledge();
  }

  uint32_t Option(const std::string& name, uint32_t otherwise) const {
    const size_t at = reply_.oack.find(name + "|");
    return at == std::string::npos
               ? otherwise
               : static_cast<uint32_t>(std::stoul(reply_.oack.substr(at + name.size() + 1)));
  }

  bool OnData(const std::string& packet) {
    ++reply_.data_packets;
    const auto block =
        static_cast<uint16_t>((static_cast<uint8_t>(packet[2]) << 8U) + static_cast<uint8_t>(packet[3]));
    const auto ahead = static_cast<uint16_t>(block - static_cast<uint16_t>(have_));
    if (ahead != 1) {
      // A gap or a repeated block: the last good one again, for a window; plain TFTP answers every block.
      if (window_ > 1 || ahead == 0) Acknowledge();
      return false;
    }
    ++have_;
    reply_.bytes += packet.substr(4);
    const bool last = packet.size() < block_size_ + 4;
    if (last || ++in_window_ >= window_) Acknowledge();
    return last;
  }

  TestSocket socket_;
  uint16_t port_;
  std::string request_;
  TftpReply reply_;
  uint64_t have_ = 0;
  uint32_t block_size_ = 512;
  uint32_t window_ = 1;
  uint32_t in_window_ = 0;
};

}  // namespace

TftpReply TftpFetch(uint16_t port, const TftpRequest& request) { return Fetcher(port, request).Run(); }

std::string AckBytes(uint16_t block) {
  return {0, 4, static_cast<char>(block >> 8U), static_cast<char>(block & 0xffU)};
}

std::string ShownPacket(std::string packet) {
  for (char& c : packet) c = c == '\0' ? '|' : c;
  return packet;
}

}  // namespace slipway::testing
