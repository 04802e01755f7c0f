#include "reconciler/secrets/go_scalar.h"

#include <gtest/gtest.h>

#include <limits>

namespace slipway::secrets {
namespace {

using Kind = GoScalar::Kind;

std::string Show(const GoScalar& scalar) {
  if (scalar.kind == Kind::kNull) return "null";
  return (scalar.kind == Kind::kString ? "str " : "other ") + scalar.text;
}
std::string Plain(const std::string& text) {
  return Show(TypeAsGo({text, yaml::ScalarSource::Style::kPlain, ""}));
}
std::string Tagged(const std::string& tag, const std::string& text) {
  return Show(TypeAsGo({text, yaml::ScalarSource::Style::kTagged, tag}));
}

TEST(TypeAsGo, KnowsWordsIntegersAndFloats) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "null"},
      {"~", "null"},
      {"Null", "null"},
      {"nUll", "str nUll"},
      {"true", "other True"},
      {"FALSE", "other False"},
      {"yes", "str yes"},
      {"on", "str on"},
      {"y", "str y"},
      {"0", "other 0"},
      {"-0", "other 0"},
      {"+7", "other 7"},
      {"007", "other 7"},
      {"0644", "other 420"},
      {"08", "other 8"},
      {"0o644", "other 420"},
      {"0O17", "other 15"},
      {"-0o17", "other -15"},
      {"0x1f", "other 31"},
      {"-0X1F", "other -31"},
      {"0b101", "other 5"},
      {"-0b11", "other -3"},
      {"1_000", "other 1000"},
      {"0x_1f", "other 31"},
      {"_1", "str _1"},
      {"1__0", "other 10"},
      {"0x", "str 0x"},
      {"9223372036854775807", "other 9223372036854775807"},
      {"-9223372036854775808", "other -9223372036854775808"},
      {"18446744073709551615", "other 18446744073709551615"},
      {"18446744073709551616", "other 18446744073709552000"},
      {"1.5", "other 1.5"},
      {"1.", "other 1"},
      {".5", "other 0.5"},
      {"-.5", "other -0.5"},
      {"+.5", "other 0.5"},
      {"1e3", "other 1000"},
      {"1E-3", "other 0.001"},
      {"1_0.5", "other 10.5"},
      {"1e400", "str 1e400"},
      {"1e", "str 1e"},
      {".", "str ."},
      {"..", "str .."},
      {"-", "str -"},
      {"1.2.3", "str 1.2.3"},
      {".inf", "other +Inf"},
      {"+.Inf", "other +Inf"},
      {"-.INF", "other -Inf"},
      {".NaN", "other NaN"},
      {"Inf", "str Inf"},
      {"-inf", "str -inf"},
      {"10:30", "str 10:30"},
      {"1 2", "str 1 2"},
      {"\xc3\xa4", "str \xc3\xa4"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(Plain(text), expected) << text;
}

TEST(TypeAsGo, KnowsTimes) {
  const std::pair<const char*, const char*> kCases[] = {
      {"2001-12-14", "other 2001-12-14T00:00:00Z"},
      {"2001-1-2", "other 2001-01-02T00:00:00Z"},
      {"2001-12-14T21:59:43.10-05:00", "other 2001-12-14T21:59:43.1-05:00"},
      {"2001-12-14t21:59:43Z", "other 2001-12-14T21:59:43Z"},
      {"2001-12-14 21:59:43.100", "other 2001-12-14T21:59:43.1Z"},
      {"2001-12-14T1:2:3+00:00", "other 2001-12-14T01:02:03Z"},
      {"2001-12-14T21:59:43.1234567891Z", "other 2001-12-14T21:59:43.123456789Z"},
      {"2000-02-29", "other 2000-02-29T00:00:00Z"},
      {"1900-02-29", "str 1900-02-29"},
      {"2001-02-30", "str 2001-02-30"},
      {"2001-13-01", "str 2001-13-01"},
      {"2001-12-14T21:59:43", "str 2001-12-14T21:59:43"},
      {"2001-12-14 21:59:43 -5", "str 2001-12-14 21:59:43 -5"},
      {"2001-12-14T24:00:00Z", "str 2001-12-14T24:00:00Z"},
      {"12001-12-14", "str 12001-12-14"},
      {"2001-12", "str 2001-12"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(Plain(text), expected) << text;
}

TEST(TypeAsGo, KeepsToQuotesAndTags) {
  EXPECT_EQ(Show(TypeAsGo({"5", yaml::ScalarSource::Style::kQuoted, ""})), "str 5");
  EXPECT_EQ(Show(TypeAsGo({"", yaml::ScalarSource::Style::kQuoted, ""})), "str ");
  EXPECT_EQ(Tagged("str", "5"), "str 5");
  EXPECT_EQ(Tagged("int", "5"), "other 5");
  EXPECT_EQ(Tagged("float", "5"), "other 5");
  EXPECT_EQ(Tagged("bool", "true"), "other True");
  EXPECT_EQ(Tagged("null", "~"), "null");
}

TEST(GoFloat, WritesShortestDigitsWithoutExponent) {
  const std::pair<double, const char*> kCases[] = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1.0, "1"},
      {-2.5, "-2.5"},
      {1e23, "100000000000000000000000"},
      {123456789012345680000.0, "123456789012345680000"},
      {1e-7, "0.0000001"},
      {0.1, "0.1"},
      {100.0, "100"},
      {3.14159, "3.14159"},
      {12345.678, "12345.678"},
  };
  for (const auto& [value, text] : kCases) {
    EXPECT_EQ(FormatGoFloat(value), text);
    EXPECT_EQ(ParseGoFloat(text), value) << text;
  }
  const std::string tiny = FormatGoFloat(std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(tiny.size(), 326U);
  EXPECT_EQ(ParseGoFloat(tiny), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(FormatGoFloat(*ParseGoFloat("+Inf")), "+Inf");
  EXPECT_EQ(FormatGoFloat(*ParseGoFloat("-Inf")), "-Inf");
  EXPECT_EQ(FormatGoFloat(*ParseGoFloat("NaN")), "NaN");
  for (const char* text : {"", "x", "1x", "--1", "-", "infinite"}) EXPECT_FALSE(ParseGoFloat(text)) << text;
}

}  // namespace
}  // namespace slipway::secrets
