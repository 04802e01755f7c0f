#include <gtest/gtest.h>

#include "tests/bootnet/net_fixture.h"
#include "tests/bootnet/tftp/fetch.h"
#include "tests/bootnet/tftp/lossy_proxy.h"

/// The real server, over a link that drops, repeats, reorders and delays what its seed says.
namespace slipway {
namespace {

using namespace slipway::testing;

constexpr size_t kSize = 200'000;
constexpr uint64_t kBlocks = kSize / 1468 + 1;

struct BadRow {
  const char* name;
  BadLink link;
  double most_packets;  ///< sent for each block
};

class TftpBadNetwork : public ::testing::TestWithParam<std::tuple<BadRow, uint16_t, TftpPorts::Mode>> {};

TEST_P(TftpBadNetwork, EveryByteArrivesAndNoStormBreaksOut) {
  const auto& [row, window, mode] = GetParam();
  const std::string bytes = ProgramOf(kSize);
  RunningNetwork running(
      {.identify = AlwaysMac(kBeta), .tftp_ports = {.mode = mode}, .programs = {{"snponly.efi", bytes}}});
  for (unsigned seed = 1; seed <= 2; ++seed) {
    BadLink link = row.link;
    link.seed = seed;
    LossyProxy proxy(running.ports.tftp, link);
    const TftpReply reply = TftpFetch(proxy.port(), {.block_size = 1468, .window = window});
    EXPECT_EQ(reply.problem, "") << "seed " << seed << ", lost " << proxy.lost();
    EXPECT_TRUE(reply.bytes == bytes) << reply.bytes.size();
    EXPECT_GE(proxy.data_packets(), kBlocks);
    const double most = window == 1 && row.link.drop == 0 ? 1.0 : row.most_packets;
    EXPECT_LE(static_cast<double>(proxy.data_packets()), most * static_cast<double>(kBlocks) + 1)
        << "seed " << seed << ", lost " << proxy.lost();
  }
}

const BadRow kRows[] = {
    {"Good", {}, 1.0},
    {"Drops", {.drop = 0.03}, 2.5},
    {"Repeats", {.repeat = 0.3}, 2.0},
    {"Reorders", {.late = 0.05}, 2.5},
    {"Everything", {.drop = 0.02, .repeat = 0.05, .delay_us = 2'000, .late = 0.03}, 3.0},
};

INSTANTIATE_TEST_SUITE_P(
    Links, TftpBadNetwork,
    ::testing::Combine(::testing::ValuesIn(kRows), ::testing::Values(uint16_t{1}, uint16_t{4}, uint16_t{16}),
                       ::testing::Values(TftpPorts::Mode::kOwn, TftpPorts::Mode::kSingle)),
    [](const auto& row) {
      return std::string(std::get<0>(row.param).name) + std::to_string(std::get<1>(row.param)) +
             (std::get<2>(row.param) == TftpPorts::Mode::kOwn ? "Own" : "Single");
    });

}  // namespace
}  // namespace slipway
