// Fetches files over HTTP/1.1 by one connection or by thousands, and compares every byte. One thread. Prints
// one line of JSON.
//
//   http_load --server 10.1.0.1:8080 --sources 10.1.1.1+200 --get /path=FILE [--get …] --connections 1000
//             --requests 1000 [--patience-s 60]
//
// --requests counts all connections together: each takes the next one off the common heap over its kept-alive
// connection, and connects again where the server closed it in between.
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

constexpr size_t kReadSize = 256 * 1024;
char g_chunk[kReadSize];

struct Options {
  std::string server = "127.0.0.1:8080";
  std::string sources = "127.0.0.1";
  std::vector<std::string> gets;
  int connections = 1;
  int64_t requests = 1;
  int patience_s = 60;
};

struct Target {
  std::string request;
  Expected expected;
};

struct Totals {
  int64_t left = 0;
  int64_t done = 0;
  int64_t failed = 0;
  uint64_t bytes = 0;
  size_t next_target = 0;
  std::string problem;
};

class Client {
 public:
  Client(int epoll, const std::vector<Target>& targets, Totals& totals, const sockaddr_in& server,
         const sockaddr_in& source)
      : epoll_(epoll), targets_(targets), totals_(totals), server_(server), source_(source) {}
  ~Client() { Close(); }
  Client(const Client&) = delete;

  bool idle() const { return target_ == nullptr; }
  int64_t last_us() const { return last_us_; }

  /// Takes the next request off the heap.
  void Next() {
    target_ = nullptr;
    if (totals_.left == 0) return;
    --totals_.left;
    target_ = &targets_[totals_.next_target++ % targets_.size()];
    head_.clear();
    body_ = 0;
    length_ = 0;
    in_body_ = false;
    last_us_ = NowUs();
    if (fd_ < 0) Connect();
    Send();
  }

  void OnReadable() {
    // A few turns, then others.
    for (int turn = 0; turn < 4; ++turn) {
      const ssize_t n = ::recv(fd_, g_chunk, kReadSize, MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) return;
      if (n <= 0) return Fail(n == 0 ? "closed early" : std::strerror(errno));
      if (OnBytes(g_chunk, static_cast<size_t>(n))) return;
      if (static_cast<size_t>(n) < kReadSize) return;
    }
  }
  void Fail(const std::string& problem) {
    totals_.problem = problem;
    ++totals_.failed;
    Close();
    Next();
  }

 private:
  void Connect() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&source_), sizeof(source_)) != 0)
      Die("cannot bind a client");
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&server_), sizeof(server_)) != 0) {
      Die(std::string("cannot connect: ") + std::strerror(errno));
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event);
  }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void Send() { ::send(fd_, target_->request.data(), target_->request.size(), MSG_NOSIGNAL); }

  /// True when this response was over with these bytes.
  bool OnBytes(const char* bytes, size_t size) {
    last_us_ = NowUs();
    if (!in_body_) {
      head_.append(bytes, size);
      const size_t end = head_.find("\r\n\r\n");
      if (end == std::string::npos) return false;
      if (!head_.starts_with("HTTP/1.1 200 ")) return Fail(head_.substr(0, head_.find('\r'))), true;
      const size_t field = head_.find("Content-Length: ");
      length_ = field == std::string::npos ? 0 : std::stoull(head_.substr(field + 16));
      if (length_ != target_->expected.size()) return Fail("wrong length"), true;
      close_after_ = head_.find("Connection: close") < end;
      in_body_ = true;
      const size_t consumed_before = head_.size() - size;
      const size_t skip = end + 4 - consumed_before;
      bytes += skip;
      size -= skip;
    }
    if (!target_->expected.Matches(body_, bytes, size)) return Fail("wrong bytes"), true;
    body_ += size;
    totals_.bytes += size;
    if (body_ < length_) return false;
    ++totals_.done;
    if (close_after_) Close();
    Next();
    return true;
  }

  int epoll_;
  const std::vector<Target>& targets_;
  Totals& totals_;
  sockaddr_in server_;
  sockaddr_in source_;
  int fd_ = -1;
  const Target* target_ = nullptr;
  std::string head_;
  uint64_t length_ = 0;
  uint64_t body_ = 0;
  bool in_body_ = false;
  bool close_after_ = false;
  int64_t last_us_ = 0;
};

std::vector<Target> ReadTargets(const Options& options) {
  std::vector<Target> targets;
  for (const std::string& get : options.gets) {
    const size_t equals = get.find('=');
    targets.push_back({"GET " + get.substr(0, equals) + " HTTP/1.1\r\nHost: " + options.server +
                           "\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n",
                       Expected(get.substr(equals + 1))});
  }
  return targets;
}

void Loop(int epoll, std::vector<std::unique_ptr<Client>>& clients, const Options& options) {
  std::array<epoll_event, 256> events;
  int64_t tick_us = NowUs();
  for (size_t busy = clients.size(); busy > 0;) {
    const int count = ::epoll_wait(epoll, events.data(), events.size(), 50);
    for (int i = 0; i < count; ++i) {
      auto* client = static_cast<Client*>(events[static_cast<size_t>(i)].data.ptr);
      if (!client->idle()) client->OnReadable();
    }
    const int64_t now = NowUs();
    if (count > 0 && now - tick_us < 5'000) continue;
    tick_us = now;
    busy = 0;
    for (auto& client : clients) {
      if (client->idle()) continue;
      if (now - client->last_us() > options.patience_s * 1'000'000LL) client->Fail("no byte in time");
      ++busy;
    }
  }
}

int Run(const Options& options) {
  RaiseDescriptorLimit();
  const std::vector<Target> targets = ReadTargets(options);
  const size_t colon = options.server.find(':');
  const sockaddr_in server = Address(options.server.substr(0, colon),
                                     static_cast<uint16_t>(std::stoi(options.server.substr(colon + 1))));
  const std::vector<sockaddr_in> sources = Sources(options.sources);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  Totals totals;
  totals.left = options.requests;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options.connections; ++i) {
    clients.push_back(std::make_unique<Client>(epoll, targets, totals, server,
                                               sources[static_cast<size_t>(i) % sources.size()]));
  }
  const int64_t start = NowUs();
  for (auto& client : clients) client->Next();
  Loop(epoll, clients, options);
  std::printf("{\"seconds\": %.6f, \"bytes\": %llu, \"done\": %lld, \"failed\": %lld, \"problem\": \"%s\"}\n",
              static_cast<double>(NowUs() - start) / 1e6, static_cast<unsigned long long>(totals.bytes),
              static_cast<long long>(totals.done), static_cast<long long>(totals.failed),
              totals.problem.c_str());
  return 0;
}

}  // namespace
}  // namespace slipway::bench

int main(int argc, char** argv) {
  slipway::bench::Options options;
  CLI::App app("Loads an HTTP server");
  app.add_option("--server", options.server);
  app.add_option("--sources", options.sources);
  app.add_option("--get", options.gets)->required();
  app.add_option("--connections", options.connections);
  app.add_option("--requests", options.requests);
  app.add_option("--patience-s", options.patience_s);
  CLI11_PARSE(app, argc, argv);
  return slipway::bench::Run(options);
}
