// The supervisor with shell scripts for workers: what it does when one dies, hangs, grows, or is asked to
// end.
#include "reconciler/daemon/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class SupervisorTest : public ::testing::Test {
 protected:
  void Start(const std::string& script) {
    SupervisorSettings settings;
    settings.program = "/usr/bin/python3";
    // `--channel-fd 3` comes after the script: sys.argv[2].
    settings.command = {"python3", "-c",
                        "import os,sys,time,socket,json\nfd=int(sys.argv[2])\n"
                        "s=socket.socket(fileno=fd)\n"
                        "say=lambda **m: s.send(json.dumps(m).encode())\n" +
                            script};
    settings.grace = std::chrono::milliseconds(500);
    settings.memory_limit = 200U << 20U;
    supervisor_ = std::make_unique<Supervisor>(
        io_, settings,
        Supervisor::Callbacks{[this](const Message& message) { messages_.push_back(message); },
                              [this](const std::string& trouble) { troubles_.push_back(trouble); }});
    supervisor_->Start();
  }
  void RunUntil(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + seconds(30);
    while (!done() && std::chrono::steady_clock::now() < end) io_.run_for(std::chrono::milliseconds(20));
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<Supervisor> supervisor_;
  std::vector<Message> messages_;
  std::vector<std::string> troubles_;
};

TEST_F(SupervisorTest, StartsADeadWorkerAgainAndSaysWhy) {
  Start("sys.exit(3)");
  RunUntil([&] { return troubles_.size() >= 2; });
  ASSERT_GE(troubles_.size(), 2U);
  EXPECT_THAT(troubles_[0], HasSubstr("exited with code 3"));
  EXPECT_GE(supervisor_->restarts(), 1);
}

TEST_F(SupervisorTest, KillsAWorkerThatMissesItsDeadline) {
  Start("say(verb='step', argument='fetch', deadlineMs=100)\ntime.sleep(60)");
  RunUntil([&] { return !troubles_.empty(); });
  ASSERT_FALSE(troubles_.empty());
  EXPECT_THAT(troubles_[0], HasSubstr("step 'fetch' took longer than its deadline"));
}

TEST_F(SupervisorTest, AnIdleWorkerMayWaitAsLongAsItSaid) {
  Start(
      "say(verb='step', argument='fetch', deadlineMs=100)\nsay(verb='idle', "
      "deadlineMs=60000)\ntime.sleep(60)");
  const auto end = std::chrono::steady_clock::now() + seconds(3);
  while (std::chrono::steady_clock::now() < end) io_.run_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(troubles_.empty());
  EXPECT_NE(supervisor_->worker_pid(), 0);
}

TEST_F(SupervisorTest, KillsAWorkerThatOutgrowsItsMemory) {
  Start("say(verb='idle', deadlineMs=60000)\nx=bytearray(400<<20)\ntime.sleep(60)");
  RunUntil([&] { return !troubles_.empty(); });
  ASSERT_FALSE(troubles_.empty());
  EXPECT_THAT(troubles_[0], HasSubstr("MiB, the limit is 200"));
}

TEST_F(SupervisorTest, PassesMessagesBothWaysAlsoThoseSentWhileNoneRan) {
  Start(
      "m=json.loads(s.recv(65536))\nsay(verb='done', token=m['token'], ok=True, "
      "argument='hello')\ntime.sleep(60)");
  supervisor_->Send({.verb = "sync", .token = "42"});
  RunUntil([&] { return !messages_.empty(); });
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0].token, "42");
  EXPECT_EQ(messages_[0].argument, "hello");
}

TEST_F(SupervisorTest, EndsAWorkerThatDoesNotListen) {
  Start(
      "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay(verb='published')\ntime.sleep(60)");
  RunUntil([&] { return !messages_.empty(); });
  const int pid = supervisor_->worker_pid();
  ASSERT_NE(pid, 0);
  supervisor_->Stop();
  EXPECT_NE(::kill(pid, 0), 0) << "it is still there";
}

}  // namespace
}  // namespace slipway
