#include "tests/bootnet/tftp/lossy_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace slipway::testing {
namespace {

int64_t NowUs() {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::steady_clock;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

int Bound() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const sockaddr_in own = Loopback(0);
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof(own)), 0);
  const int buffer = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
  return fd;
}

}  // namespace

LossyProxy::LossyProxy(uint16_t server_port, const BadLink& link)
    : server_port_(server_port), link_(link), random_(link.seed), front_(Bound()) {
  sockaddr_in own{};
  socklen_t length = sizeof(own);
  ::getsockname(front_, reinterpret_cast<sockaddr*>(&own), &length);
  port_ = ntohs(own.sin_port);
  thread_ = std::thread([this] { Run(); });
}

LossyProxy::~LossyProxy() {
  stop_ = true;
  thread_.join();
  ::close(front_);
  for (const auto& [port, flow] : flows_) ::close(flow.fd);
}

bool LossyProxy::Chance(double of) { return std::uniform_real_distribution<double>(0, 1)(random_) < of; }

void LossyProxy::Put(int fd, uint16_t to_port, std::string bytes) {
  const int copies = Chance(link_.repeat) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (Chance(link_.drop)) {
      ++lost_;
      continue;
    }
    const int64_t due = NowUs() + link_.delay_us + (Chance(link_.late) ? link_.late_us : 0);
    pending_.push({due, order_++, fd, to_port, bytes});
  }
}

void LossyProxy::FromClient() {
  std::string bytes(2048, '\0');
  sockaddr_in from{};
  socklen_t length = sizeof(from);
  const ssize_t n =
      ::recvfrom(front_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (n < 2) return;
  bytes.resize(static_cast<size_t>(n));
  Flow& flow = flows_[ntohs(from.sin_port)];
  if (flow.fd < 0) flow = {Bound(), ntohs(from.sin_port), server_port_};
  const bool is_request = bytes[1] == 1;
  Put(flow.fd, is_request ? server_port_ : flow.server_port, std::move(bytes));
}

void LossyProxy::FromServer(Flow& flow) {
  std::string bytes(70'000, '\0');
  sockaddr_in from{};
  socklen_t length = sizeof(from);
  const ssize_t n =
      ::recvfrom(flow.fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (n < 2) return;
  bytes.resize(static_cast<size_t>(n));
  flow.server_port = ntohs(from.sin_port);
  if (bytes[1] == 3) ++data_packets_;
  Put(front_, flow.client_port, std::move(bytes));
}

void LossyProxy::SendDue() {
  while (!pending_.empty() && pending_.top().due_us <= NowUs()) {
    const Pending& next = pending_.top();
    const sockaddr_in to = Loopback(next.to_port);
    ::sendto(next.fd, next.bytes.data(), next.bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
             sizeof(to));
    pending_.pop();
  }
}

void LossyProxy::Run() {
  while (!stop_) {
    std::vector<pollfd> watched{{front_, POLLIN, 0}};
    std::vector<Flow*> order{nullptr};
    for (auto& [port, flow] : flows_) {
      watched.push_back({flow.fd, POLLIN, 0});
      order.push_back(&flow);
    }
    const int64_t wait_us = pending_.empty() ? 20'000 : std::max<int64_t>(pending_.top().due_us - NowUs(), 0);
    const timespec wait{0, static_cast<long>(std::min<int64_t>(wait_us, 20'000) * 1000)};
    ::ppoll(watched.data(), watched.size(), &wait, nullptr);
    if (watched[0].revents != 0) FromClient();
    for (size_t i = 1; i < watched.size(); ++i) {
      if (watched[i].revents != 0) FromServer(*order[i]);
    }
    SendDue();
  }
}

}  // namespace slipway::testing
