#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace slipway::testing {

/// What happens to datagrams on the way. Chances are of one datagram.
struct BadLink {
  double drop = 0;
  double repeat = 0;
  int delay_us = 500;
  double late = 0;      ///< chance of being overtaken
  int late_us = 4'000;  ///< by how much
  unsigned seed = 1;
};

/// Stands between TFTP clients and a server on loopback and treats every datagram as its seed says. It
/// follows a transfer to the port that the server answers from, as a NAT with a TFTP helper does.
class LossyProxy {
 public:
  LossyProxy(uint16_t server_port, const BadLink& link);
  ~LossyProxy();
  LossyProxy(const LossyProxy&) = delete;
  LossyProxy& operator=(const LossyProxy&) = delete;

  uint16_t port() const { return port_; }
  uint64_t data_packets() const { return data_packets_; }  ///< that the server sent
  uint64_t lost() const { return lost_; }

 private:
  struct Flow {
    int fd = -1;  ///< towards the server
    uint16_t client_port = 0;
    uint16_t server_port = 0;
  };
  struct Pending {
    int64_t due_us = 0;
    uint64_t order = 0;
    int fd = -1;
    uint16_t to_port = 0;
    std::string bytes;
    bool operator>(const Pending& other) const {
      return std::pair(due_us, order) > std::pair(other.due_us, other.order);
    }
  };
  void Run();
  void FromClient();
  void FromServer(Flow& flow);
  void Put(int fd, uint16_t to_port, std::string bytes);
  void SendDue();
  bool Chance(double of);

  uint16_t server_port_;
  BadLink link_;
  std::mt19937 random_;
  int front_ = -1;
  uint16_t port_ = 0;
  std::map<uint16_t, Flow> flows_;  ///< by the client's port
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> pending_;
  uint64_t order_ = 0;
  std::atomic<uint64_t> data_packets_ = 0;
  std::atomic<uint64_t> lost_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace slipway::testing
