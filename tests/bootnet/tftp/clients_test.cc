#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/bootnet/net_fixture.h"

/// Real TFTP clients fetch real bytes.
namespace slipway {
namespace {

using namespace slipway::testing;

struct ClientRow {
  const char* name;
  const char* program;
  std::string command;  ///< with PORT and OUT to be filled in
};

class TftpClient : public ::testing::TestWithParam<ClientRow> {};

std::string Fill(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

TEST_P(TftpClient, FetchesAProgram) {
  const ClientRow row = GetParam();
  if (std::system(("command -v " + std::string(row.program) + " >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << row.program << " is not installed";
  }
  RunningNetwork running({});
  const TempDir folder;
  const std::string out = folder.path() + "/out";
  const std::string command = Fill(Fill(row.command, "PORT", std::to_string(running.ports.tftp)), "OUT", out);
  const int status =
      std::system(("cd " + folder.path() + " && timeout 20 " + command + " >/dev/null 2>&1").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0) << command;
  std::ifstream file(out, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(Sha256::Of(bytes), MakeBootFiles().Find("snponly.efi")->digest);
}

const ClientRow kClients[] = {
    {"Curl", "curl", "curl -s tftp://127.0.0.1:PORT/snponly.efi -o OUT"},
    {"CurlLargeBlocks", "curl", "curl -s --tftp-blksize 1468 tftp://127.0.0.1:PORT/snponly.efi -o OUT"},
    {"CurlWithoutOptions", "curl", "curl -s --tftp-no-options tftp://127.0.0.1:PORT/snponly.efi -o OUT"},
    {"TftpHpa", "tftp", "tftp -m binary 127.0.0.1 PORT -c get snponly.efi OUT"},
    {"Atftp", "atftp", "atftp -g -r snponly.efi -l OUT 127.0.0.1 PORT"},
    {"AtftpWindow4", "atftp",
     "atftp --option 'windowsize 4' --option 'blksize 1400' -g -r snponly.efi -l OUT 127.0.0.1 PORT"},
    {"AtftpWindow16", "atftp",
     "atftp --option 'windowsize 16' --option 'blksize 1400' -g -r snponly.efi -l OUT 127.0.0.1 PORT"},
    {"Busybox", "busybox", "busybox tftp -g -r snponly.efi -l OUT 127.0.0.1 PORT"},
    {"BusyboxLargeBlocks", "busybox", "busybox tftp -b 1468 -g -r snponly.efi -l OUT 127.0.0.1 PORT"},
};

INSTANTIATE_TEST_SUITE_P(Real, TftpClient, ::testing::ValuesIn(kClients),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace slipway
