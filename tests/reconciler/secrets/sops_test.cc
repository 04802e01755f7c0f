#include "reconciler/secrets/sops.h"

#include <gtest/gtest.h>

#include "reconciler/secrets/decryptor.h"
#include "reconciler/secrets/sops_value.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway::secrets {
namespace {

constexpr const char* kTree = R"(name: visible
numbers: [1, -7, 2.5, true, false, null]
empty: ""
nested:
  list:
    - {a: x, b: "two words"}
    - [deep, [deeper]]
  "odd key: yes": "ünïcode ☃\nand lines\n"
)";

OpenedYaml Open(std::string_view text, unsigned identity = 0) {
  return Decryptor(*ParseIdentities(TestIdentity(identity))).Read(text, "secret.yaml");
}

std::string Problems(const OpenedYaml& opened) {
  std::string text;
  for (const Diagnostic& problem : opened.stream.problems) text += FormatText(problem) + '\n';
  return text;
}

/// Every document as it is written out, or the problems.
std::string Plain(const OpenedYaml& opened) {
  if (!opened.stream.problems.empty()) return Problems(opened);
  std::string text;
  for (const yaml::Document& document : opened.stream.documents) text += yaml::Write(document.root) + "---\n";
  return text;
}

std::string PlainOf(std::string_view text) {
  std::string out;
  for (const yaml::Document& document : yaml::Read(text, "x.yaml").documents)
    out += yaml::Write(document.root) + "---\n";
  return out;
}

TEST(Sops, DecryptsEveryTypeAtEveryDepth) {
  const std::string sealed = SealSops(kTree);
  EXPECT_EQ(sealed.find("two words"), std::string::npos);
  EXPECT_EQ(Plain(Open(sealed)), PlainOf(kTree));
}

TEST(Sops, DecryptsSeveralDocumentsUnderOneMac) {
  const std::string text = "a: 1\nb: x\n---\nc: {d: y}\n---\ne: [z]\n";
  EXPECT_EQ(Plain(Open(SealSops(text))), PlainOf(text));
  std::string swapped = SealSops("a: 1\n---\nb: 2\n");
  const size_t cut = swapped.find("---\nb");
  swapped = swapped.substr(cut + 4) + "---\n" + swapped.substr(0, cut);
  EXPECT_NE(Problems(Open(swapped)).find("SW1504"), std::string::npos);
}

TEST(Sops, KeepsPlacesAndTakesTheMetadataOut) {
  const OpenedYaml opened = Open(SealSops("a: x\nb:\n  c: y\n"));
  ASSERT_EQ(opened.stream.documents.size(), 1U) << Problems(opened);
  const yaml::Value& root = opened.stream.documents.front().root;
  EXPECT_EQ(root.AsMapping()->size(), 2U);
  EXPECT_EQ(root.Find("b")->Find("c")->mark(), (Mark{3, 6}));
  EXPECT_EQ(opened.encryption, Encryption::kSops);
  EXPECT_EQ(Open("a: sops\n").encryption, Encryption::kNone);
  EXPECT_EQ(Plain(Open("sops: not a mapping\n")), "sops: not a mapping\n---\n");
}

TEST(Sops, HonoursEveryRuleOnEveryNameOfThePath) {
  const std::string text = "open: o\ndata: {x: s, list: [{y: t}]}\nx_clear: {z: u}\nkey: v\n";
  const auto has = [](std::string_view path, std::string_view part) {
    return path.find(part) != std::string_view::npos;
  };
  const struct {
    const char* rule;
    std::function<bool(std::string_view)> encrypts;
  } kRules[] = {
      {"unencrypted_suffix: _clear", [&](auto path) { return !has(path, "_clear:"); }},
      {"encrypted_suffix: ata", [&](auto path) { return has(path, "ata:"); }},
      {"unencrypted_regex: ^(open|list)$",
       [&](auto path) { return !has(path, "open:") && !has(path, "list:"); }},
      {"encrypted_regex: ^(data|key)$", [&](auto path) { return has(path, "data:") || has(path, "key:"); }},
      {"encrypted_regex: (?i)DAT", [&](auto path) { return has(path, "dat"); }},
  };
  for (const auto& rule : kRules) {
    SopsSealing sealing;
    sealing.rule = rule.rule;
    sealing.encrypts = rule.encrypts;
    for (const auto mac : {SopsSealing::Mac::kAll, SopsSealing::Mac::kEncryptedOnly}) {
      sealing.mac = mac;
      const std::string sealed = SealSops(text, sealing);
      EXPECT_NE(sealed.find("ENC["), std::string::npos);
      EXPECT_EQ(Plain(Open(sealed)), PlainOf(text)) << rule.rule;
    }
  }
}

TEST(Sops, TheDefaultRuleLeavesTheSuffixOpen) {
  SopsSealing sealing;
  sealing.encrypts = [](std::string_view path) {
    return path.find("_unencrypted:") == std::string_view::npos;
  };
  const std::string text = "a_unencrypted: {b: shown}\nc: hidden\n";
  const std::string sealed = SealSops(text, sealing);
  EXPECT_NE(sealed.find("shown"), std::string::npos);
  EXPECT_EQ(Plain(Open(sealed)), PlainOf(text));
}

/// A file whose encrypted_regex leaves `open:` plain, so that its text can be changed beside the MAC.
std::string WithOpen(std::string_view value, std::string_view hashed_as) {
  SopsSealing sealing;
  sealing.rule = "encrypted_regex: ^secret$";
  sealing.encrypts = [](std::string_view path) { return path == "secret:"; };
  std::string sealed = SealSops("open: \"" + std::string(hashed_as) + "\"\nsecret: s\n", sealing);
  const size_t at = sealed.find("open: ");
  sealed.replace(at, sealed.find('\n') - at, "open: " + std::string(value));
  return sealed;
}

TEST(Sops, HashesPlainValuesAsGoTypesThem) {
  const std::pair<const char*, const char*> kCases[] = {
      {"0644", "420"},    {"0o17", "15"},     {"0x1f", "31"},
      {"1_000", "1000"},  {"1e3", "1000"},    {"1.50", "1.5"},
      {"yes", "yes"},     {"TRUE", "True"},   {"2001-12-14", "2001-12-14T00:00:00Z"},
      {"'0644'", "0644"}, {".inf", "+Inf"},   {"~", ""},
      {"!!str 5", "5"},   {"!!float 5", "5"}, {"[1, 0x2, {a: 3}]", "123"},
  };
  for (const auto& [value, hashed] : kCases) EXPECT_EQ(Problems(Open(WithOpen(value, hashed))), "") << value;
  EXPECT_NE(Problems(Open(WithOpen("0644", "0644"))).find("SW1504"), std::string::npos);
}

TEST(Sops, HashesAliasesEachTime) {
  EXPECT_EQ(Problems(Open(WithOpen("[&a one, *a, &b [x, 0x10], *b, &n ~, *n]", "oneonex16x16"))), "");
}

TEST(Sops, AcceptsAndRefusesByTheMac) {
  SopsSealing sealing;
  EXPECT_EQ(Problems(Open(SealSops("a: x\n", sealing))), "");
  sealing.mac = SopsSealing::Mac::kWrong;
  EXPECT_NE(Problems(Open(SealSops("a: x\n", sealing))).find("secret.yaml:14:8: SW1504"), std::string::npos)
      << Problems(Open(SealSops("a: x\n", sealing)));
  sealing.mac = SopsSealing::Mac::kNone;
  EXPECT_NE(Problems(Open(SealSops("a: x\n", sealing))).find("missing or empty"), std::string::npos);
  sealing.more = "mac: \"\"";
  EXPECT_NE(Problems(Open(SealSops("a: x\n", sealing))).find("missing or empty"), std::string::npos);
}

TEST(Sops, RefusesValuesThatWereMovedAddedOrLeftPlain) {
  const std::string sealed = SealSops("a: x\nb: y\n");
  const size_t a = sealed.find("a: ");
  const size_t b = sealed.find("b: ");
  const size_t end = sealed.find("sops:");
  const std::string moved = "a: " + sealed.substr(b + 3, end - b - 3) +
                            "b: " + sealed.substr(a + 3, b - a - 3) + sealed.substr(end);
  EXPECT_NE(Problems(Open(moved)).find("`a` was changed, or moved here"), std::string::npos);
  EXPECT_NE(Problems(Open("c: plain\n" + sealed)).find("`c` is not encrypted"), std::string::npos);
  EXPECT_NE(Problems(Open("c: 5\n" + sealed)).find("`c` is not encrypted"), std::string::npos);
  EXPECT_NE(Problems(Open(sealed.substr(b))).find("SW1504"), std::string::npos);
  EXPECT_EQ(Problems(Open("c: null\n" + sealed)), "");  // SOPS neither encrypts nor counts nulls
}

TEST(Sops, RefusesMetadataThatSopsWouldNotWrite) {
  const auto with = [](const std::string& more) {
    SopsSealing sealing;
    sealing.more = more;
    return Problems(Open(SealSops("a: x\n", sealing)));
  };
  EXPECT_NE(with("encrypted_regex: ^a$\nunencrypted_suffix: _x").find("SW1506"), std::string::npos);
  EXPECT_NE(with("encrypted_regex: \"(\"").find("SW1506"), std::string::npos);
  EXPECT_NE(with("encrypted_comment_regex: secret").find("SW1505"), std::string::npos);
  EXPECT_NE(with("key_groups: [{age: []}, {age: []}]").find("SW1505"), std::string::npos);
  std::string sealed = SealSops("a: x\n");
  sealed.replace(sealed.find("2024-03-25T"), 11, "yesterday  ");
  EXPECT_NE(Problems(Open(sealed)).find("SW1506"), std::string::npos);
  EXPECT_NE(Problems(Open("[a]\n---\n" + SealSops("a: x\n"))).find("SW1506"), std::string::npos);
  EXPECT_NE(Problems(Open("b: x\n---\n" + SealSops("a: x\n"))).find("first document lacks"),
            std::string::npos);
}

TEST(SopsValue, DecryptsUpstreamsVector) {
  const std::string key(32, 'f');
  const std::string text =
      "ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,tag:t5z2Z023Up0kxwCgw1gNxg==,"
      "type:"
      "str]";
  const auto value = DecryptSopsValue(text, AsBytes(key), "bar:");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->hashed, "foo");
  EXPECT_EQ(DecryptSopsValue(text, AsBytes(key), "baz:").error(), SopsValueError::kNotAuthentic);
  EXPECT_EQ(DecryptSopsValue(text + " ", AsBytes(key), "bar:").error(), SopsValueError::kNotEncrypted);
  EXPECT_EQ(DecryptSopsValue("", AsBytes(key), "bar:").error(), SopsValueError::kNotEncrypted);
}

TEST(Sops, ReadsTheOneKeyGroupThereMayBe) {
  std::string sealed = SealSops("a: x\n");
  const size_t begin = sealed.find("  age:");
  const size_t end = sealed.find("  lastmodified");
  const std::string age = sealed.substr(begin, end - begin);
  std::string group = "  key_groups:\n    - age:\n";
  for (size_t at = age.find('\n') + 1; at < age.size();) {
    const size_t next = age.find('\n', at) + 1;
    group += "    " + age.substr(at, next - at);
    at = next;
  }
  sealed.replace(begin, end - begin, group);
  EXPECT_EQ(Plain(Open(sealed)), "a: x\n---\n");
}

}  // namespace
}  // namespace slipway::secrets
