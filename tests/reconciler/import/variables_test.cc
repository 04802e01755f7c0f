#include "reconciler/import/variables.h"

#include <gtest/gtest.h>

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

const Lookup kLookup = [](const std::string& name) -> std::optional<std::string> {
  if (name == "A") return "one";
  if (name == "PORT") return "6443";
  if (name == "LIST") return "[a, b]";
  if (name == "EMPTY") return "";
  return std::nullopt;
};

std::string Expand(std::string_view text) { return ExpandVariables(text, kLookup).text; }

TEST(Variables, AllForms) {
  EXPECT_EQ(Expand("x $A ${A}y $$A $${A}"), "x one oney $A ${A}");
  EXPECT_EQ(Expand("${NO:-two} ${NO-two} ${NO:=two} ${NO=$A} ${A:-two}"), "two two two one one");
  EXPECT_EQ(Expand("${EMPTY:-two} <${EMPTY-two}> ${A:+three} <${NO:+three}> ${A+x}"), "two <> three <> x");
  EXPECT_EQ(Expand("$ $(date) 5$ ${ ${}"), "$ $(date) 5$ ${ ${}");
}

TEST(Variables, WhatIsNotSetIsNamedAndStays) {
  const Expanded expanded = ExpandVariables("a ${NO} $EMPTY ${NO:-$OTHER}", kLookup);
  EXPECT_EQ(expanded.text, "a ${NO} $EMPTY $OTHER");
  EXPECT_EQ(expanded.missing, (std::vector<std::string>{"NO", "EMPTY", "OTHER"}));
}

TEST(Variables, PlainScalarsGetTheirNewType) {
  yaml::Stream stream = yaml::Read(
      "# ${NO} in a comment\nport: ${PORT}\ntext: \"${PORT}\"\nlist: ${LIST}\n"
      "block: |\n  a: $A\nkey-$A: 1\nlost: x${NO}\n",
      "f", {}, yaml::Sources::kKeep);
  ASSERT_EQ(stream.documents.size(), 1U);
  yaml::Document& document = stream.documents.front();
  const auto missing = ExpandDocument(document, kLookup);
  const yaml::Value& root = document.root;
  EXPECT_EQ(*root.Find("port"), yaml::Value(int64_t{6443}));
  EXPECT_EQ(*root.Find("text"), yaml::Value("6443"));
  EXPECT_EQ(TextList(root, "list"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Text(root, "block"), "a: one\n");
  EXPECT_NE(root.Find("key-one"), nullptr);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing.front().name, "NO");
  EXPECT_EQ(missing.front().mark.line, 8U);
  EXPECT_EQ(root.Find("list")->mark().line, 4U);
}

TEST(Variables, EnvironmentFiles) {
  const auto read = [](const std::string& text) {
    return ReadVariables(yaml::Read(text, "e", {}, yaml::Sources::kKeep).documents, text);
  };
  EXPECT_EQ(read("---\nA: one\nMODE: 0644\nB: \"x: y\"\n"),
            (std::map<std::string, std::string>{{"A", "one"}, {"B", "x: y"}, {"MODE", "0644"}}));
  EXPECT_EQ(read("# c\nexport A=one\nB='two words'\n"),
            (std::map<std::string, std::string>{{"A", "one"}, {"B", "two words"}}));
  EXPECT_EQ(read("- a\n- b\n"), std::nullopt);
}

}  // namespace
}  // namespace slipway::imports
