#include <gtest/gtest.h>

#include <map>

#include "tests/bootnet/net_fixture.h"
#include "tests/bootnet/tftp/fetch.h"

namespace slipway {
namespace {

using namespace slipway::testing;

using Mode = TftpPorts::Mode;

std::string Program() { return ProgramOf(70'000); }

/// Both ways to use ports keep every rule.
class TftpServer : public ::testing::TestWithParam<Mode> {
 protected:
  RunningNetwork::Options Serving(const Mac& mac = kBeta, BootLimits limits = {}) const {
    return {.limits = limits, .identify = AlwaysMac(mac), .tftp_ports = {.mode = GetParam()}};
  }
  bool IsSingle() const { return GetParam() == Mode::kSingle; }
};

INSTANTIATE_TEST_SUITE_P(Ports, TftpServer, ::testing::Values(Mode::kOwn, Mode::kSingle),
                         [](const auto& row) { return row.param == Mode::kOwn ? "Own" : "Single"; });

TEST_P(TftpServer, SendsAProgramWithAndWithoutOptions) {
  RunningNetwork running(Serving());
  EXPECT_TRUE(TftpFetch(running.ports.tftp, {}).bytes == Program());
  EXPECT_TRUE(TftpFetch(running.ports.tftp, {.file = "/ipxe/snponly.efi"}).bytes == Program());
  const TftpReply reply = TftpFetch(
      running.ports.tftp,
      {.file = "\\snponly.efi", .mode = "OCTET", .block_size = 1468, .tsize = TftpRequest::Size::kAsked});
  EXPECT_TRUE(reply.bytes == Program());
  EXPECT_EQ(reply.oack, "blksize|1468|tsize|70000|");
  EXPECT_EQ(reply.server_port == running.ports.tftp, IsSingle());
  const auto event = running.WaitForEvent("Approved");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->bytes, Program().size());
  EXPECT_EQ(event->node, "beta");
}

TEST_P(TftpServer, SendsEverySizeInEveryWindow) {
  std::map<std::string, std::string> programs;
  for (size_t size : {0, 1, 511, 512, 513, 1024, 1468 * 7, 1468 * 64, 300'001}) {
    programs["p" + std::to_string(size) + ".efi"] = ProgramOf(size);
  }
  RunningNetwork::Options options = Serving();
  options.programs = programs;
  RunningNetwork running(options);
  for (const auto& [name, bytes] : programs) {
    for (uint16_t window : std::initializer_list<uint16_t>{0, 1, 4, 16, 64, 1000}) {
      const TftpReply reply = TftpFetch(
          running.ports.tftp,
          {.file = name, .block_size = static_cast<uint16_t>(window == 0 ? 0 : 1468), .window = window});
      EXPECT_EQ(reply.problem, "") << name << " window " << window;
      EXPECT_TRUE(reply.bytes == bytes) << name << " window " << window;
    }
  }
}

TEST_P(TftpServer, CountsBlocksOnThroughTheRollover) {
  RunningNetwork::Options options = Serving();
  const std::string bytes = ProgramOf(8 * 70'000 + 3);
  options.programs = {{"snponly.efi", bytes}};
  RunningNetwork running(options);
  const TftpReply reply = TftpFetch(running.ports.tftp, {.block_size = 8, .window = 64});
  EXPECT_EQ(reply.problem, "");
  EXPECT_TRUE(reply.bytes == bytes);
}

TEST_P(TftpServer, TranslatesNetasciiAndThenNamesNoSize) {
  RunningNetwork::Options options = Serving();
  options.programs = {{"menu.txt", "one\ntwo\rthree\n"}, {"huge.txt", ProgramOf((4 << 20) + 1)}};
  RunningNetwork running(options);
  const TftpReply reply = TftpFetch(
      running.ports.tftp,
      {.file = "menu.txt", .mode = "NetASCII", .block_size = 8, .tsize = TftpRequest::Size::kAsked});
  EXPECT_EQ(reply.bytes, std::string("one\r\ntwo\r\0three\r\n", 17));
  EXPECT_EQ(reply.oack, "blksize|8|") << "the size on the wire is not the file's";
  EXPECT_EQ(TftpFetch(running.ports.tftp, {.file = "huge.txt", .mode = "netascii"}).problem,
            "|\x05||TooLargeForNetascii|");
}

TEST_P(TftpServer, SendsTheEntryScriptAsAutoexecInAnyFolder) {
  RunningNetwork running(Serving());
  for (const std::string path : {"boot.ipxe", "autoexec.ipxe", "ipxe/autoexec.ipxe"}) {
    EXPECT_EQ(TftpFetch(running.ports.tftp, {.file = path}).bytes, SiteFiles().at("boot.ipxe"));
  }
}

TEST_P(TftpServer, AgreesToEdk2sOptionsAndEndsItsProbeQuietly) {
  RunningNetwork running(Serving());
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(ReadRequestBytes("snponly.efi|octet|tsize|0|blksize|1468|windowsize|4|"));
  EXPECT_EQ(ShownPacket(socket.Receive()),
            "|\x06"
            "blksize|1468|tsize|70000|windowsize|4|");
  EXPECT_EQ(socket.last_port() == running.ports.tftp, IsSingle());
  socket.SendTo(std::string("\0\x05\0\x08User aborted the transfer\0", 30), socket.last_port());
  const auto event = running.WaitForEvent("ClientAborted");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->outcome, Outcome::kAnswered) << "this is how firmware asks for the size";
}

TEST_P(TftpServer, TellsWhoeverGoesOnWithNoTransferToStop) {
  RunningNetwork running(Serving());
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(AckBytes(7));
  if (IsSingle()) {
    EXPECT_EQ(socket.Receive().substr(0, 4), std::string("\0\x05\0\x05", 4));
  } else {
    EXPECT_TRUE(running.WaitForEvent("NotRequest").has_value());
  }
  socket.Send(std::string("\0\x05\0\x05no\0", 7));
  socket.Send(ReadRequestBytes("boot.ipxe|octet|"));
  EXPECT_EQ(socket.Receive().substr(0, 4), std::string("\0\x03\0\x01", 4))
      << "an ERROR is answered by nothing";
}

TEST_P(TftpServer, TellsAStrangerOnATransfersPortToGoAway) {
  RunningNetwork running(Serving());
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(ReadRequestBytes("snponly.efi|octet|"));
  const std::string first = socket.Receive();
  const uint16_t transfer = socket.last_port();
  TestSocket stranger(TestSocket::Kind::kUdp, running.ports.tftp);
  stranger.SendTo(AckBytes(1), transfer);
  const std::string error = stranger.Receive();
  ASSERT_GE(error.size(), 4U);
  EXPECT_EQ(error.substr(0, 4), std::string("\0\x05\0\x05", 4));
  socket.SendTo(AckBytes(1), transfer);
  EXPECT_EQ(socket.Receive().substr(0, 4), std::string("\0\x03\0\x02", 4)) << "the transfer goes on";
}

TEST_P(TftpServer, NeverRunsTwoTransfersForOnePeer) {
  RunningNetwork running(Serving());
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(ReadRequestBytes("snponly.efi|octet|blksize|1000|"));
  socket.Receive();
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  socket.Send(ReadRequestBytes("snponly.efi|octet|blksize|1000|"));
  EXPECT_EQ(ShownPacket(socket.Receive()),
            "|\x06"
            "blksize|1000|")
      << "the same request again: the same reply again";
  socket.Send(ReadRequestBytes("boot.ipxe|octet|blksize|999|"));
  EXPECT_EQ(ShownPacket(socket.Receive()),
            "|\x06"
            "blksize|999|")
      << "another request begins afresh";
  EXPECT_EQ(running.network().counters().tftp_transfers, 1U);
}

TEST_P(TftpServer, GoesOnWhenACopyOfTheRequestComesLate) {
  RunningNetwork running(Serving());
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  const std::string request = ReadRequestBytes("snponly.efi|octet|blksize|1000|");
  socket.Send(request);
  socket.Receive();
  const uint16_t transfer = socket.last_port();
  socket.SendTo(AckBytes(0), transfer);
  EXPECT_EQ(socket.Receive().substr(0, 4), std::string("\0\x03\0\x01", 4));
  socket.Send(request);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  socket.SendTo(AckBytes(1), transfer);
  std::string next = socket.Receive();
  while (next.substr(0, 4) == std::string("\0\x03\0\x01", 4)) next = socket.Receive();  // by the timer
  EXPECT_EQ(next.substr(0, 4), std::string("\0\x03\0\x02", 4)) << "the same transfer";
  EXPECT_EQ(socket.last_port(), transfer);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'050));
  // What was repeated meanwhile is still in the socket.
  socket.Send(request);
  std::string packet = socket.Receive();
  while (!packet.empty() && packet[1] == 3) packet = socket.Receive();
  EXPECT_EQ(ShownPacket(packet),
            "|\x06"
            "blksize|1000|")
      << "a client that began anew";
}

struct ErrorRow {
  const char* request;
  char code;
  const char* reason;
};

TEST_P(TftpServer, RefusesWithACodeAndAReason) {
  RunningNetwork running(Serving(kStranger));
  const std::vector<ErrorRow> rows = {
      {"nothing|octet|", 1, "NotFound"},      {"boot.ipxe|octet|", 2, "UnknownMachine"},
      {"../etc/passwd|octet|", 2, "BadPath"}, {"boot.ipxe|binary|", 4, "BadMode"},
      {"boot.ipxe|mail|", 4, "BadMode"},      {"|octet|", 4, "NoFile"},
  };
  for (const ErrorRow& row : rows) {
    TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
    socket.Send(ReadRequestBytes(row.request));
    const std::string packet = socket.Receive();
    ASSERT_GE(packet.size(), 5U) << row.request;
    EXPECT_EQ(packet[1], 5) << row.request;
    EXPECT_EQ(packet[3], row.code) << row.request;
    EXPECT_EQ(packet.substr(4, packet.size() - 5), row.reason);
    EXPECT_TRUE(running.WaitForEvent(row.reason).has_value());
  }
  TestSocket writer(TestSocket::Kind::kUdp, running.ports.tftp);
  writer.Send(std::string("\0\x02x\0octet\0", 10));
  EXPECT_EQ(writer.Receive()[3], 2);
}

TEST_P(TftpServer, LimitsTheTransfersOfOneClient) {
  BootLimits limits;
  limits.tftp_transfers_per_client = 2;
  RunningNetwork running(Serving(kBeta, limits));
  TestSocket a(TestSocket::Kind::kUdp, running.ports.tftp);
  TestSocket b(TestSocket::Kind::kUdp, running.ports.tftp);
  TestSocket c(TestSocket::Kind::kUdp, running.ports.tftp);
  for (TestSocket* socket : {&a, &b, &c}) socket->Send(ReadRequestBytes("snponly.efi|octet|"));
  EXPECT_TRUE(running.WaitForEvent("Busy").has_value());
  EXPECT_EQ(running.network().counters().tftp_transfers, 2U);
}

TEST_P(TftpServer, LetsAFloodOfRequestsThatNeverGoOnTakeNobodysPlace) {
  BootLimits limits;
  limits.tftp_transfers = 20;
  RunningNetwork running(Serving(kBeta, limits));
  std::vector<std::unique_ptr<TestSocket>> flood;
  for (uint32_t i = 0; i < 200; ++i) {
    flood.push_back(
        std::make_unique<TestSocket>(TestSocket::Kind::kUdp, running.ports.tftp, Ipv4{0x7f000002 + i % 100}));
    flood.back()->Send(ReadRequestBytes("snponly.efi|octet|blksize|1468|"));
  }
  EXPECT_TRUE(running.WaitForEvent("Stopped").has_value()) << "the oldest made room";
  EXPECT_TRUE(TftpFetch(running.ports.tftp, {.block_size = 1468}).bytes == Program());
  EXPECT_LE(running.network().counters().tftp_transfers, 20U);
}

TEST_P(TftpServer, StopsListeningToASourceThatAsksTooOften) {
  BootLimits limits;
  limits.tftp_requests_per_second = 5;
  RunningNetwork running(Serving(kBeta, limits));
  TestSocket flood(TestSocket::Kind::kUdp, running.ports.tftp);
  for (int i = 0; i < 50; ++i) flood.Send(ReadRequestBytes("nothing|octet|"));
  EXPECT_TRUE(running.WaitForEvent("TooManyRequests").has_value());
  flood.SetPatience(300);
  int answers = 0;
  while (!flood.Receive().empty()) ++answers;
  EXPECT_GE(answers, 10);
  EXPECT_LE(answers, 15);
  TestSocket other(TestSocket::Kind::kUdp, running.ports.tftp, {0x7f000009});
  other.Send(ReadRequestBytes("boot.ipxe|octet|"));
  EXPECT_NE(other.Receive(), "") << "others are heard";
}

TEST_P(TftpServer, SendsLittleBeforeTheClientProvedItself) {
  BootLimits limits;
  RunningNetwork running(Serving(kBeta, limits));
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  const std::string request = ReadRequestBytes("snponly.efi|octet|blksize|1468|windowsize|64|");
  for (int i = 0; i < 50; ++i) socket.Send(request);
  socket.SetPatience(300);
  size_t packets = 0;
  size_t bytes = 0;
  for (std::string packet = socket.Receive(); !packet.empty(); packet = socket.Receive()) {
    ++packets;
    bytes += packet.size();
  }
  EXPECT_EQ(packets, 1U) << "repeated requests within 50 ms are one";
  EXPECT_LT(bytes, request.size());
}

TEST_P(TftpServer, TellsOfAMachineThatGoesInCircles) {
  RunningNetwork running(Serving());
  for (int i = 0; i < 5; ++i) TftpFetch(running.ports.tftp, {.block_size = 1468});
  EXPECT_TRUE(running.WaitForEvent("BootLoop").has_value());
  int told = 0;
  for (const BootEvent& event : running.events()) told += event.reason == "BootLoop" ? 1 : 0;
  EXPECT_EQ(told, 1);
}

TEST(TftpPortRange, HoldsEveryTransferAndSaysWhenItIsFull) {
  const auto first = static_cast<uint16_t>(41'000 + ::getpid() % 5'000);
  RunningNetwork running(
      {.identify = AlwaysMac(kBeta), .tftp_ports = {.range = {first, static_cast<uint16_t>(first + 1)}}});
  std::vector<std::unique_ptr<TestSocket>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<TestSocket>(TestSocket::Kind::kUdp, running.ports.tftp));
    clients.back()->Send(ReadRequestBytes("snponly.efi|octet|"));
    EXPECT_NE(clients.back()->Receive(), "");
    EXPECT_GE(clients.back()->last_port(), first);
    EXPECT_LE(clients.back()->last_port(), first + 1);
  }
  TestSocket third(TestSocket::Kind::kUdp, running.ports.tftp);
  third.Send(ReadRequestBytes("snponly.efi|octet|"));
  const auto event = running.WaitForEvent("NoSocket");
  ASSERT_TRUE(event.has_value());
  EXPECT_NE(event->message.find("boot.tftp_port_range"), std::string::npos);
  clients[0]->SendTo(std::string("\0\x05\0\0\0", 5), clients[0]->last_port());
  EXPECT_TRUE(running.WaitForEvent("ClientAborted").has_value());
  third.Send(ReadRequestBytes("snponly.efi|octet|"));
  EXPECT_NE(third.Receive(), "") << "a port that came free is used again";
}

}  // namespace
}  // namespace slipway
