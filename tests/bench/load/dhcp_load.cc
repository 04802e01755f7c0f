// Machines behind a relay agent: asks a DHCP server for offers, or for whole exchanges (DISCOVER, OFFER,
// REQUEST, ACK), with a fixed number of machines waiting at a time or with so many a second that begin
// whether others wait or not, and prints one line of JSON. The same packets for every server.
//
//   dhcp_load --server A --relay A --mode offer|exchange --clients N --outstanding N --seconds N [--warm]
//   dhcp_load … --rate N     times count from when a machine was to begin; at most --outstanding wait
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatch = 64;
constexpr size_t kPacket = 320;
constexpr auto kPatience = std::chrono::seconds(1);

struct Options {
  in_addr server{};
  in_addr relay{};
  bool exchange = false;
  bool warm = false;
  uint32_t clients = 2000;
  uint32_t outstanding = 64;
  double seconds = 5;
  double rate = 0;  ///< machines that begin in a second; 0: whenever another one has its answer
};

/// One machine that waits for a reply.
struct Waiting {
  uint32_t client = 0;
  uint32_t xid = 0;
  bool requested = false;
  Clock::time_point began;
  Clock::time_point sent;
};

struct Result {
  uint64_t done = 0;
  uint64_t retries = 0;
  uint64_t refused = 0;
  std::vector<uint32_t> microseconds;
};

using Packet = std::array<uint8_t, kPacket>;

void Put(Packet& packet, size_t& at, uint8_t code, const void* value, size_t size) {
  packet[at++] = code;
  packet[at++] = static_cast<uint8_t>(size);
  std::memcpy(&packet[at], value, size);
  at += size;
}

/// As x64 UEFI firmware sends it; with `address` a REQUEST for it.
Packet Build(const Options& options, uint32_t client, uint32_t xid, const in_addr* address) {
  Packet packet{};
  packet[0] = packet[1] = packet[3] = 1;
  packet[2] = 6;
  const uint32_t id = htonl(xid);
  std::memcpy(&packet[4], &id, 4);
  std::memcpy(&packet[24], &options.relay, 4);
  packet[28] = 0x02;
  packet[29] = 0xbe;
  const uint32_t number = htonl(client);
  std::memcpy(&packet[30], &number, 4);
  std::memcpy(&packet[236], "\x63\x82\x53\x63", 4);
  size_t at = 240;
  const uint8_t type = address == nullptr ? 1 : 3;
  Put(packet, at, 53, &type, 1);
  if (address != nullptr) {
    Put(packet, at, 50, address, 4);
    Put(packet, at, 54, &options.server, 4);
  }
  Put(packet, at, 55, "\x01\x03\x06\x0c\x2b\x36\x3c\x42\x43\x61", 10);
  Put(packet, at, 60, "PXEClient:Arch:00007:UNDI:003000", 32);
  Put(packet, at, 93, "\x00\x07", 2);
  Put(packet, at, 94, "\x01\x03\x00", 3);
  packet[at] = 255;
  return packet;
}

class Load {
 public:
  Load(const Options& options, int fd) : options_(options), fd_(fd), waiting_(options.outstanding) {}

  /// Until `exchanges` are done or the time is over.
  Result Run(uint64_t exchanges, std::chrono::duration<double> time) {
    result_ = {};
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    if (options_.rate > 0) return RunPaced(end);
    for (uint32_t slot = 0; slot < waiting_.size(); ++slot) Begin(slot, Clock::now());
    Flush();
    while (Clock::now() < end && result_.done < exchanges) {
      pollfd ready{fd_, POLLIN, 0};
      ::poll(&ready, 1, 50);
      Receive();
      Flush();
      AskAgain();
    }
    return std::move(result_);
  }

 private:
  /// Never sleeps: waking up would be measured as the server's time.
  Result RunPaced(Clock::time_point end) {
    const auto pace =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / options_.rate));
    free_.clear();
    for (uint32_t slot = 0; slot < waiting_.size(); ++slot) free_.push_back(slot);
    for (auto due = Clock::now(); Clock::now() < end;) {
      for (; due <= Clock::now() && !free_.empty(); due += pace) {
        const uint32_t slot = free_.back();
        free_.pop_back();
        Begin(slot, due);
      }
      Flush();
      Receive();
      AskAgain();
    }
    return std::move(result_);
  }

  void Begin(uint32_t slot, Clock::time_point began) {
    Waiting& one = waiting_[slot];
    one.client = next_++ % options_.clients;
    one.began = began;
    Send(slot, nullptr);
  }

  /// A machine has its answer.
  void End(uint32_t slot) {
    waiting_[slot].xid = 0;
    if (options_.rate > 0) {
      free_.push_back(slot);
    } else {
      Begin(slot, Clock::now());
    }
  }

  void Send(uint32_t slot, const in_addr* address) {
    Waiting& one = waiting_[slot];
    // A late reply to an earlier question has another number.
    if (address == nullptr) one.xid = ++serial_ * static_cast<uint32_t>(waiting_.size()) + slot;
    one.requested = address != nullptr;
    one.sent = Clock::now();
    queue_.push_back(Build(options_, one.client, one.xid, address));
    if (queue_.size() == kBatch) Flush();
  }

  void Flush() {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    for (size_t i = 0; i < queue_.size(); ++i) {
      parts[i] = {queue_[i].data(), queue_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (size_t sent = 0; sent < queue_.size();) {
      const int n = ::sendmmsg(fd_, &messages[sent], static_cast<unsigned>(queue_.size() - sent), 0);
      if (n <= 0) break;
      sent += static_cast<size_t>(n);
    }
    queue_.clear();
  }

  void Receive() {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    for (size_t i = 0; i < kBatch; ++i) {
      parts[i] = {buffers_[i].data(), buffers_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = ::recvmmsg(fd_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      OnReply(buffers_[static_cast<size_t>(i)].data(), messages[static_cast<size_t>(i)].msg_len);
    }
  }

  static uint8_t TypeOf(const uint8_t* bytes, size_t size) {
    for (size_t at = 240; at + 2 < size && bytes[at] != 255; at += bytes[at] == 0 ? 1 : 2U + bytes[at + 1]) {
      if (bytes[at] == 53) return bytes[at + 2];
    }
    return 0;
  }

  void OnReply(const uint8_t* bytes, size_t size) {
    if (size < 244 || bytes[0] != 2) return;
    uint32_t xid = 0;
    std::memcpy(&xid, bytes + 4, 4);
    xid = ntohl(xid);
    const auto slot = xid % static_cast<uint32_t>(waiting_.size());
    Waiting& one = waiting_[slot];
    if (one.xid != xid) return;
    const uint8_t type = TypeOf(bytes, size);
    if (type == 2 && options_.exchange && !one.requested) {
      in_addr yours{};
      std::memcpy(&yours, bytes + 16, 4);
      return Send(slot, &yours);
    }
    const bool finished = options_.exchange ? type == 5 && one.requested : type == 2;
    if (!finished && type != 6) return;
    if (finished) {
      ++result_.done;
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - one.began);
      result_.microseconds.push_back(static_cast<uint32_t>(took.count()));
    } else {
      ++result_.refused;
    }
    End(slot);
  }

  void AskAgain() {
    const auto now = Clock::now();
    if (now - looked_ < std::chrono::milliseconds(100)) return;
    looked_ = now;
    for (uint32_t slot = 0; slot < waiting_.size(); ++slot) {
      if (waiting_[slot].xid == 0 || now - waiting_[slot].sent < kPatience) continue;
      ++result_.retries;
      Send(slot, nullptr);
    }
    Flush();
  }

  Options options_;
  int fd_;
  std::vector<Waiting> waiting_;
  std::vector<uint32_t> free_;  ///< of those, when paced
  std::vector<Packet> queue_;
  std::array<std::array<uint8_t, 1500>, kBatch> buffers_;
  uint32_t next_ = 0;
  uint32_t serial_ = 0;
  Clock::time_point looked_;
  Result result_;
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "dhcp_load: %s\n", what.c_str());
  std::exit(2);
}

Options Read(int argc, char** argv) {
  std::map<std::string, std::string> words;
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--warm") {
      options.warm = true;
    } else if (i + 1 < argc) {
      words[name] = argv[++i];
    } else {
      Fail("no value for " + name);
    }
  }
  if (::inet_aton(words["--server"].c_str(), &options.server) == 0) Fail("--server is no address");
  if (::inet_aton(words["--relay"].c_str(), &options.relay) == 0) Fail("--relay is no address");
  options.exchange = words["--mode"] == "exchange";
  if (words.contains("--clients")) options.clients = static_cast<uint32_t>(std::stoul(words["--clients"]));
  if (words.contains("--outstanding")) {
    options.outstanding = static_cast<uint32_t>(std::stoul(words["--outstanding"]));
  }
  if (words.contains("--rate")) options.rate = std::stod(words["--rate"]);
  if (words.contains("--seconds")) options.seconds = std::stod(words["--seconds"]);
  return options;
}

int Connect(const Options& options) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int room = 8 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(67);
  own.sin_addr = options.relay;
  sockaddr_in peer = own;
  peer.sin_addr = options.server;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) != 0) Fail("cannot be the relay");
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) != 0)
    Fail("cannot reach the server");
  return fd;
}

double At(std::vector<uint32_t>& sorted, double part) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<size_t>(part * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
  return sorted[at] / 1000.0;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Read(argc, argv);
  Load load(options, Connect(options));
  // Every machine once, so that all have a lease: what is measured is a network that boots again.
  if (options.warm) load.Run(options.clients, std::chrono::seconds(120));
  const auto began = Clock::now();
  Result result = load.Run(UINT64_MAX, std::chrono::duration<double>(options.seconds));
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  std::printf(
      R"({"done": %llu, "seconds": %.3f, "retries": %llu, "refused": %llu, "p50_ms": %.3f, "p99_ms": %.3f})"
      "\n",
      static_cast<unsigned long long>(result.done), seconds, static_cast<unsigned long long>(result.retries),
      static_cast<unsigned long long>(result.refused), At(result.microseconds, 0.5),
      At(result.microseconds, 0.99));
  return 0;
}
