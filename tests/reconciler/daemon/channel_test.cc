#include "reconciler/daemon/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace slipway {
namespace {

TEST(Channel, MessagesSurviveTheWay) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  WorkerChannel left(ends[0]);
  WorkerChannel right(ends[1]);
  Message message{"rollback", "7", "previous", true, 60, false, 0, "root", 1, 2};
  left.Send(message);
  EXPECT_EQ(right.Receive(std::chrono::milliseconds(1000)), message);
  EXPECT_EQ(right.Receive(std::chrono::milliseconds(0)), std::nullopt);
  EXPECT_FALSE(right.closed());
}

TEST(Channel, AParentThatIsGoneIsNoticed) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  WorkerChannel worker(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(worker.Receive(std::chrono::milliseconds(100)), std::nullopt);
  EXPECT_TRUE(worker.closed());
  worker.Send({.verb = "idle"});
}

TEST(Channel, WithoutAParentItOnlyWaits) {
  WorkerChannel alone(-1);
  alone.Send({.verb = "idle"});
  EXPECT_EQ(alone.Receive(std::chrono::milliseconds(1)), std::nullopt);
  EXPECT_FALSE(alone.closed());
}

TEST(Channel, NonsenseIsAnError) {
  for (const char* text : {"", "{", "[]", "{\"verb\":1}", "null"}) EXPECT_FALSE(DecodeMessage(text)) << text;
  std::string huge(kMaxMessage * 2, 'x');
  EXPECT_LE(EncodeMessage({.verb = "done", .argument = huge}).size(), kMaxMessage);
}

}  // namespace
}  // namespace slipway
