#include <gtest/gtest.h>

#include <cmath>

#include "schema/fleet/codes.h"
#include "schema/fleet/yaml.h"

namespace slipway::yaml {
namespace {

Value ReadOne(std::string_view text) {
  Stream stream = Read(text, "test.yaml");
  EXPECT_TRUE(stream.problems.empty()) << text << "\n" << stream.problems.front().message;
  EXPECT_EQ(stream.documents.size(), 1U) << text;
  return stream.documents.empty() ? Value() : std::move(stream.documents.front().root);
}

Diagnostic OnlyProblem(std::string_view text) {
  const Stream stream = Read(text, "test.yaml");
  EXPECT_EQ(stream.problems.size(), 1U) << text;
  return stream.problems.empty() ? Diagnostic{} : stream.problems.front();
}

const Value& Item(const Value& list, size_t i) { return (*list.AsSequence())[i]; }

TEST(YamlRead, ResolvesPlainScalarsByTheCoreSchema) {
  const auto scalar = [](std::string_view text) { return *ReadOne("v: " + std::string(text)).Find("v"); };
  for (const char* word :
       {"no",   "yes", "on",  "off", "y",  "n", "1:30", "1_000", "2001-12-14", "=",     "0b11", "nUll",
        "tRue", "0o8", "0xg", "1e",  "e3", ".", "+",    "-x",    "+.e1",       "1.2.3", ".nAn", "10.0.0.1"}) {
    EXPECT_EQ(scalar(word), Value(word)) << word;
  }
  EXPECT_EQ(scalar("0o14"), Value(int64_t{12}));
  EXPECT_EQ(scalar("0x1F"), Value(int64_t{31}));
  EXPECT_EQ(scalar("0644"), Value(int64_t{644}));
  EXPECT_EQ(scalar("+7"), Value(int64_t{7}));
  EXPECT_EQ(scalar("-0"), Value(int64_t{0}));
  EXPECT_EQ(scalar("1e3"), Value(1000.0));
  EXPECT_EQ(scalar("1."), Value(1.0));
  EXPECT_EQ(scalar("-.5E-1"), Value(-0.05));
  EXPECT_EQ(scalar(".inf"), Value(HUGE_VAL));
  EXPECT_EQ(scalar("-.INF"), Value(-HUGE_VAL));
  EXPECT_EQ(scalar(".NaN"), Value(std::nan("")));
  EXPECT_EQ(scalar("True"), Value(true));
  EXPECT_EQ(scalar("FALSE"), Value(false));
  for (const char* word : {"~", "null", "Null", "NULL", ""}) EXPECT_TRUE(scalar(word).IsNull()) << word;
}

TEST(YamlRead, IntegersBeyondInt64AreFloats) {
  const Value list = ReadOne(
      "[9223372036854775807, 9223372036854775808, -9223372036854775808, 1e999, 1e-999, "
      "0xffffffffffffffff, 0o7777777777777777777777777]");
  EXPECT_EQ(Item(list, 0), Value(int64_t{9223372036854775807}));
  EXPECT_EQ(Item(list, 1), Value(9223372036854775808.0));
  EXPECT_EQ(Item(list, 2).AsInteger()->value, INT64_MIN);
  EXPECT_EQ(Item(list, 3), Value(HUGE_VAL));
  EXPECT_EQ(Item(list, 4), Value(0.0));
  EXPECT_EQ(Item(list, 5), Value(18446744073709551615.0));
  EXPECT_NE(Item(list, 6).AsFloat(), nullptr);
}

TEST(YamlRead, QuotedScalarsAndBlocksAreStrings) {
  const Value map = ReadOne("a: \"1\"\nb: 'null'\nc: |\n  true\nd: >-\n  x\n  y\ne: !!str 5\nf: ! 7\n");
  EXPECT_EQ(*map.Find("a"), Value("1"));
  EXPECT_EQ(*map.Find("b"), Value("null"));
  EXPECT_EQ(*map.Find("c"), Value("true\n"));
  EXPECT_EQ(*map.Find("d"), Value("x y"));
  EXPECT_EQ(*map.Find("e"), Value("5"));
  EXPECT_EQ(*map.Find("f"), Value("7"));
}

TEST(YamlRead, EveryEscapeOfDoubleQuotesIsItsCharacter) {
  const Value value = ReadOne("a: \"\\N\\_\\L\\P\\0\\a\\e\\x41\\xe9\\u20ac\\U0001F600\\/\\\\\"");
  EXPECT_EQ(*value.Find("a"), Value(std::string("\xC2\x85\xC2\xA0\xE2\x80\xA8\xE2\x80\xA9\0\a\x1b"
                                                "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80/\\",
                                                25)));
}

TEST(YamlRead, HonoursCoreTagsAndRefusesTheRest) {
  EXPECT_EQ(*ReadOne("v: !!float 3").Find("v"), Value(3.0));
  EXPECT_EQ(*ReadOne("v: !!int 0x10").Find("v"), Value(int64_t{16}));
  EXPECT_EQ(*ReadOne("v: !!map {a: 1}").Find("v")->Find("a"), Value(int64_t{1}));
  EXPECT_EQ(OnlyProblem("v: !!int abc").code, code::kYamlTagMismatch);
  for (const char* text :
       {"v: !!binary aGk=", "v: !vault x", "v: !!set {a}", "v: !<tag:x.example,2000:y> z"}) {
    EXPECT_EQ(OnlyProblem(text).code, code::kYamlUnknownTag) << text;
  }
}

TEST(YamlRead, MarksCountLinesAndCodePointsFromOne) {
  const Value map = ReadOne("# é\nä: {ö: x, \"ü😀\": [1, y]}\n日本: z\n");
  EXPECT_EQ(map.mark(), (Mark{2, 1}));
  const Value& inner = *map.Find("ä");
  EXPECT_EQ(inner.mark(), (Mark{2, 4}));
  EXPECT_EQ((*inner.AsMapping())[1].key_mark, (Mark{2, 11}));
  EXPECT_EQ(Item(*inner.Find("ü😀"), 1).mark(), (Mark{2, 21}));
  EXPECT_EQ(map.Find("日本")->mark(), (Mark{3, 5}));
}

TEST(YamlRead, AnEmptyValueIsPlacedAtItsKeyOrDash) {
  const Value map = ReadOne("a:\n\nb: ~\nc:\n  -\n\n  - x\n");
  EXPECT_EQ(map.Find("a")->mark(), (Mark{1, 1}));
  EXPECT_EQ(map.Find("b")->mark(), (Mark{3, 4}));
  EXPECT_EQ(Item(*map.Find("c"), 0).mark(), (Mark{5, 3}));
}

TEST(YamlRead, SkipsAByteOrderMarkAndTakesCrLfAsALineEnd) {
  const Value map = ReadOne(
      "\xEF\xBB\xBF"
      "a: b\r\nc: |\r\n  x\r\n  y\r\n");
  EXPECT_EQ(*map.Find("a"), Value("b"));
  EXPECT_EQ(*map.Find("c"), Value("x\ny\n"));
  EXPECT_EQ(map.Find("c")->mark(), (Mark{2, 4}));
}

TEST(YamlRead, LeavesOutEmptyDocumentsAndKeepsThePlaceOfEach) {
  const Stream stream = Read("# nothing\n---\n---\na: 1\n...\n---\n- b\n---\nnull\n", "test.yaml");
  EXPECT_TRUE(stream.problems.empty());
  ASSERT_EQ(stream.documents.size(), 2U);
  EXPECT_EQ(stream.documents[0].mark, (Mark{4, 1}));
  EXPECT_EQ(stream.documents[1].mark, (Mark{7, 1}));
  EXPECT_TRUE(Read("", "test.yaml").documents.empty());
  EXPECT_TRUE(Read("# only a comment", "test.yaml").documents.empty());
}

TEST(YamlRead, AliasesAreCopiesWithThePlaceOfTheirAnchor) {
  const Value map = ReadOne("a: &x {k: [1, 2]}\nb: &y text\nc: [*x, *y]\n*y : d\ne: &n\nf: *n\n");
  const Value& list = *map.Find("c");
  EXPECT_EQ(Item(list, 0), *map.Find("a"));
  EXPECT_EQ(Item(list, 0).mark(), (Mark{1, 4}));
  EXPECT_EQ(Item(list, 1), Value("text"));
  EXPECT_EQ(*map.Find("text"), Value("d"));
  EXPECT_TRUE(map.Find("f")->IsNull());
}

TEST(YamlRead, AnAnchorCanBeDefinedAgainAndLivesInItsDocumentOnly) {
  const Value list = ReadOne("[&a 1, *a, &a 2, *a, &b [&c {d: *a}], *c, *b]");
  EXPECT_EQ(Item(list, 1), Value(int64_t{1}));
  EXPECT_EQ(Item(list, 3), Value(int64_t{2}));
  EXPECT_EQ(Item(list, 5), Item(Item(list, 6), 0));
  EXPECT_EQ(Read("&a x\n---\n*a\n", "test.yaml").problems.front().code, code::kYamlUnknownAlias);
}

TEST(YamlRead, UnknownAndCyclicAliasesAreErrors) {
  const Diagnostic unknown = OnlyProblem("a: 1\nb: *nope\n");
  EXPECT_EQ(unknown.code, code::kYamlUnknownAlias);
  EXPECT_EQ(unknown.mark, (Mark{2, 4}));
  EXPECT_EQ(unknown.message, "the alias `*nope` names no anchor");
  EXPECT_EQ(OnlyProblem("a: &x [*x]\n").code, code::kYamlCyclicAlias);
  EXPECT_EQ(OnlyProblem("&x {a: {b: [1, *x]}}\n").code, code::kYamlCyclicAlias);
}

TEST(YamlRead, ReportsEveryDuplicateKeyWithTheFirstLine) {
  const Stream stream = Read("a: 1\nb: {c: 1, c: 2}\na: 3\n\"a\": 4\n", "test.yaml");
  ASSERT_EQ(stream.problems.size(), 3U);
  EXPECT_EQ(stream.problems[0].mark, (Mark{2, 11}));
  EXPECT_EQ(stream.problems[1].mark, (Mark{3, 1}));
  EXPECT_EQ(stream.problems[1].message, "duplicate key `a`, first given on line 1");
  EXPECT_EQ(stream.problems[2].mark, (Mark{4, 1}));
  for (const Diagnostic& problem : stream.problems) EXPECT_EQ(problem.code, code::kYamlDuplicateKey);

  std::string wide;
  for (int i = 0; i < 40; ++i) wide += "k" + std::to_string(i) + ": x\n";
  EXPECT_EQ(OnlyProblem(wide + "k7: y\n").message, "duplicate key `k7`, first given on line 8");
}

TEST(YamlRead, RefusesKeysThatAreNoScalars) {
  EXPECT_EQ(OnlyProblem("? [a]\n: 1\n").code, code::kYamlKeyNotScalar);
  EXPECT_EQ(OnlyProblem("? {a: b}\n: 1\n").code, code::kYamlKeyNotScalar);
  EXPECT_EQ(OnlyProblem("~: 1\n").code, code::kYamlKeyNotScalar);
  EXPECT_EQ(OnlyProblem("a: &x [1]\n*x : 2\n").code, code::kYamlKeyNotScalar);
}

TEST(YamlRead, RefusesMergeKeysButNotTheQuotedWord) {
  const Diagnostic problem = OnlyProblem("a: &x {b: 1}\nc:\n  <<: *x\n");
  EXPECT_EQ(problem.code, code::kYamlMergeKey);
  EXPECT_EQ(problem.mark, (Mark{3, 3}));
  EXPECT_NE(problem.fix.find("patch file"), std::string::npos);
  EXPECT_EQ(*ReadOne("\"<<\": 1").Find("<<"), Value(int64_t{1}));
}

TEST(YamlRead, SyntaxErrorsSayWhatToDo) {
  const Diagnostic tab = OnlyProblem("a:\n\tb: c\n");
  EXPECT_EQ(tab.code, code::kYamlSyntax);
  EXPECT_EQ(tab.mark, (Mark{2, 1}));
  EXPECT_EQ(tab.message, "a tab is used for indentation");
  EXPECT_EQ(OnlyProblem("é: b: c\n").mark, (Mark{1, 5}));
  for (const char* text :
       {"a: [1,\n", "a: {b\n", "a: \"x", "a: %x", "- a\nb: c\n", "a: ]\n", "a: \"\\q\"", "!!x !!y z"}) {
    EXPECT_EQ(OnlyProblem(text).code, code::kYamlSyntax) << text;
  }
}

TEST(YamlRead, ALineWithoutAColonIsNoKey) {
  EXPECT_EQ(OnlyProblem("a: b\nc\n").mark, (Mark{2, 1}));
  EXPECT_EQ(OnlyProblem("a:\n  - b: c\n    d\n").mark, (Mark{3, 5}));
  EXPECT_EQ(OnlyProblem("a: b\n\"c\"\n").code, code::kYamlSyntax);
  EXPECT_EQ(OnlyProblem("a: b\nc d # :\n").code, code::kYamlSyntax);
  EXPECT_EQ(OnlyProblem("a: b\nc:d\n").code, code::kYamlSyntax);
  const Value map = ReadOne(R"(
a:
b : # comment
? c
? "d"
"e\"":
'f''g' :
&w h:
!!str &y i:
j: {k, l: &x m}
*x :
n: &z
o: null
? |
  p
)");
  EXPECT_EQ(map.AsMapping()->size(), 13U);
}

TEST(YamlRead, AQuoteThatIsNeverClosedDoesNotSwallowTheFile) {
  for (const char* text :
       {"a: \"b\nc: d\n", "a: 'b\nc: d\n", "a: &x \"b\\\"\n", "--- 'x''\n", "\"a\n", "a: !!str 'b\n"}) {
    EXPECT_EQ(OnlyProblem(text).code, code::kYamlSyntax) << text;
  }
}

TEST(YamlRead, DocumentsBeforeASyntaxErrorAreKept) {
  const Stream stream = Read("a: 1\n---\nb: [\n", "test.yaml");
  EXPECT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.problems.size(), 1U);
}

TEST(YamlValue, FindsAddsAndErasesEntries) {
  Value value;
  value.At("a") = Value(int64_t{1});
  value.At("b").At("c") = Value("x");
  EXPECT_EQ(*value.Find("a"), Value(int64_t{1}));
  EXPECT_EQ(*value.Find("b")->Find("c"), Value("x"));
  EXPECT_TRUE(value.Erase("a"));
  EXPECT_FALSE(value.Erase("a"));
  EXPECT_EQ(value.Find("a"), nullptr);
  EXPECT_EQ(value.KindName(), "mapping");
}

}  // namespace
}  // namespace slipway::yaml
