#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "schema/fleet/yaml.h"
#include "tests/schema/awkward_strings.h"

namespace slipway::yaml {
namespace {

/// The same strings as values, keys, list items and deep inside.
Value EverywhereDocument(const std::vector<std::string>& strings) {
  Sequence items;
  Value values;
  Value keys;
  for (size_t i = 0; i < strings.size(); ++i) {
    items.emplace_back(strings[i]);
    values.At("v" + std::to_string(i)) = Value(strings[i]);
    keys.At(strings[i]) = Value("k");
    Value nested;
    nested.At(strings[i]).At(strings[i]) =
        Value(Sequence{Value(strings[i]), Value(Sequence{Value(strings[i])})});
    items.push_back(std::move(nested));
  }
  Value root;
  root.At("values") = std::move(values);
  root.At("keys") = std::move(keys);
  root.At("items") = Value(std::move(items));
  return root;
}

nlohmann::ordered_json ToJson(const Value& value) {
  if (const bool* truth = value.AsBool()) return *truth;
  if (const Integer* integer = value.AsInteger()) return integer->value;
  if (const Float* number = value.AsFloat()) return number->value;
  if (const std::string* text = value.AsString()) return *text;
  if (const Sequence* sequence = value.AsSequence()) {
    auto json = nlohmann::ordered_json::array();
    for (const Value& item : *sequence) json.push_back(ToJson(item));
    return json;
  }
  if (const Mapping* mapping = value.AsMapping()) {
    auto json = nlohmann::ordered_json::object();
    for (const Entry& entry : *mapping) json[entry.key] = ToJson(entry.value);
    return json;
  }
  return nullptr;
}

void ExpectRoundTrip(const Value& value) {
  const std::string text = Write(value);
  Limits limits;
  limits.bytes = 64U << 20U;
  limits.nodes = 10'000'000;
  const Stream stream = Read(text, "test.yaml", limits);
  ASSERT_TRUE(stream.problems.empty())
      << CodeName(stream.problems.front().code) << " " << stream.problems.front().mark.line << ":"
      << stream.problems.front().mark.column << " " << stream.problems.front().message << "\n"
      << text.substr(0, 2000);
  ASSERT_EQ(stream.documents.size(), 1U) << text.substr(0, 2000);
  EXPECT_EQ(stream.documents.front().root, value) << text.substr(0, 2000);
}

/// Whether PyYAML, a YAML 1.1 reader of its own making, sees `value` in `text`. nullopt: there is no PyYAML.
std::optional<bool> PyYamlSees(const Value& value, const std::string& text) {
  if (std::system("python3 -c 'import yaml' 2>/dev/null") != 0) return std::nullopt;
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("slipway_yaml_" + std::to_string(std::random_device{}()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "x.yaml", std::ios::binary) << text;
  std::ofstream(folder / "x.json", std::ios::binary) << ToJson(value).dump();
  std::ofstream(folder / "compare.py") << R"(
import json, sys, yaml
want = json.load(open(sys.argv[1] + '/x.json', encoding='utf-8'))
have = yaml.safe_load(open(sys.argv[1] + '/x.yaml', encoding='utf-8', newline='').read())
def differ(a, b, at):
    if type(a) != type(b): print(at, repr(a)[:80], repr(b)[:80]); return True
    if isinstance(a, dict):
        if list(a) != list(b): print(at, 'keys', [(x, y) for x, y in zip(a, b) if x != y][:3]); return True
        return any([differ(a[k], b[k], at + '/' + repr(k)) for k in a])
    if isinstance(a, list):
        return len(a) != len(b) or any([differ(x, y, at + '/' + str(i)) for i, (x, y) in enumerate(zip(a, b))])
    if a != b: print(at, repr(a)[:80], repr(b)[:80]); return True
    return False
sys.exit(1 if differ(want, have, '') else 0)
)";
  const int status =
      std::system(("python3 '" + (folder / "compare.py").string() + "' '" + folder.string() + "'").c_str());
  std::filesystem::remove_all(folder);
  return status == 0;
}

TEST(YamlRoundTrip, EveryAwkwardStringAsRootValueKeyAndItem) {
  for (const std::string& text : AwkwardStrings()) {
    ExpectRoundTrip(Value(text));
    Value map;
    map.At(text) = Value(text);
    ExpectRoundTrip(map);
    ExpectRoundTrip(Value(Sequence{Value(text), Value(Sequence{Value(text)}), map}));
  }
  ExpectRoundTrip(EverywhereDocument(AwkwardStrings()));
}

TEST(YamlRoundTrip, AYaml11ReaderSeesTheSameStrings) {
  const Value document = EverywhereDocument(AwkwardStrings());
  const auto seen = PyYamlSees(document, Write(document));
  if (!seen) GTEST_SKIP() << "python3 has no yaml module: the YAML 1.1 reader is not asked";
  EXPECT_TRUE(*seen);
}

TEST(YamlRoundTrip, NumbersBooleansAndNulls) {
  Sequence items = {Value(), Value(true), Value(false), Value(Sequence{}), Value(Mapping{})};
  for (const int64_t number : {int64_t{0}, int64_t{-1}, int64_t{1}, int64_t{644}, INT64_MAX, INT64_MIN})
    items.emplace_back(number);
  for (const double number :
       {0.0, 1.0, -1.5, 1e3, 1e20, 1e-7, 1.7976931348623157e308, 5e-324, 0.1, 9223372036854775808.0}) {
    items.emplace_back(number);
  }
  const Value finite(items);
  ExpectRoundTrip(finite);
  items.emplace_back(HUGE_VAL);
  items.emplace_back(-HUGE_VAL);
  items.emplace_back(std::nan(""));
  ExpectRoundTrip(Value(items));
  const auto seen = PyYamlSees(finite, Write(finite));
  if (!seen) GTEST_SKIP() << "python3 has no yaml module: the YAML 1.1 reader is not asked";
  EXPECT_TRUE(*seen);
}

/// A random document of up to `depth` levels from the awkward strings.
Value RandomValue(std::mt19937& random, const std::vector<std::string>& strings, int depth) {
  const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  switch (depth > 0 ? pick(8) : pick(5)) {
    case 0:
      return Value(static_cast<int64_t>(random()) - (int64_t{1} << 31));
    case 1:
      return pick(4) == 0 ? Value() : Value(pick(2) == 0);
    case 2:
      return Value(std::ldexp(static_cast<double>(random()), static_cast<int>(pick(200)) - 100));
    case 3:
    case 4:
      return Value(strings[pick(strings.size())] + (pick(4) == 0 ? strings[pick(strings.size())] : ""));
    case 5: {
      Sequence items;
      for (size_t i = pick(5); i > 0; --i) items.push_back(RandomValue(random, strings, depth - 1));
      return Value(std::move(items));
    }
    default: {
      Value map{Mapping{}};
      for (size_t i = pick(5); i > 0; --i) {
        Value value = RandomValue(random, strings, depth - 1);
        map.At(strings[pick(strings.size())]) = std::move(value);
      }
      return map;
    }
  }
}

TEST(YamlRoundTrip, RandomDocuments) {
  std::mt19937 random(20240611);
  const std::vector<std::string> strings = AwkwardStrings();
  Sequence sample;
  for (int i = 0; i < 2000; ++i) {
    Value value = RandomValue(random, strings, 5);
    if (!value.IsNull()) ExpectRoundTrip(value);
    if (HasFatalFailure()) return;
    if (i < 200) sample.push_back(std::move(value));
  }
  const Value document(std::move(sample));
  const auto seen = PyYamlSees(document, Write(document));
  if (!seen) GTEST_SKIP() << "python3 has no yaml module: the YAML 1.1 reader is not asked";
  EXPECT_TRUE(*seen);
}

TEST(YamlRoundTrip, SeveralDocuments) {
  const Value first("a\nb\n\n");
  Value second;
  second.At("x") = Value("a\nb\n\n");
  const Value third(Sequence{Value("---")});
  const Stream stream = Read(Write({&first, &second, &third}), "test.yaml");
  ASSERT_EQ(stream.documents.size(), 3U);
  EXPECT_EQ(stream.documents[0].root, first);
  EXPECT_EQ(stream.documents[1].root, second);
  EXPECT_EQ(stream.documents[2].root, third);
  EXPECT_EQ(Write(std::vector<const Value*>{}), "");
}

TEST(YamlWrite, IsReadableBlockStyle) {
  Value root;
  root.At("name") = Value("worker-02");
  root.At("address") = Value("10.0.128.2/24");
  root.At("count") = Value(int64_t{1024});
  root.At("text count") = Value("1024");
  root.At("empty list") = Value(Sequence{});
  Value item;
  item.At("interface") = Value("eth0");
  item.At("addresses") = Value(Sequence{Value("10.0.0.1")});
  root.At("interfaces") = Value(Sequence{item, Value(Sequence{Value("a"), Value("b")})});
  root.At("script") = Value("#!/bin/sh\nexit 0\n");
  EXPECT_EQ(Write(root),
            "name: worker-02\n"
            "address: 10.0.128.2/24\n"
            "count: 1024\n"
            "text count: \"1024\"\n"
            "empty list: []\n"
            "interfaces:\n"
            "  - interface: eth0\n"
            "    addresses:\n"
            "      - 10.0.0.1\n"
            "  - - a\n"
            "    - b\n"
            "script: |\n"
            "  #!/bin/sh\n"
            "  exit 0\n");
}

TEST(YamlWrite, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(Write(Value("a\xff"
                        "b")),
            "\"a\xEF\xBF\xBD"
            "b\"\n");
}

}  // namespace
}  // namespace slipway::yaml
