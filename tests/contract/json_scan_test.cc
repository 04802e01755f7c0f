#include "schema/contract/json_scan.h"

#include <gtest/gtest.h>

#include <vector>

namespace slipway {
namespace {

using Token = JsonScanner::Token;

std::vector<Token> TokensOf(std::string_view text) {
  JsonScanner scanner(text);
  std::vector<Token> tokens;
  do {
    tokens.push_back(scanner.Next());
  } while (tokens.back() != Token::kEnd && tokens.back() != Token::kBad);
  return tokens;
}

TEST(JsonScanner, CutsADocumentIntoItsTokens) {
  const std::vector<Token> expected{Token::kObject,    Token::kString, Token::kColon,  Token::kArray,
                                    Token::kNumber,    Token::kComma,  Token::kString, Token::kArrayEnd,
                                    Token::kObjectEnd, Token::kEnd};
  EXPECT_EQ(TokensOf(" {\"a\" :\t[ 1,\r\n\"b\"]}\n"), expected);
}

TEST(JsonScanner, ReadsStringsWithAndWithoutEscapes) {
  const std::pair<std::string_view, std::string_view> cases[] = {{R"("")", ""},
                                                                 {R"("plain")", "plain"},
                                                                 {R"("a\"b\\c\/d")", "a\"b\\c/d"},
                                                                 {R"("\n\t\u0041")", "\n\tA"},
                                                                 {R"("µ€😀")", "µ€😀"},
                                                                 {R"("\ud83d\ude00")", "😀"}};
  for (const auto& [text, value] : cases) {
    JsonScanner scanner(text);
    ASSERT_EQ(scanner.Next(), Token::kString) << text;
    EXPECT_EQ(scanner.string(), value);
    EXPECT_EQ(scanner.Next(), Token::kEnd);
  }
}

TEST(JsonScanner, ReadsWholeNumbersToTheirLimits) {
  const std::pair<std::string_view, int64_t> cases[] = {{"0", 0},
                                                        {"42", 42},
                                                        {"-7", -7},
                                                        {"9223372036854775807", INT64_MAX},
                                                        {"-9223372036854775808", INT64_MIN}};
  for (const auto& [text, value] : cases) {
    JsonScanner scanner(text);
    ASSERT_EQ(scanner.Next(), Token::kNumber) << text;
    EXPECT_EQ(scanner.number(), value);
  }
}

TEST(JsonScanner, RefusesWhatIsNoJsonOrNotOurs) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\"open"sv,
                                      "\"open\\\""sv,
                                      "\"\\"sv,
                                      "\"line\nend\""sv,
                                      "\"nul\0\""sv,
                                      "\"\\x\""sv,
                                      "\"\\ud83d\""sv,
                                      "\"\xff\""sv,
                                      "\"\xc0\x80\""sv,
                                      "01"sv,
                                      "-01"sv,
                                      "+1"sv,
                                      "-"sv,
                                      "1.5"sv,
                                      "1e3"sv,
                                      "9223372036854775808"sv,
                                      "true"sv,
                                      "null"sv,
                                      "nan"sv,
                                      "'a'"sv,
                                      "/**/"sv,
                                      "\0"sv}) {
    EXPECT_EQ(TokensOf(text).back(), Token::kBad) << text;
  }
}

}  // namespace
}  // namespace slipway
