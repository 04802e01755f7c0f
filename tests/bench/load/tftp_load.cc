// Fetches one file over TFTP, by one client or by many at once, and compares every byte. One thread. What it
// does depends on nothing but the protocol: one receive, one ACK, and the bytes are looked at while the
// answer is on its way. Prints one line of JSON.
//
//   tftp_load --server 10.1.0.1:69 --sources 10.1.1.1+200 --file snponly.efi --expect FILE
//             [--clients 200] [--blksize 1468] [--window 16] [--retry-ms 1000] [--patience-s 60]
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "tests/bench/load/bytes.h"

namespace slipway::bench {
namespace {

struct Options {
  std::string server = "127.0.0.1:69";
  std::string sources = "127.0.0.1";
  std::string file;
  std::string expect;
  int clients = 1;
  int block_size = 1468;
  int window = 1;
  int retry_ms = 1000;
  int patience_s = 60;
};

class Transfer {
 public:
  Transfer(const Options& options, const Expected& expected, const sockaddr_in& server,
           const sockaddr_in& source, bool blocking)
      : options_(options), expected_(expected), server_(server) {
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0);
    const int buffer = 1 << 20;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) != 0)
      Die("cannot bind a client");
    request_ = std::string("\0\1", 2) + options.file + '\0' + "octet" + '\0' + "blksize" + '\0' +
               std::to_string(options.block_size) + '\0';
    if (options.window > 1)
      request_ += std::string("windowsize") + '\0' + std::to_string(options.window) + '\0';
  }
  ~Transfer() { ::close(fd_); }
  Transfer(const Transfer&) = delete;

  enum class State { kRunning, kDone, kFailed };
  State state = State::kRunning;
  int fd() const { return fd_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t packets() const { return packets_; }
  const std::string& problem() const { return problem_; }

  void Start() {
    Ask();
    retry_at_us_ = NowUs() + options_.retry_ms * 1000;
    give_up_us_ = NowUs() + options_.patience_s * 1'000'000LL;
  }

  /// One datagram, if there is one.
  bool OnReadable() {
    sockaddr_in from{};
    socklen_t length = sizeof(from);
    const ssize_t n = locked_ ? ::recv(fd_, packet_.data(), packet_.size(), 0)
                              : ::recvfrom(fd_, packet_.data(), packet_.size(), 0,
                                           reinterpret_cast<sockaddr*>(&from), &length);
    if (n < 4) return false;
    if (!locked_) {
      // The transfer's port is the one of the first answer; nothing else is heard from now on.
      if (::connect(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) Die("cannot connect");
      locked_ = true;
    }
    OnPacket(static_cast<size_t>(n));
    return true;
  }

  void OnTime(int64_t now_us) {
    if (state != State::kRunning || now_us < retry_at_us_) return;
    if (now_us >= give_up_us_) return Fail("no progress in time");
    locked_ ? Acknowledge() : Ask();
    retry_at_us_ = now_us + options_.retry_ms * 1000;
  }

 private:
  void Ask() {
    ::sendto(fd_, request_.data(), request_.size(), 0, reinterpret_cast<const sockaddr*>(&server_),
             sizeof(server_));
  }
  void Acknowledge() {
    in_window_ = 0;
    const std::array<uint8_t, 4> ack{0, 4, static_cast<uint8_t>(have_ >> 8U), static_cast<uint8_t>(have_)};
    ::send(fd_, ack.data(), ack.size(), 0);
  }
  void Fail(std::string problem) {
    state = State::kFailed;
    problem_ = std::move(problem);
  }
  void OnOack(size_t size) {
    const std::string text(reinterpret_cast<const char*>(packet_.data()) + 2, size - 2);
    const std::string window = std::string("windowsize") + '\0' + std::to_string(options_.window) + '\0';
    const std::string block = std::string("blksize") + '\0' + std::to_string(options_.block_size) + '\0';
    if (text.find(block) == std::string::npos) return Fail("blksize was not agreed to");
    if (options_.window > 1 && text.find(window) == std::string::npos)
      return Fail("windowsize was not agreed to");
    if (have_ == 0) Acknowledge();
  }
  void OnPacket(size_t size) {
    ++packets_;
    if (packet_[1] == 5)
      return Fail(std::string(reinterpret_cast<const char*>(packet_.data()) + 4, size - 4));
    if (packet_[1] == 6) return OnOack(size);
    if (packet_[1] != 3) return;
    const auto block = static_cast<uint16_t>(packet_[2] << 8U | packet_[3]);
    const auto ahead = static_cast<uint16_t>(block - static_cast<uint16_t>(have_));
    if (ahead != 1) {
      if (options_.window > 1 || ahead == 0) Acknowledge();
      return;
    }
    ++have_;
    const size_t length = size - 4;
    const bool last = length < static_cast<size_t>(options_.block_size);
    if (last || ++in_window_ >= options_.window) Acknowledge();
    if (!expected_.Matches(bytes_, packet_.data() + 4, length)) return Fail("wrong bytes");
    bytes_ += length;
    retry_at_us_ = NowUs() + options_.retry_ms * 1000;
    give_up_us_ = NowUs() + options_.patience_s * 1'000'000LL;
    if (!last) return;
    if (bytes_ == expected_.size()) {
      state = State::kDone;
    } else {
      Fail("too short");
    }
  }

  const Options& options_;
  const Expected& expected_;
  sockaddr_in server_;
  int fd_ = -1;
  bool locked_ = false;
  std::string request_;
  std::string problem_;
  std::array<uint8_t, 65'536> packet_{};
  uint64_t have_ = 0;
  int in_window_ = 0;
  uint64_t bytes_ = 0;
  uint64_t packets_ = 0;
  int64_t retry_at_us_ = 0;
  int64_t give_up_us_ = 0;
};

void RunOne(Transfer& transfer) {
  const timeval wait{0, 200'000};
  ::setsockopt(transfer.fd(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  transfer.Start();
  while (transfer.state == Transfer::State::kRunning) {
    if (!transfer.OnReadable()) transfer.OnTime(NowUs());
  }
}

void RunMany(std::vector<std::unique_ptr<Transfer>>& transfers) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  for (auto& transfer : transfers) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = transfer.get();
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, transfer->fd(), &event);
    transfer->Start();
  }
  size_t running = transfers.size();
  int64_t tick_us = NowUs();
  std::array<epoll_event, 128> events;
  while (running > 0) {
    const int count = ::epoll_wait(epoll, events.data(), events.size(), 20);
    for (int i = 0; i < count; ++i) {
      auto* transfer = static_cast<Transfer*>(events[static_cast<size_t>(i)].data.ptr);
      if (transfer->state == Transfer::State::kRunning) transfer->OnReadable();
      if (transfer->state == Transfer::State::kRunning) continue;
      ::epoll_ctl(epoll, EPOLL_CTL_DEL, transfer->fd(), nullptr);
    }
    const int64_t now = NowUs();
    if (now - tick_us < 10'000) continue;
    tick_us = now;
    running = 0;
    for (auto& transfer : transfers) {
      transfer->OnTime(now);
      running += transfer->state == Transfer::State::kRunning ? 1 : 0;
    }
  }
  ::close(epoll);
}

int Run(const Options& options) {
  RaiseDescriptorLimit();
  const Expected expected(options.expect);
  const size_t colon = options.server.find(':');
  const sockaddr_in server = Address(options.server.substr(0, colon),
                                     static_cast<uint16_t>(std::stoi(options.server.substr(colon + 1))));
  const std::vector<sockaddr_in> sources = Sources(options.sources);
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (int i = 0; i < options.clients; ++i) {
    transfers.push_back(std::make_unique<Transfer>(
        options, expected, server, sources[static_cast<size_t>(i) % sources.size()], options.clients == 1));
  }
  const int64_t start = NowUs();
  options.clients == 1 ? RunOne(*transfers.front()) : RunMany(transfers);
  const double seconds = static_cast<double>(NowUs() - start) / 1e6;
  uint64_t bytes = 0;
  uint64_t packets = 0;
  int done = 0;
  std::string problem;
  for (const auto& transfer : transfers) {
    bytes += transfer->bytes();
    packets += transfer->packets();
    done += transfer->state == Transfer::State::kDone ? 1 : 0;
    if (!transfer->problem().empty()) problem = transfer->problem();
  }
  std::printf(
      "{\"seconds\": %.6f, \"bytes\": %llu, \"packets\": %llu, \"done\": %d, \"failed\": %d, "
      "\"problem\": \"%s\"}\n",
      seconds, static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(packets), done,
      options.clients - done, problem.c_str());
  return 0;
}

}  // namespace
}  // namespace slipway::bench

int main(int argc, char** argv) {
  slipway::bench::Options options;
  CLI::App app("Loads a TFTP server");
  app.add_option("--server", options.server);
  app.add_option("--sources", options.sources);
  app.add_option("--file", options.file)->required();
  app.add_option("--expect", options.expect)->required();
  app.add_option("--clients", options.clients);
  app.add_option("--blksize", options.block_size);
  app.add_option("--window", options.window);
  app.add_option("--retry-ms", options.retry_ms);
  app.add_option("--patience-s", options.patience_s);
  CLI11_PARSE(app, argc, argv);
  return slipway::bench::Run(options);
}
