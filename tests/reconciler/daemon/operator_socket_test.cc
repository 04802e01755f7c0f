#include "reconciler/daemon/operator_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

namespace slipway {
namespace {

class OperatorSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("slipway-op-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    socket_ =
        std::make_unique<OperatorSocket>(io_, [this](OperatorRequest request, OperatorSocket::Answer answer) {
          last_ = request;
          answer({request.verb != "fail", "you said " + request.verb});
        });
    ASSERT_TRUE(socket_->Listen(Path()));
    thread_ = std::thread([this] { io_.run_for(std::chrono::seconds(30)); });
  }
  void TearDown() override {
    io_.stop();
    thread_.join();
    socket_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string Path() const { return (folder_ / kOperatorSocketName).string(); }

  std::filesystem::path folder_;
  boost::asio::io_context io_{1};
  std::unique_ptr<OperatorSocket> socket_;
  OperatorRequest last_;
  std::thread thread_;
};

TEST_F(OperatorSocketTest, AnswersARequestAndKnowsWhoAsked) {
  const auto reply = AskDaemon(folder_.string(), {"rollback", "previous", true, ""}, std::chrono::seconds(5));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->ok);
  EXPECT_EQ(reply->message, "you said rollback");
  EXPECT_TRUE(last_.include_withdrawn);
  EXPECT_FALSE(last_.by.empty());
}

TEST_F(OperatorSocketTest, OnlyItsOwnerMayConnect) {
  struct stat status {};
  ASSERT_EQ(::stat(Path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(OperatorSocketTest, NonsenseGetsAnAnswerAndHarmsNobody) {
  for (const std::string& text : {std::string("nonsense\n"), std::string("[]\n"),
                                  std::string("{\"verb\":7}\n"), std::string(100'000, 'x')}) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    Path().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    ::shutdown(fd, SHUT_WR);
    char answer[256];
    (void)::recv(fd, answer, sizeof answer, 0);
    ::close(fd);
  }
  EXPECT_TRUE(AskDaemon(folder_.string(), {"sync", "", false, ""}, std::chrono::seconds(5)));
}

TEST(AskDaemon, SaysWhatToDoWhenNobodyIsThere) {
  const auto reply = AskDaemon("/nonexistent", {"sync", "", false, ""}, std::chrono::seconds(1));
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("is `slipway serve` running"), std::string::npos);
}

}  // namespace
}  // namespace slipway
