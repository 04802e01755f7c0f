#include <gtest/gtest.h>

#include <map>
#include <random>

#include "bootnet/tftp/transfer.h"

/// The state machine against clients over a link that drops, repeats and delays, on a clock that only the
/// test moves.
namespace slipway::tftp {
namespace {

struct LinkOptions {
  double drop = 0;
  double repeat = 0;
  int64_t delay_ms = 5;
  double late = 0;  ///< overtaken by what was sent up to 3 ms after it
};

/// A receiver as RFC 7440 describes it; with a window of one it is RFC 1350's.
class Receiver {
 public:
  Receiver(uint32_t window, uint64_t total) : window_(window), total_(total) {}
  /// The ACK to send, if any.
  std::optional<uint16_t> OnData(uint16_t wire_block) {
    const auto ahead = static_cast<uint16_t>(wire_block - static_cast<uint16_t>(have_));
    if (ahead == 1 && !Finished()) {
      ++have_;
      if (++in_window_ < window_ && !Finished()) return std::nullopt;
      in_window_ = 0;
      return static_cast<uint16_t>(have_);
    }
    // Out of order: the last good block again, once for each such packet, as edk2 does it.
    in_window_ = 0;
    return static_cast<uint16_t>(have_);
  }
  uint16_t Repeat() {
    in_window_ = 0;
    return static_cast<uint16_t>(have_);
  }
  bool Finished() const { return have_ == total_; }

 private:
  uint32_t window_;
  uint64_t total_;
  uint64_t have_ = 0;
  uint32_t in_window_ = 0;
};

struct Outcome {
  Transfer::State state = Transfer::State::kRunning;
  bool received_all = false;
  uint64_t data_packets = 0;
  int64_t elapsed_ms = 0;
};

class Simulation {
 public:
  Simulation(const LinkOptions& link, uint16_t window, uint64_t file_size, unsigned seed)
      : link_(link),
        random_(seed),
        transfer_(MakeTerms(window), file_size),
        receiver_(window, transfer_.blocks_total()) {}

  Outcome Run() {
    Do(transfer_.Start(0));
    int64_t client_timer = 4000;
    int64_t now = 0;
    while (!transfer_.IsOver() && now < 600'000) {
      now = std::min(deadline_, client_timer);
      if (!wire_.empty()) now = std::min(now, wire_.begin()->first);
      now_ = now;
      if (!wire_.empty() && wire_.begin()->first == now) {
        const Datagram datagram = wire_.begin()->second;
        wire_.erase(wire_.begin());
        if (datagram.to_client) {
          client_timer = now + 4000;
          const auto ack = datagram.oack ? std::optional<uint16_t>(0) : receiver_.OnData(datagram.block);
          if (ack) Put({false, false, *ack});
        } else {
          Do(transfer_.OnPacket({ClientPacket::Kind::kAck, datagram.block, 0, {}}, now));
        }
      } else if (now == client_timer) {
        client_timer = now + 4000;
        if (!receiver_.Finished()) Put({false, false, receiver_.Repeat()});
      } else {
        Do(transfer_.OnTimer(now));
      }
    }
    return {transfer_.state(), receiver_.Finished(), data_packets_, now};
  }
  uint64_t blocks() const { return transfer_.blocks_total(); }

 private:
  struct Datagram {
    bool to_client;
    bool oack;
    uint16_t block;
  };

  static Terms MakeTerms(uint16_t window) {
    Terms terms;
    terms.block_size = 1468;
    terms.window_size = window;
    terms.oack = std::vector<uint8_t>{0, 6};
    return terms;
  }

  void Do(const Step& step) {
    deadline_ = step.deadline_ms;
    if (step.send == Step::Send::kOack) Put({true, true, 0});
    if (step.send != Step::Send::kData) return;
    for (uint64_t block = step.first_block; block < step.first_block + step.block_count; ++block) {
      ++data_packets_;
      Put({true, false, static_cast<uint16_t>(block)});
    }
  }

  void Put(const Datagram& datagram) {
    std::uniform_real_distribution<double> chance(0, 1);
    const int copies = chance(random_) < link_.repeat ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      if (chance(random_) < link_.drop) continue;
      const int64_t late_ms = chance(random_) < link_.late ? 3 : 0;
      wire_.emplace(now_ + link_.delay_ms + late_ms, datagram);
    }
  }

  LinkOptions link_;
  std::mt19937 random_;
  Transfer transfer_;
  Receiver receiver_;
  std::multimap<int64_t, Datagram> wire_;
  int64_t now_ = 0;
  int64_t deadline_ = 0;
  uint64_t data_packets_ = 0;
};

Outcome RunLink(const LinkOptions& link, uint16_t window, unsigned seed,
                double* packets_per_block = nullptr) {
  Simulation simulation(link, window, 300'000, seed);
  const Outcome outcome = simulation.Run();
  if (packets_per_block != nullptr) {
    *packets_per_block = static_cast<double>(outcome.data_packets) / static_cast<double>(simulation.blocks());
  }
  return outcome;
}

TEST(TftpLossyLink, SendsEveryBlockOnceOverAGoodLink) {
  for (uint16_t window : std::initializer_list<uint16_t>{1, 4, 16, 64}) {
    double packets = 0;
    const Outcome outcome = RunLink({}, window, 1, &packets);
    EXPECT_EQ(outcome.state, Transfer::State::kDone) << window;
    EXPECT_TRUE(outcome.received_all) << window;
    EXPECT_EQ(packets, 1.0) << window;
  }
}

TEST(TftpLossyLink, CompletesOverLinksThatLosePackets) {
  for (uint16_t window : std::initializer_list<uint16_t>{1, 4, 16}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      const Outcome outcome = RunLink({.drop = 0.05}, window, seed);
      EXPECT_TRUE(outcome.received_all) << "window " << window << " seed " << seed;
    }
  }
}

TEST(TftpLossyLink, HasNoApprenticeWherePacketsAreRepeated) {
  for (uint16_t window : std::initializer_list<uint16_t>{1, 4, 16}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      double packets = 0;
      const Outcome outcome = RunLink({.repeat = 0.3}, window, seed, &packets);
      EXPECT_TRUE(outcome.received_all);
      EXPECT_LE(packets, window == 1 ? 1.0 : 1.7) << "window " << window << " seed " << seed;
    }
  }
}

TEST(TftpLossyLink, CompletesWhereEverythingGoesWrong) {
  for (uint16_t window : std::initializer_list<uint16_t>{1, 4, 16}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      double packets = 0;
      const Outcome outcome =
          RunLink({.drop = 0.02, .repeat = 0.02, .delay_ms = 25, .late = 0.02}, window, seed, &packets);
      EXPECT_TRUE(outcome.received_all) << "window " << window << " seed " << seed;
      EXPECT_LE(packets, 2.5) << "window " << window << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace slipway::tftp
