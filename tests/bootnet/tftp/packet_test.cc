#include "bootnet/tftp/packet.h"

#include <gtest/gtest.h>

#include "bootnet/tftp/negotiate.h"

namespace slipway::tftp {
namespace {

/// `text` with `|` for NUL behind a two-byte opcode.
std::vector<uint8_t> Packet(uint8_t opcode, std::string_view text) {
  std::vector<uint8_t> bytes{0, opcode};
  for (char c : text) bytes.push_back(c == '|' ? 0 : static_cast<uint8_t>(c));
  return bytes;
}

std::string ErrorOf(const std::vector<uint8_t>& bytes) {
  const auto request = ParseReadRequest(bytes);
  return request ? "good" : std::string(ToString(request.error()));
}

TEST(TftpRequest, ReadsNameModeAndOptionsInAnyCase) {
  const auto bytes = Packet(1, "snponly.efi|OCTET|tsize|0|BlkSize|1468|windowsize|4|");
  const auto request = ParseReadRequest(bytes);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->file, "snponly.efi");
  EXPECT_EQ(request->Number("blksize"), 1468U);
  EXPECT_EQ(request->Number("tsize"), 0U);
  EXPECT_EQ(request->Number("timeout"), std::nullopt);
}

TEST(TftpRequest, RefusesWhatIsNoReadRequest) {
  EXPECT_EQ(ErrorOf({}), "TooShort");
  EXPECT_EQ(ErrorOf({0}), "TooShort");
  EXPECT_EQ(ErrorOf(Packet(2, "x|octet|")), "WriteRequest");
  EXPECT_EQ(ErrorOf(Packet(4, "xx")), "NotRequest");
  EXPECT_EQ(ErrorOf(Packet(1, "x")), "NotTerminated");
  EXPECT_EQ(ErrorOf(Packet(1, "x|octet")), "NotTerminated");
  EXPECT_EQ(ErrorOf(Packet(1, "|octet|")), "NoFile");
  EXPECT_EQ(ErrorOf(Packet(1, "x|binary|")), "BadMode");
  EXPECT_EQ(ErrorOf(Packet(1, std::string(2000, 'x'))), "TooLong");
  EXPECT_EQ(ErrorOf(Packet(1, "x|netascii|")), "good");
  EXPECT_EQ(ErrorOf(Packet(1, "x|mail|")), "BadMode");
}

TEST(TftpRequest, PassesOverHalfAnOptionAndPadding) {
  const auto bytes = Packet(1, "x|octet|blksize|1024|tsize");
  EXPECT_EQ(ParseReadRequest(bytes)->option_count, 1U);
  const auto padded = Packet(1, "x|octet|||||||||");
  EXPECT_EQ(ParseReadRequest(padded)->option_count, 0U);
  std::string many = "x|octet|";
  for (int i = 0; i < 100; ++i) many += "a|1|";
  const auto crowded = Packet(1, many);
  EXPECT_EQ(ParseReadRequest(crowded)->option_count, kMaxRequestOptions);
}

std::string Oack(std::string_view request_text, uint64_t size = 5000) {
  const auto bytes = Packet(1, "f|octet|" + std::string(request_text));
  const Terms terms = Negotiate(*ParseReadRequest(bytes), size, Limits{});
  if (!terms.oack) return "none";
  std::string text(terms.oack->begin() + 2, terms.oack->end());
  for (char& c : text) c = c == '\0' ? '|' : c;
  return text;
}

TEST(TftpNegotiate, AnswersOnlyWhatWasAskedInLowerCaseAndNeverMore) {
  EXPECT_EQ(Oack(""), "none");
  EXPECT_EQ(Oack("multicast||"), "none");
  EXPECT_EQ(Oack("tsize|0|"), "tsize|5000|");
  EXPECT_EQ(Oack("TSIZE|0|BLKSIZE|1468|"), "blksize|1468|tsize|5000|");
  EXPECT_EQ(Oack("blksize|512|"), "blksize|512|");
  EXPECT_EQ(Oack("blksize|65464|"), "blksize|1468|");
  EXPECT_EQ(Oack("windowsize|4|"), "windowsize|4|");
  EXPECT_EQ(Oack("windowsize|65535|"), "windowsize|64|");
  EXPECT_EQ(Oack("timeout|5|"), "timeout|5|");
  EXPECT_EQ(Oack("tsize|0|", uint64_t{6} << 32U), "tsize|25769803776|");
  EXPECT_EQ(Oack("tsize|0|blksize|1024|", 0), "blksize|1024|") << "curl takes a tsize of 0 for an error";
}

TEST(TftpNegotiate, DoesNotSeeValuesOutOfRange) {
  for (std::string_view text :
       {"blksize|7|", "blksize|65465|", "blksize|-1|", "blksize|1e3|", "blksize||", "timeout|0|",
        "timeout|256|", "windowsize|0|", "windowsize|65536|", "tsize|x|", "blksize|99999999999999999999|"}) {
    EXPECT_EQ(Oack(text), "none") << text;
  }
}

}  // namespace
}  // namespace slipway::tftp
