// A wire between two network namespaces that delays and loses packets, for kernels without netem: two TUN
// devices and one thread. Every packet, in both directions, waits for the delay and is then lost by its seed
// or written to the other side. Runs until it is told to end.
//
//   bad_link --left NETNS --right NETNS --device NAME [--delay-us 5000] [--loss 0.01] [--seed 1]
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <random>

#include "tests/bench/load/bytes.h"

namespace slipway::bench {
namespace {

struct Options {
  std::string left;
  std::string right;
  std::string device = "link";
  int64_t delay_us = 5000;
  double loss = 0.01;
  unsigned seed = 1;
};

/// A TUN device inside a namespace. It stays there when this program goes back.
int OpenIn(const std::string& netns, const std::string& name) {
  const int space = ::open(("/run/netns/" + netns).c_str(), O_RDONLY | O_CLOEXEC);
  if (space < 0 || ::setns(space, CLONE_NEWNET) != 0) Die("cannot enter namespace " + netns);
  ::close(space);
  const int fd = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (fd < 0 || ::ioctl(fd, TUNSETIFF, &request) != 0) Die("cannot make a TUN device");
  return fd;
}

struct Packet {
  int64_t due_us = 0;
  int to = -1;
  std::string bytes;
};

class Link {
 public:
  Link(const Options& options, int left, int right)
      : options_(options), random_(options.seed), ends_{left, right} {}

  [[noreturn]] void Run() {
    for (;;) {
      std::array<pollfd, 2> watched{{{ends_[0], POLLIN, 0}, {ends_[1], POLLIN, 0}}};
      const int64_t wait_us =
          queue_.empty() ? 1'000'000 : std::max<int64_t>(queue_.front().due_us - NowUs(), 0);
      const timespec wait{wait_us / 1'000'000, (wait_us % 1'000'000) * 1000};
      ::ppoll(watched.data(), watched.size(), &wait, nullptr);
      for (size_t i = 0; i < 2; ++i) {
        if (watched[i].revents != 0) Read(ends_[i], ends_[1 - i]);
      }
      while (!queue_.empty() && queue_.front().due_us <= NowUs()) {
        const Packet& packet = queue_.front();
        if (::write(packet.to, packet.bytes.data(), packet.bytes.size()) < 0) ++refused_;
        queue_.pop_front();
      }
    }
  }

 private:
  void Read(int from, int to) {
    for (int i = 0; i < 64; ++i) {
      const ssize_t n = ::read(from, buffer_.data(), buffer_.size());
      if (n <= 0) return;
      if (std::uniform_real_distribution<double>(0, 1)(random_) < options_.loss) continue;
      queue_.push_back(
          {NowUs() + options_.delay_us, to, std::string(buffer_.data(), static_cast<size_t>(n))});
    }
  }

  Options options_;
  std::mt19937 random_;
  std::array<int, 2> ends_;
  std::deque<Packet> queue_;  ///< one delay for all, so it is in order
  std::array<char, 65'536> buffer_{};
  uint64_t refused_ = 0;
};

}  // namespace
}  // namespace slipway::bench

int main(int argc, char** argv) {
  slipway::bench::Options options;
  CLI::App app("A wire that delays and loses packets");
  app.add_option("--left", options.left)->required();
  app.add_option("--right", options.right)->required();
  app.add_option("--device", options.device);
  app.add_option("--delay-us", options.delay_us);
  app.add_option("--loss", options.loss);
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  const int left = slipway::bench::OpenIn(options.left, options.device);
  const int right = slipway::bench::OpenIn(options.right, options.device);
  std::puts("ready");
  std::fflush(stdout);
  slipway::bench::Link(options, left, right).Run();
}
