#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/bootnet/net_fixture.h"

/// Real TFTP clients fetch real bytes.
namespace slipway {
namespace {

using namespace slipway::testing;

struct ClientRow {
  const char* name;
  const char* program;
  std::string command;  ///< with PORT, NAME and OUT to be filled in
  enum class Blocks : uint8_t { kUsual, kTiny } blocks = Blocks::kUsual;  ///< kTiny: block numbers wrap
};

class TftpClient : public ::testing::TestWithParam<ClientRow> {};

std::string Fill(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// What a client stored of a file that the server has.
void ExpectFetched(const ClientRow& row, uint16_t port, const std::string& name, const std::string& bytes) {
  const TempDir folder;
  const std::string out = folder.path() + "/out";
  std::string command = Fill(Fill(row.command, "PORT", std::to_string(port)), "OUT", out);
  command = Fill(command, "NAME", name);
  const int status =
      std::system(("cd " + folder.path() + " && timeout 30 " + command + " >/dev/null 2>&1").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0) << command;
  std::ifstream file(out, std::ios::binary);
  const std::string got{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(got == bytes) << command << " stored " << got.size() << " bytes of " << bytes.size();
}

TEST_P(TftpClient, FetchesEverySizeInBothModes) {
  const ClientRow row = GetParam();
  if (std::system(("command -v " + std::string(row.program) + " >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << row.program << " is not installed";
  }
  std::map<std::string, std::string> programs;
  for (size_t size : {0, 511, 512, 513, 1400 * 16, 1468 * 3, 70'000}) {
    programs["f" + std::to_string(size)] = ProgramOf(size);
  }
  if (row.blocks == ClientRow::Blocks::kTiny) programs["rollover"] = ProgramOf(64 * 66'000 + 5);
  for (const auto mode : {TftpPorts::Mode::kOwn, TftpPorts::Mode::kSingle}) {
    RunningNetwork running({.tftp_ports = {.mode = mode}, .programs = programs});
    for (const auto& [name, bytes] : programs) ExpectFetched(row, running.ports.tftp, name, bytes);
  }
}

const ClientRow kClients[] = {
    {"Curl", "curl", "curl -s tftp://127.0.0.1:PORT/NAME -o OUT"},
    {"CurlLargeBlocks", "curl", "curl -s --tftp-blksize 1468 tftp://127.0.0.1:PORT/NAME -o OUT"},
    {"CurlWithoutOptions", "curl", "curl -s --tftp-no-options tftp://127.0.0.1:PORT/NAME -o OUT"},
    {"CurlTinyBlocks", "curl", "curl -s --tftp-blksize 64 tftp://127.0.0.1:PORT/NAME -o OUT",
     ClientRow::Blocks::kTiny},
    {"TftpHpaNetascii", "tftp", "tftp -m ascii 127.0.0.1 PORT -c get NAME OUT"},
    {"AtftpTinyWindow", "atftp",
     "atftp --option 'windowsize 32' --option 'blksize 64' -g -r NAME -l OUT 127.0.0.1 PORT",
     ClientRow::Blocks::kTiny},
    {"BusyboxTinyBlocks", "busybox", "busybox tftp -b 64 -g -r NAME -l OUT 127.0.0.1 PORT",
     ClientRow::Blocks::kTiny},
    {"TftpHpa", "tftp", "tftp -m binary 127.0.0.1 PORT -c get NAME OUT"},
    {"Atftp", "atftp", "atftp -g -r NAME -l OUT 127.0.0.1 PORT"},
    {"AtftpWindow4", "atftp",
     "atftp --option 'windowsize 4' --option 'blksize 1400' -g -r NAME -l OUT 127.0.0.1 PORT"},
    {"AtftpWindow16", "atftp",
     "atftp --option 'windowsize 16' --option 'blksize 1400' -g -r NAME -l OUT 127.0.0.1 PORT"},
    {"Busybox", "busybox", "busybox tftp -g -r NAME -l OUT 127.0.0.1 PORT"},
    {"BusyboxLargeBlocks", "busybox", "busybox tftp -b 1468 -g -r NAME -l OUT 127.0.0.1 PORT"},
};

INSTANTIATE_TEST_SUITE_P(Real, TftpClient, ::testing::ValuesIn(kClients),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace slipway
