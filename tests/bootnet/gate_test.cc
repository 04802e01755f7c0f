#include <gtest/gtest.h>

#include "tests/bootnet/net_fixture.h"

/// A machine that is not approved asks for every path of the manifest, through every door, in every spelling.
namespace slipway {
namespace {

using namespace slipway::testing;

std::string Replace(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// `path` and everything that could mean it to a careless server.
std::vector<std::string> Spellings(const std::string& path) {
  const size_t slash = path.rfind('/') + 1;
  const std::string folder = path.substr(0, slash);
  const std::string name = path.substr(slash);
  const std::string colons = folder + Replace(name, "-", ":");
  std::vector<std::string> all = {
      path,
      colons,
      folder + Replace(name, "-", "%3A"),
      folder + Replace(name, "-", "%3a"),
      folder + Replace(name, "-", "."),
      folder + Replace(name, "-", ""),
      Upper(path),
      folder + Upper(name),
      Upper(colons),
      Replace(path, "/", "//"),
      Replace(path, "/", "/./"),
      Replace(path, "/", "%2f"),
      Replace(path, "/", "\\"),
      Replace(path, "/", "%5c"),
      Replace(path, ".", "%2e"),
      Replace(path, "e", "%65"),
      "./" + path,
      "../" + path,
      "%2e%2e/" + path,
      "..\\" + path,
      "nodes/../" + path,
      "nodes/%2e%2e/" + path,
      "current/" + path,
      "generations/000001-test/" + path,
      "../../../../" + path,
      path + "/",
      path + "%00",
      path + "%00.txt",
      path + " ",
      path + ".",
      path + "?x=1",
      path + "?mac=02-00-00-00-a1-01",
      path + "#x",
      path + ";x",
      "ipxe/" + path,
      "%252e%252e/" + path,
  };
  return all;
}

/// What a TFTP server sends for one request: its ERROR, or the beginning of the file. Then the client hangs
/// up.
std::string TftpBytes(uint16_t port, const std::string& request) {
  TestSocket socket(TestSocket::Kind::kUdp, port);
  socket.Send(ReadRequestBytes(request));
  std::string all;
  for (int packets = 0; packets < 3; ++packets) {
    const std::string packet = socket.Receive();
    all += packet;
    if (packet.size() < 2 || packet[1] == 5) break;
    const bool oack = packet[1] == 6;
    socket.SendTo(oack ? std::string("\0\x04\0\0", 4) : std::string("\0\x05\0\0\0", 5), socket.last_port());
    if (!oack) break;
  }
  return all;
}

class Gate : public ::testing::TestWithParam<SiteOptions> {
 protected:
  static void ExpectNoConfig(const std::string& bytes, const std::string& what) {
    EXPECT_EQ(bytes.find("SECRET-OF-"), std::string::npos) << what;
    EXPECT_FALSE(bytes.empty()) << what << ": silence proves nothing here";
  }
};

std::vector<std::string> EveryPath() {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : SiteFiles()) paths.push_back(path);
  for (std::string_view extra : {"manifest.json", "revision.json", "current/manifest.json", "autoexec.ipxe",
                                 "talos/configs/", "talos/configs", "snponly.efi"}) {
    paths.emplace_back(extra);
  }
  return paths;
}

TEST_P(Gate, LetsNoConfigOutToAStrangerOverHttp) {
  RunningNetwork running({.site = GetParam(), .identify = AlwaysMac(kStranger)});
  const std::string address = "http://127.0.0.1:" + std::to_string(running.ports.http);
  for (const std::string& path : EveryPath()) {
    for (const std::string& spelling : Spellings(path)) {
      for (const std::string& prefix : {std::string("/"), std::string("//"), address + "/", std::string()}) {
        for (const std::string method : {"GET", "HEAD", "POST", "get"}) {
          const HttpReply reply = HttpAsk(running.ports.http, method + " " + prefix + spelling + " HTTP/1.1");
          ExpectNoConfig(reply.head + reply.body, method + " " + prefix + spelling);
          EXPECT_TRUE(reply.status != 200 || path == "boot.ipxe" || path == "autoexec.ipxe" ||
                      path == "snponly.efi")
              << spelling;
        }
      }
    }
  }
}

TEST_P(Gate, LetsNoConfigOutToAStrangerOverTftp) {
  BootLimits limits;
  limits.tftp_requests_per_second = 1'000'000;  // the gate is to answer, not the rate
  RunningNetwork running({.site = GetParam(), .limits = limits, .identify = AlwaysMac(kStranger)});
  for (const std::string& path : EveryPath()) {
    for (const std::string& spelling : Spellings(path)) {
      for (const std::string prefix : {"", "/", "//", "\\"}) {
        for (const std::string mode : {"octet", "netascii", "MAIL"}) {
          const std::string request = prefix + spelling + "|" + mode + "|";
          ExpectNoConfig(TftpBytes(running.ports.tftp, request), request);
        }
      }
      ExpectNoConfig(TftpBytes(running.ports.tftp, spelling + "|octet|tsize|0|blksize|1468|windowsize|4|"),
                     spelling);
    }
  }
}

TEST_P(Gate, LetsNoConfigOutOverTftpToAnybody) {
  for (const PeerLookup& who : {AlwaysHost(), AlwaysMac(kAlpha1), AlwaysUnidentified()}) {
    RunningNetwork running({.site = GetParam(), .identify = who});
    for (const Mac& mac : {kAlpha1, kBeta}) {
      for (const std::string& spelling : Spellings(MachineConfigPath(mac))) {
        ExpectNoConfig(TftpBytes(running.ports.tftp, spelling + "|octet|"), spelling);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sites, Gate,
                         ::testing::Values(SiteOptions{}, SiteOptions{.unknown = UnknownAction::kReport},
                                           SiteOptions{.unknown = UnknownAction::kWait,
                                                       .access = ConfigAccess::kOpen}),
                         [](const auto& row) { return std::string(ToString(row.param.unknown)); });

TEST(GateControl, TheSameQuestionsAreAnsweredToTheMachineItself) {
  RunningNetwork running({.identify = AlwaysMac(kAlpha2)});
  int answered = 0;
  for (const std::string& spelling : Spellings(MachineConfigPath(kAlpha1))) {
    const HttpReply reply = HttpGet(running.ports.http, "/" + spelling);
    if (reply.status == 200) {
      EXPECT_EQ(reply.body, SiteFiles().at(MachineConfigPath(kAlpha1))) << spelling;
      ++answered;
    }
  }
  EXPECT_GE(answered, 12);
  EXPECT_EQ(HttpGet(running.ports.http, "/" + MachineConfigPath(kBeta)).status, 403);
}

}  // namespace
}  // namespace slipway
