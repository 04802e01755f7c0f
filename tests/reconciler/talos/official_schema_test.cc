#include "reconciler/talos/official_schema.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::talos {
namespace {

constexpr std::string_view kSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://talos.dev/v1.13/schemas/config.schema.json",
  "$defs": {
    "v1alpha1.Config": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "version": {"enum": ["v1alpha1"]},
        "machine": {"$ref": "#/$defs/v1alpha1.MachineConfig"}
      }
    },
    "v1alpha1.MachineConfig": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "token": {"type": "string", "title": "token", "x-intellij-html-description": "<p>no</p>"},
        "args": {"additionalProperties": {"oneOf": [{"type": "string"},
                                                    {"type": "array", "items": {"type": "string"}}]}},
        "labels": {"type": "object", "patternProperties": {".*": {"type": "string"}}}
      }
    },
    "network.LinkConfigV1Alpha1": {
      "type": "object", "additionalProperties": false, "required": ["apiVersion", "kind", "name"],
      "properties": {
        "apiVersion": {"enum": ["v1alpha1"]}, "kind": {"enum": ["LinkConfig"]}, "name": {"type": "string"},
        "mtu": {"type": "integer", "minimum": 68, "maximum": 9000},
        "up": {"type": "boolean"},
        "lifetime": {"type": "string", "pattern": "^[-+]?(((\\d+(\\.\\d*)?|\\d*(\\.\\d+)+)([nuµm]?s|m|h))|0)+$"},
        "addresses": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "uri"}}
      }
    }
  },
  "oneOf": [{"$ref": "#/$defs/network.LinkConfigV1Alpha1"}, {"$ref": "#/$defs/v1alpha1.Config"}]
})";

Documents Parse(const std::string& text) {
  yaml::Stream stream = yaml::Read(text, "x.yaml");
  EXPECT_TRUE(stream.problems.empty()) << text;
  Documents documents;
  for (yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  return documents;
}

std::string Replaced(std::string_view what, std::string_view with) {
  std::string text(kSchema);
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

/// "line:column message" of every finding.
std::vector<std::string> Found(const std::string& text) {
  const auto schema = OfficialSchema::Parse(kSchema);
  EXPECT_TRUE(schema) << schema.error().message;
  std::vector<std::string> said;
  for (const Finding& finding : (*schema)->Check(Parse(text))) {
    EXPECT_EQ(finding.severity, Severity::kError);
    EXPECT_FALSE(finding.fix.empty()) << finding.message;
    said.push_back(std::to_string(finding.mark.line) + ':' + std::to_string(finding.mark.column) + ' ' +
                   finding.message);
  }
  return said;
}

using Lines = std::vector<std::string>;

TEST(OfficialSchema, EachFindingIsAboutOneFieldOfTheDocumentsOwnKind) {
  EXPECT_EQ(Found("version: v1alpha1\nmachine: {token: a, args: {a: b, c: [d, e]}, labels: {f: g}}\n"
                  "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: a\nmtu: 1500\nlifetime: 1h30m\n"),
            Lines{});
  EXPECT_EQ(Found("version: v2\nmachine:\n  tokn: a\n  labels: {f: 1}\n  args: {a: {b: c}}\n"),
            (Lines{"1:10 `version` is `v2`, but must be v1alpha1",
                   "3:3 unknown field `tokn` in `machine`; did you mean `token`?",
                   "4:15 `machine.labels.f` must be a string, but is an integer",
                   "5:13 `machine.args.a` must be a string or a list, but is a mapping"}));
  EXPECT_EQ(Found("apiVersion: v1alpha1\nkind: LinkConfig\nmtu: 60\nup: 1\nlifetime: soon\naddresses: []\n"),
            (Lines{"1:1 the document lacks the field `name`", "3:6 `mtu` is 60, but must be at least 68",
                   "4:5 `up` must be true or false, but is an integer",
                   "5:11 `lifetime` is `soon`, which is not of the right form",
                   "6:12 `addresses` needs at least 1 item"}));
}

TEST(OfficialSchema, WhatTheSchemaDoesNotKnowIsPassedOver) {
  EXPECT_EQ(Found("apiVersion: v1alpha1\nkind: OtherConfig\nanything: goes\n"), Lines{});
  EXPECT_EQ(Found("version: v1alpha1\nmachine:\n"), Lines{}) << "an empty value says nothing";
  EXPECT_EQ(Found("version: 1\n"), Lines{"1:10 `version` is an integer, but must be v1alpha1"});
}

TEST(OfficialSchema, ItsKnownDefectsAreAllowed) {
  EXPECT_EQ(Found("version: v1alpha1\npersist: true\nmachine: {network: {hostname: a}}\n"), Lines{});
  EXPECT_EQ(Found("persist: maybe\n"), Lines{"1:10 `persist` must be true or false, but is a string"});
  EXPECT_EQ(Found("machine: {kubelet: {}}\n").size(), 1U) << "hidden from 1.14 on only";
}

TEST(OfficialSchema, AVeryLongTextDoesNotOverflowAPattern) {
  const std::string text = "apiVersion: v1alpha1\nkind: LinkConfig\nname: a\nlifetime: ";
  EXPECT_EQ(Found(text + std::string(200'000, '1') + "s\n"), Lines{});
  EXPECT_EQ(Found(text + std::string(200'000, '1') + "\n").size(), 1U);
}

TEST(OfficialSchema, WhereOurOwnValidationSpokeItIsSilent) {
  const auto schema = OfficialSchema::Parse(kSchema);
  const Documents documents = Parse("version: v2\nmachine: {tokn: a}\n");
  const auto all = (*schema)->Check(documents);
  ASSERT_EQ(all.size(), 2U);
  const auto rest = WithoutPlacesOf({{Severity::kError, {1, 10}, "said", "so"}}, all);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest.front().mark, (Mark{2, 11}));
  EXPECT_EQ(WithoutPlacesOf({{Severity::kWarning, {1, 10}, "said", "so"}}, all).size(), 2U);
}

struct Unusable {
  std::string text;
  std::string message;  ///< a part of it
  Mark mark;
};

TEST(OfficialSchema, AnUnusableOneIsRefusedWithTheReason) {
  std::string deep = std::string(80, '[') + std::string(80, ']');
  const Unusable cases[] = {
      {"", "it is no JSON", {1, 1}},
      {"{\n  \"$id\": x}", "it is no JSON", {2, 10}},
      {"4.4E622", "it is no JSON", {}},
      {"[]", "it is no JSON object", {1, 1}},
      {Replaced("\"minimum\": 68", "\"minimum\": 18446744073709551615"), "`minimum`", {}},
      {Replaced("\"minItems\": 1", "\"minItems\": 1e300"), "`minItems`", {}},
      {Replaced("\"minItems\": 1", "\"minItems\": -1"), "`minItems`", {}},
      {"{}", "no `$id`", {1, 1}},
      {"{\"a\": " + deep + "}", "nested deeper than 64", {}},
      {Replaced("v1.13/", "v1.x/"), "not that of a schema of Talos", {}},
      {Replaced("\"$defs\"", "\"defs\""), "no `$defs`", {1, 1}},
      {Replaced("\"oneOf\": [{\"$ref\"", "\"anyOf\": [{\"$ref\""), "no `oneOf`", {1, 1}},
      {Replaced("#/$defs/v1alpha1.MachineConfig", "#/$defs/v1alpha1.Machine"), "which is not there", {}},
      {Replaced("#/$defs/v1alpha1.Config\"}]", "#/$defs/v1alpha1.None\"}]"), "which is not there", {}},
      {Replaced("{\"type\": \"boolean\"}", "{\"type\": [1]}"), "LinkConfigV1Alpha1", {}},
      {Replaced("{\"type\": \"boolean\"}", "{\"anyOf\": []}"), "`anyOf`", {}},
      {Replaced("{\"type\": \"boolean\"}", "{\"pattern\": \"(?=x)\"}"), "`pattern`", {}},
      {Replaced("{\"type\": \"boolean\"}", "{\"required\": \"x\"}"), "LinkConfigV1Alpha1", {}},
      {Replaced("\"v1alpha1.Config\": {", "\"loop\": {\"$ref\": \"#/$defs/loop\"}, \"v1alpha1.Config\": {"),
       "refers to itself",
       {}},
  };
  for (const Unusable& unusable : cases) {
    const auto schema = OfficialSchema::Parse(unusable.text);
    ASSERT_FALSE(schema) << unusable.text.substr(0, 200);
    EXPECT_NE(schema.error().message.find(unusable.message), std::string::npos) << schema.error().message;
    EXPECT_EQ(schema.error().mark, unusable.mark) << schema.error().message;
  }
  EXPECT_EQ((*OfficialSchema::Parse(kSchema))->minor(), 13);
}

TEST(OfficialSchema, AlternativesThatMultiplyAreRefused) {
  std::string definitions;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "{\"$ref\": \"#/$defs/a" + std::to_string(i + 1) + "\"}";
    definitions += "\"a" + std::to_string(i) + "\": {\"oneOf\": [" + next + ", " + next + "]},";
  }
  const auto schema = OfficialSchema::Parse(
      Replaced("\"v1alpha1.Config\": {", definitions + "\"a40\": {}, \"v1alpha1.Config\": {"));
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("too often"), std::string::npos) << schema.error().message;
}

}  // namespace
}  // namespace slipway::talos
