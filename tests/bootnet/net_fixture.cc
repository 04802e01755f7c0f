#include "tests/bootnet/net_fixture.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace slipway::testing {

RunningNetwork::RunningNetwork(Options options) {
  BootNetworkConfig config;
  config.interfaces = {"lo"};
  config.address = Ipv4{0x7f000001};
  config.dhcp_port = config.pxe_port = config.tftp_port = config.http_port = 0;
  config.limits = options.limits;
  config.tftp_ports = options.tftp_ports;
  if (options.tls) {
    config.https_port = 0;
    config.tls_certificate = options.tls->first;
    config.tls_key = options.tls->second;
  }
  config.identify = options.identify;
  const auto sink = [this](BootEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  };
  network_ = std::make_unique<BootNetwork>(
      io_, config, sink, options.programs.empty() ? MakeBootFiles() : BootFilesOf(options.programs));
  const auto started = network_->Start();
  EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().message);
  ports = network_->ports();
  if (options.served == Options::Served::kSite) {
    WriteState(state_.path(), options.site);
    auto catalog = Catalog::Load(state_.path());
    EXPECT_TRUE(catalog.has_value()) << (catalog ? "" : catalog.error().message);
    if (catalog) network_->SetCatalog(*catalog);
  }
  thread_ = std::thread([this] {
    const auto work = boost::asio::make_work_guard(io_);
    io_.run();
  });
}

RunningNetwork::~RunningNetwork() {
  boost::asio::post(io_, [this] {
    network_.reset();
    // What was closed gets its turn to end before the loop does.
    boost::asio::post(io_, [this] { boost::asio::post(io_, [this] { io_.stop(); }); });
  });
  thread_.join();
}

std::optional<BootEvent> RunningNetwork::WaitForEvent(std::string_view reason) {
  std::unique_lock lock(mutex_);
  std::optional<BootEvent> found;
  changed_.wait_for(lock, std::chrono::seconds(5), [&] {
    for (const BootEvent& event : events_) {
      if (event.reason == reason) found = event;
      if (found) return true;
    }
    return false;
  });
  return found;
}

std::vector<BootEvent> RunningNetwork::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

PeerLookup AlwaysHost() {
  return [](Ipv4) { return PeerIdentity{ClientOrigin::kHost, std::nullopt}; };
}
PeerLookup AlwaysMac(const Mac& mac) {
  return [mac](Ipv4) { return PeerIdentity{ClientOrigin::kPeer, mac}; };
}
PeerLookup AlwaysUnidentified() {
  return [](Ipv4) { return PeerIdentity{}; };
}

namespace {

sockaddr_in Loopback(uint32_t address, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(address);
  out.sin_port = htons(port);
  return out;
}

}  // namespace

TestSocket::TestSocket(Kind kind, uint16_t port, Ipv4 from)
    : fd_(::socket(AF_INET, (kind == Kind::kTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0)),
      kind_(kind),
      port_(port) {
  const timeval limit{5, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  const sockaddr_in own = Loopback(from.value, 0);
  EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof(own)), 0);
  if (kind == Kind::kUdp) return;
  const sockaddr_in peer = Loopback(0x7f000001, port);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)), 0);
}

void TestSocket::SetPatience(int milliseconds) {
  const timeval limit{milliseconds / 1000, (milliseconds % 1000) * 1000};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

TestSocket::~TestSocket() { ::close(fd_); }

void TestSocket::Send(std::string_view bytes) {
  if (kind_ == Kind::kUdp) return SendTo(bytes, port_);
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void TestSocket::SendTo(std::string_view bytes, uint16_t port) {
  const sockaddr_in peer = Loopback(0x7f000001, port);
  ::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer));
}

std::string TestSocket::Receive() {
  std::string buffer(70'000, '\0');
  sockaddr_in peer{};
  socklen_t length = sizeof(peer);
  const ssize_t n =
      ::recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer), &length);
  buffer.resize(n > 0 ? static_cast<size_t>(n) : 0);
  last_port_ = ntohs(peer.sin_port);
  return buffer;
}

std::string TestSocket::ReceiveUntilClosed() {
  std::string all;
  for (std::string part = Receive(); !part.empty(); part = Receive()) all += part;
  return all;
}

HttpReply HttpAsk(uint16_t port, const std::string& request) {
  TestSocket socket(TestSocket::Kind::kTcp, port);
  socket.Send(request + "\r\nConnection: close\r\n\r\n");
  const std::string all = socket.ReceiveUntilClosed();
  HttpReply reply;
  const size_t end = all.find("\r\n\r\n");
  if (!all.starts_with("HTTP/1.1 ") || end == std::string::npos) return reply;
  reply.status = std::stoi(all.substr(9, 3));
  reply.head = all.substr(0, end + 4);
  reply.body = all.substr(end + 4);
  return reply;
}

HttpReply HttpGet(uint16_t port, const std::string& target) {
  return HttpAsk(port, "GET " + target + " HTTP/1.1");
}

std::string ReadRequestBytes(std::string_view text) {
  std::string bytes("\0\x01", 2);
  for (char c : text) bytes += c == '|' ? '\0' : c;
  return bytes;
}

}  // namespace slipway::testing
