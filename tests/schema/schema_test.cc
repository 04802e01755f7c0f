#include "schema/fleet/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "schema/fleet/codes.h"
#include "schema/fleet/schema_valijson.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

using Json = nlohmann::json;

constexpr const char* kNames[] = {"site", "asset", "cluster", "node", "daemon"};

yaml::Value Parse(const std::string& text) {
  yaml::Stream stream = yaml::Read(text, "x.yaml");
  EXPECT_TRUE(stream.problems.empty()) << text;
  return stream.documents.empty() ? yaml::Value() : std::move(stream.documents.front().root);
}

Diagnostics Check(const std::string& text, std::string_view schema) {
  Diagnostics diagnostics;
  ValidateAgainstSchema(Parse(text), schema, "x.yaml", diagnostics);
  SortDiagnostics(diagnostics);
  return diagnostics;
}

/// Calls `visit` for every schema that describes a value, with the way to it.
template <class Visit>
void EveryField(const Json& schema, const std::string& path, const Visit& visit) {
  visit(schema, path);
  if (schema.contains("properties")) {
    for (const auto& [name, property] : schema["properties"].items())
      EveryField(property, path + "." + name, visit);
  }
  if (schema.contains("items")) EveryField(schema["items"], path + "[]", visit);
  if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
    EveryField(schema["additionalProperties"], path + ".*", visit);
  }
}

TEST(Schemas, EveryFieldHasATitleADescriptionAndAnExample) {
  for (const char* name : kNames) {
    ASSERT_TRUE(EmbeddedSchema(name)) << name;
    EveryField(Json::parse(*EmbeddedSchema(name)), name, [](const Json& field, const std::string& path) {
      for (const char* key : {"title", "description"}) {
        EXPECT_TRUE(field.contains(key) && field[key].is_string() && !field[key].get<std::string>().empty())
            << path << " has no " << key;
      }
      EXPECT_TRUE(field.contains("examples") && !field["examples"].empty()) << path << " has no examples";
      const bool open = path.ends_with(".inline") || path.ends_with(".extraConfig");
      EXPECT_TRUE(field.value("type", "") != "object" || open || field.contains("additionalProperties"))
          << path;
    });
  }
  EXPECT_FALSE(EmbeddedSchema("nonsense"));
}

TEST(Schemas, TheirOwnExamplesAreValid) {
  for (const char* name : kNames) {
    const Json schema = Json::parse(*EmbeddedSchema(name));
    for (const Json& example : schema["examples"]) {
      for (const Diagnostic& d : Check(example.dump(), name)) ADD_FAILURE() << name << ": " << FormatText(d);
    }
  }
}

TEST(SchemaCheck, TheDaemonsFileIsCheckedToTheForm) {
  EXPECT_TRUE(Check(R"(
source: {url: "file:///srv/fleet.git", branch: main, path: ., interval: 30s, timeout: 60s}
state_dir: /var/lib/slipway
boot:
  interfaces: [eth1]
  address: 10.0.5.10
  dhcp: proxy
  tftp_port: 69
  http_port: 8080
  ipxe_dir: /usr/lib/ipxe
control: {listen: "127.0.0.1:8470"}
assets: {file_roots: [/srv/assets]}
)",
                    "daemon")
                  .empty());
  const Diagnostics found = Check(
      "source: {url: x, interval: 30}\n"
      "boot: {http_port: 80800, dhcp: on, address: 10.0.5.300, tftp_port: -1}\n"
      "control: {listen: 8470, lissten: x}\n"
      "stat_dir: /x\n",
      "daemon");
  std::vector<std::pair<int, Mark>> places;
  for (const Diagnostic& d : found) places.emplace_back(d.code, d.mark);
  EXPECT_EQ(places, (std::vector<std::pair<int, Mark>>{{code::kWrongType, {1, 28}},
                                                       {code::kOutOfRange, {2, 19}},
                                                       {code::kNotAllowedValue, {2, 32}},
                                                       {code::kWrongForm, {2, 45}},
                                                       {code::kOutOfRange, {2, 68}},
                                                       {code::kWrongType, {3, 19}},
                                                       {code::kUnknownField, {3, 25}},
                                                       {code::kUnknownField, {4, 1}}}))
      << AllText(found);
  EXPECT_EQ(Check("- a\n", "daemon").front().message, "the document must be a mapping, but is a list");
  EXPECT_EQ(Check("boot: {}\n", "daemon").front().message, "the document lacks the field `source`");
}

TEST(SchemaCheck, AVeryLongTextDoesNotOverflowAPattern) {
  const std::string text = "source: {url: x, interval: \"" + std::string(200'000, '1') + "\"}\n";
  EXPECT_EQ(Check(text, "daemon").front().code, code::kWrongCount);
}

TEST(SchemaCheck, AnUnknownSchemaIsReported) {
  EXPECT_EQ(Check("a: b\n", "nonsense").front().code, code::kOtherSchemaViolation);
}

TEST(SchemaCheck, SuggestsWhatWasMeant) {
  const std::vector<std::string_view> words = {"addresses", "gateway", "hostname", "macs", "uuid"};
  EXPECT_EQ(Suggest("adress", words), "addresses");
  EXPECT_EQ(Suggest("mac", words), "macs");
  EXPECT_EQ(Suggest("gatway", words), "gateway");
  EXPECT_EQ(Suggest("hotsname", words), "hostname");
  EXPECT_EQ(Suggest("disk", words), "");
  EXPECT_EQ(Suggest("x", words), "");
  EXPECT_EQ(Suggest("", words), "");
  EXPECT_EQ(Suggest(std::string(100'000, 'a'), words), "");
}

/// A document with one random thing wrong with it, or nothing.
void Mutate(yaml::Value& value, std::mt19937& random) {
  const auto pick = [&random](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  if (yaml::Mapping* mapping = value.AsMapping(); mapping != nullptr && !mapping->empty() && pick(4) != 0) {
    yaml::Entry& entry = (*mapping)[pick(mapping->size())];
    switch (pick(6)) {
      case 0:
        value.Erase(std::string(entry.key));
        return;
      case 1:
        entry.key += "x";
        return;
      default:
        Mutate(entry.value, random);
        return;
    }
  }
  if (yaml::Sequence* items = value.AsSequence(); items != nullptr && !items->empty() && pick(3) != 0) {
    Mutate((*items)[pick(items->size())], random);
    return;
  }
  const yaml::Value others[] = {yaml::Value(),
                                yaml::Value(true),
                                yaml::Value(int64_t{7}),
                                yaml::Value(1.5),
                                yaml::Value("word"),
                                yaml::Value(yaml::Sequence{}),
                                yaml::Value(yaml::Mapping{}),
                                yaml::Value(""),
                                yaml::Value(std::string(5000, 'x'))};
  value = others[pick(std::size(others))];
}

TEST(SchemaCheck, SaysSomethingExactlyWhenValijsonRefuses) {
  const std::pair<const char*, std::string> documents[] = {
      {"site", SiteText()},
      {"asset", AssetText("kernel")},
      {"cluster", ClusterText()},
      {"node", NodeText(1, "  patches: [{file: a}, {inline: {b: 1}}]\n", "    nameservers: [10.0.0.1]\n")}};
  std::mt19937 random(7);
  size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto& [name, text] = documents[random() % std::size(documents)];
    yaml::Value value = Parse(text);
    Mutate(value, random);
    Diagnostics diagnostics;
    const bool valid = ValidateAgainstSchema(value, name, "x.yaml", diagnostics, Forms::kLeave);
    EXPECT_EQ(valid, ValijsonComplaint(value, name).empty());
    refused += valid ? 0 : 1;
    // Each has words of its own: the catch-all is never needed.
    for (const Diagnostic& d : diagnostics)
      EXPECT_NE(d.code, code::kOtherSchemaViolation) << yaml::Write(value) << d.message;
    // And what nobody complains of is really in order, pattern aside.
    if (valid) {
      Diagnostics forms;
      ValidateAgainstSchema(value, name, "x.yaml", forms, Forms::kCheck);
      for (const Diagnostic& d : forms)
        EXPECT_EQ(d.code, code::kWrongForm) << yaml::Write(value) << d.message;
    }
  }
  EXPECT_GT(refused, 500U);
  EXPECT_LT(refused, 2990U);
}

}  // namespace
}  // namespace slipway
