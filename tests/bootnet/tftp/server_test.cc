#include <gtest/gtest.h>

#include "tests/bootnet/net_fixture.h"

namespace slipway {
namespace {

using namespace slipway::testing;

std::string AckBytes(uint16_t block) {
  std::string bytes("\0\x04", 2);
  bytes += static_cast<char>(block >> 8U);
  bytes += static_cast<char>(block & 0xffU);
  return bytes;
}

std::string Shown(std::string packet) {
  for (char& c : packet) c = c == '\0' ? '|' : c;
  return packet;
}

std::string ProgramBytes() {
  const BootFiles files = MakeBootFiles();
  const BootFile* file = files.Find("snponly.efi");
  std::string bytes(file->size, '\0');
  EXPECT_EQ(::pread(file->fd.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  return bytes;
}

/// Fetches with plain RFC 1350 lockstep, or with what `options` asks for.
std::string Fetch(uint16_t port, const std::string& request, size_t block_size) {
  TestSocket socket(TestSocket::Kind::kUdp, port);
  socket.Send(ReadRequestBytes(request));
  std::string all;
  for (;;) {
    const std::string packet = socket.Receive();
    if (packet.size() < 4 || packet[1] == 5) return "failed: " + Shown(packet);
    if (packet[1] == 6) {
      socket.SendTo(AckBytes(0), socket.last_port());
      continue;
    }
    all += packet.substr(4);
    socket.SendTo(std::string("\0\x04", 2) + packet.substr(2, 2), socket.last_port());
    if (packet.size() < block_size + 4) return all;
  }
}

TEST(TftpServer, SendsAProgramWithAndWithoutOptions) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  const std::string bytes = ProgramBytes();
  EXPECT_TRUE(Fetch(running.ports.tftp, "snponly.efi|octet|", 512) == bytes);
  EXPECT_TRUE(Fetch(running.ports.tftp, "/ipxe/snponly.efi|NETASCII|", 512) == bytes)
      << "netascii is sent as octet";
  EXPECT_TRUE(Fetch(running.ports.tftp, "\\snponly.efi|octet|tsize|0|blksize|1468|", 1468) == bytes);
  const auto event = running.WaitForEvent("Approved");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->bytes, bytes.size());
  EXPECT_EQ(event->node, "beta");
}

TEST(TftpServer, SendsTheEntryScriptAsAutoexecInAnyFolder) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  for (const std::string path : {"boot.ipxe", "autoexec.ipxe", "ipxe/autoexec.ipxe"}) {
    EXPECT_EQ(Fetch(running.ports.tftp, path + "|octet|", 512), SiteFiles().at("boot.ipxe"));
  }
}

TEST(TftpServer, AgreesToEdk2sOptionsAndEndsItsProbeQuietly) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(ReadRequestBytes("snponly.efi|octet|tsize|0|blksize|1468|windowsize|4|"));
  EXPECT_EQ(Shown(socket.Receive()),
            "|\x06"
            "blksize|1468|tsize|70000|windowsize|4|");
  EXPECT_NE(socket.last_port(), running.ports.tftp) << "a transfer has a port of its own";
  socket.SendTo(std::string("\0\x05\0\x08User aborted the transfer\0", 30), socket.last_port());
  const auto event = running.WaitForEvent("ClientAborted");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->outcome, Outcome::kAnswered) << "this is how firmware asks for the size";
}

TEST(TftpServer, TellsAStrangerOnATransfersPortToGoAway) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
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

TEST(TftpServer, NeverRunsTwoTransfersForOnePeer) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  TestSocket socket(TestSocket::Kind::kUdp, running.ports.tftp);
  socket.Send(ReadRequestBytes("snponly.efi|octet|blksize|1000|"));
  socket.Receive();
  const uint16_t first = socket.last_port();
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  socket.Send(ReadRequestBytes("snponly.efi|octet|blksize|1000|"));
  socket.Receive();
  EXPECT_EQ(socket.last_port(), first) << "the same request again: the same reply again";
  socket.Send(ReadRequestBytes("boot.ipxe|octet|blksize|1000|"));
  socket.Receive();
  EXPECT_NE(socket.last_port(), first) << "another request begins afresh";
  EXPECT_EQ(running.network().counters().tftp_transfers, 1U);
}

struct ErrorRow {
  const char* request;
  char code;
  const char* reason;
};

TEST(TftpServer, RefusesWithACodeAndAReason) {
  RunningNetwork running({.identify = AlwaysMac(kStranger)});
  const std::vector<ErrorRow> rows = {
      {"nothing|octet|", 1, "NotFound"},
      {"boot.ipxe|octet|", 2, "UnknownMachine"},
      {"../etc/passwd|octet|", 2, "BadPath"},
      {"boot.ipxe|binary|", 4, "BadMode"},
      {"|octet|", 4, "NoFile"},
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

TEST(TftpServer, LimitsTheTransfersOfOneClient) {
  BootLimits limits;
  limits.tftp_transfers_per_client = 2;
  RunningNetwork running({.limits = limits, .identify = AlwaysMac(kBeta)});
  TestSocket a(TestSocket::Kind::kUdp, running.ports.tftp);
  TestSocket b(TestSocket::Kind::kUdp, running.ports.tftp);
  TestSocket c(TestSocket::Kind::kUdp, running.ports.tftp);
  for (TestSocket* socket : {&a, &b, &c}) socket->Send(ReadRequestBytes("snponly.efi|octet|"));
  EXPECT_TRUE(running.WaitForEvent("Busy").has_value());
  EXPECT_EQ(running.network().counters().tftp_transfers, 2U);
}

TEST(TftpServer, TellsOfAMachineThatGoesInCircles) {
  RunningNetwork running({.identify = AlwaysMac(kBeta)});
  for (int i = 0; i < 5; ++i) Fetch(running.ports.tftp, "snponly.efi|octet|blksize|1468|", 1468);
  EXPECT_TRUE(running.WaitForEvent("BootLoop").has_value());
  int told = 0;
  for (const BootEvent& event : running.events()) told += event.reason == "BootLoop" ? 1 : 0;
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace slipway
