#include "bootnet/tftp/transfer.h"

#include <gtest/gtest.h>

namespace slipway::tftp {
namespace {

using Send = Step::Send;

Terms WithOack(uint16_t block_size, uint16_t window) {
  Terms terms;
  terms.block_size = block_size;
  terms.window_size = window;
  terms.oack = std::vector<uint8_t>{0, 6};
  return terms;
}

ClientPacket Ack(uint64_t block) { return {ClientPacket::Kind::kAck, static_cast<uint16_t>(block), 0, {}}; }

void ExpectData(const Step& step, uint64_t first, uint32_t count) {
  EXPECT_EQ(step.send, Send::kData);
  EXPECT_EQ(step.first_block, first);
  EXPECT_EQ(step.block_count, count);
}

TEST(TftpTransfer, BeginsWithDataWhereNoOptionWasAgreed) {
  Transfer transfer(Terms{}, 600);
  ExpectData(transfer.Start(0), 1, 1);
  EXPECT_EQ(transfer.BlockLength(1), 512U);
  EXPECT_EQ(transfer.BlockLength(2), 88U);
  ExpectData(transfer.OnPacket(Ack(1), 10), 2, 1);
  EXPECT_EQ(transfer.OnPacket(Ack(2), 20).send, Send::kNothing);
  EXPECT_EQ(transfer.state(), Transfer::State::kDone);
  EXPECT_EQ(transfer.bytes_acknowledged(), 600U);
}

TEST(TftpTransfer, SendsTheWindowAfterTheOackWasTaken) {
  Transfer transfer(WithOack(1000, 4), 10'500);
  EXPECT_EQ(transfer.Start(0).send, Send::kOack);
  EXPECT_EQ(transfer.OnPacket(Ack(1), 1).send, Send::kNothing) << "nothing was sent that this could mean";
  ExpectData(transfer.OnPacket(Ack(0), 2), 1, 4);
  ExpectData(transfer.OnPacket(Ack(4), 3), 5, 4);
  ExpectData(transfer.OnPacket(Ack(8), 4), 9, 3);
  transfer.OnPacket(Ack(11), 5);
  EXPECT_EQ(transfer.state(), Transfer::State::kDone);
}

TEST(TftpTransfer, ClosesAFullLastBlockWithAnEmptyOne) {
  Transfer transfer(Terms{}, 1024);
  EXPECT_EQ(transfer.blocks_total(), 3U);
  EXPECT_EQ(transfer.BlockLength(3), 0U);
  Transfer empty(Terms{}, 0);
  ExpectData(empty.Start(0), 1, 1);
  EXPECT_EQ(empty.BlockLength(1), 0U);
}

TEST(TftpTransfer, NeverRepeatsDataBecauseOfARepeatedAck) {
  Transfer transfer(Terms{}, 5000);
  transfer.Start(0);
  ExpectData(transfer.OnPacket(Ack(1), 10), 2, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(transfer.OnPacket(Ack(1), 11 + i).send, Send::kNothing);
  EXPECT_EQ(transfer.OnPacket(Ack(0), 200).send, Send::kNothing);
  EXPECT_EQ(transfer.OnPacket(Ack(9), 200).send, Send::kNothing) << "a block that was never sent";
  ExpectData(transfer.OnPacket(Ack(2), 300), 3, 1);
}

TEST(TftpTransfer, RestartsAWindowAfterTheBlockTheClientNames) {
  Transfer transfer(WithOack(1000, 4), 100'000);
  transfer.Start(0);
  transfer.OnPacket(Ack(0), 1);
  ExpectData(transfer.OnPacket(Ack(2), 2), 3, 4);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(transfer.OnPacket(Ack(2), 3).send, Send::kNothing);
  ExpectData(transfer.OnPacket(Ack(6), 5), 7, 4);
  EXPECT_EQ(transfer.OnPacket(Ack(6), 6).send, Send::kNothing)
      << "the echo of the restart must not start another";
}

TEST(TftpTransfer, RestartsOnceWhenTheFirstBlockOfAWindowWasLost) {
  Transfer transfer(WithOack(1000, 4), 100'000);
  transfer.Start(0);
  transfer.OnPacket(Ack(0), 1);
  transfer.OnPacket(Ack(4), 2);
  ExpectData(transfer.OnPacket(Ack(4), 3), 5, 4);
  EXPECT_EQ(transfer.OnPacket(Ack(4), 4).send, Send::kNothing);
}

TEST(TftpTransfer, KeepsTheClientsWindowFullWhileItRecovers) {
  Transfer transfer(WithOack(1000, 4), 100'000);
  transfer.Start(0);
  transfer.OnPacket(Ack(0), 1);
  ExpectData(transfer.OnPacket(Ack(1), 2), 2, 4);
  ExpectData(transfer.OnPacket(Ack(3), 3), 6, 2);
}

TEST(TftpTransfer, RepeatsByTheTimerWithBackOff) {
  Transfer transfer(WithOack(1000, 4), 100'000);
  EXPECT_EQ(transfer.Start(0).deadline_ms, 1000) << "nothing is known of the way yet";
  Step step = transfer.OnPacket(Ack(0), 100);
  EXPECT_EQ(step.deadline_ms, 400) << "one round trip, and four times half of it";
  EXPECT_EQ(transfer.OnTimer(399).send, Send::kNothing) << "not due yet";
  int64_t now = step.deadline_ms;
  for (int64_t wait : {600, 1200, 2400, 4800, 8000, 8000}) {
    step = transfer.OnTimer(now);
    ExpectData(step, 1, 4);
    EXPECT_EQ(step.deadline_ms - now, wait);
    now = step.deadline_ms;
  }
  EXPECT_EQ(transfer.OnPacket(Ack(4), now).deadline_ms, now + 300) << "progress ends the back-off";
}

TEST(TftpTransfer, FollowsTheRoundTripWithinLimits) {
  Transfer transfer(WithOack(1000, 1), 1'000'000);
  transfer.Start(0);
  int64_t now = 5;
  Step step = transfer.OnPacket(Ack(0), now);
  for (uint64_t block = 1; block <= 40; ++block) step = transfer.OnPacket(Ack(block), now += 5);
  EXPECT_EQ(step.deadline_ms - now, 50) << "never less: a slow flash is no loss";
  for (uint64_t block = 41; block <= 80; ++block) step = transfer.OnPacket(Ack(block), now += 200);
  EXPECT_GE(step.deadline_ms - now, 200);
  EXPECT_LE(step.deadline_ms - now, 300);
  for (uint64_t block = 81; block <= 90; ++block) step = transfer.OnPacket(Ack(block), now += 5000);
  EXPECT_EQ(step.deadline_ms - now, 1000) << "never more";
}

TEST(TftpTransfer, MeasuresNothingByWhatWasSentTwice) {
  Transfer transfer(WithOack(1000, 1), 1'000'000);
  transfer.Start(0);
  Step step = transfer.OnPacket(Ack(0), 40);
  step = transfer.OnTimer(step.deadline_ms);
  const int64_t now = step.deadline_ms - 1;
  EXPECT_EQ(transfer.OnPacket(Ack(1), now).deadline_ms, now + 120) << "which of the two was it?";
}

TEST(TftpTransfer, UsesTheTimeoutTheClientAskedFor) {
  Terms terms = WithOack(512, 1);
  terms.timeout_s = 5;
  Transfer transfer(terms, 100);
  EXPECT_EQ(transfer.Start(0).deadline_ms, 5000);
}

TEST(TftpTransfer, SendsLittleToAnAddressThatNeverAnswered) {
  Transfer transfer(Terms{}, 100'000);
  Step step = transfer.Start(0);
  int sent = 1;
  for (int i = 0; i < 100 && !transfer.IsOver(); ++i) {
    step = transfer.OnTimer(step.deadline_ms);
    if (step.send == Send::kData) ++sent;
  }
  EXPECT_EQ(transfer.state(), Transfer::State::kTimedOut);
  EXPECT_EQ(sent, 5);
}

TEST(TftpTransfer, GivesUpAMinuteAfterTheLastProgress) {
  Transfer transfer(Terms{}, 100'000);
  transfer.Start(0);
  Step step = transfer.OnPacket(Ack(1), 1000);
  while (!transfer.IsOver()) step = transfer.OnTimer(step.deadline_ms);
  EXPECT_EQ(step.send, Send::kGiveUp);
  EXPECT_EQ(transfer.state(), Transfer::State::kTimedOut);
  EXPECT_GE(step.deadline_ms, 61'000);
  EXPECT_LT(step.deadline_ms, 75'000);
}

TEST(TftpTransfer, EndsQuietlyWhenTheClientOnlyProbed) {
  Transfer transfer(WithOack(1468, 4), 173'792);
  transfer.Start(0);
  EXPECT_EQ(transfer.OnPacket({ClientPacket::Kind::kError, 0, 8, "User aborted the transfer"}, 1).send,
            Send::kNothing);
  EXPECT_EQ(transfer.state(), Transfer::State::kAborted);
  EXPECT_EQ(transfer.OnTimer(10'000).send, Send::kNothing);
}

TEST(TftpTransfer, RepeatsTheFirstReplyForARepeatedRequestButNotTooOften) {
  Transfer transfer(WithOack(1000, 1), 5000);
  transfer.Start(0);
  EXPECT_EQ(transfer.OnDuplicateRequest(20).send, Send::kNothing);
  EXPECT_EQ(transfer.OnDuplicateRequest(100).send, Send::kOack);
  int sent = 0;
  for (int64_t now = 200; now < 20'000; now += 100) {
    if (transfer.OnDuplicateRequest(now).send != Send::kNothing) ++sent;
  }
  EXPECT_EQ(sent, 7);
}

TEST(TftpTransfer, TakesALateCopyOfTheRequestForNoNewBeginning) {
  Transfer transfer(WithOack(1000, 1), 50'000);
  transfer.Start(0);
  EXPECT_FALSE(transfer.IsRestart(60'000)) << "nothing was acknowledged";
  transfer.OnPacket(Ack(0), 100);
  const Step step = transfer.OnPacket(Ack(1), 200);
  EXPECT_FALSE(transfer.IsRestart(1'199));
  EXPECT_EQ(transfer.OnDuplicateRequest(300).send, Send::kNothing);
  ExpectData(transfer.OnPacket(Ack(2), 400), 3, 1);
  EXPECT_TRUE(transfer.IsRestart(1'400))
      << "silent for a second, then asking again: a client that began anew";
  EXPECT_EQ(step.send, Send::kData);
}

TEST(TftpTransfer, CountsOnThroughTheRolloverToZero) {
  Transfer transfer(Terms{}, uint64_t{200'000} * 512);
  transfer.Start(0);
  for (uint64_t block = 1; block <= 200'000; ++block) {
    ExpectData(transfer.OnPacket(Ack(block), 1), block + 1, 1);
  }
  EXPECT_EQ(transfer.BlockLength(200'001), 0U);
  transfer.OnPacket(Ack(200'001), 1);
  EXPECT_EQ(transfer.state(), Transfer::State::kDone);
}

TEST(TftpTransfer, TakesASparseFileBeyondFourGigabytes) {
  Transfer transfer(WithOack(65464, 64), uint64_t{5} << 32U);
  EXPECT_EQ(transfer.blocks_total(), (uint64_t{5} << 32U) / 65464 + 1);
}

}  // namespace
}  // namespace slipway::tftp
