#include "reconciler/talos/bundle.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <set>

#include "reconciler/talos/base.h"
#include "reconciler/talos/base64.h"
#include "reconciler/talos/bundle_from_config.h"
#include "reconciler/talos/bundle_new.h"
#include "reconciler/talos/key.h"
#include "reconciler/talos/talosconfig.h"
#include "schema/fleet/codes.h"
#include "tests/reconciler/talos/test_bundle.h"

namespace slipway::talos {
namespace {

constexpr UnixTime kNow = 1'700'000'000;

/// Bytes that anyone can foretell.
Random Counting(uint8_t begin = 1) {
  const auto next = std::make_shared<uint8_t>(begin);
  return [next](std::span<uint8_t> bytes) -> Result<void> {
    for (uint8_t& byte : bytes) byte = (*next)++;
    return {};
  };
}

yaml::Value& At(yaml::Value& root, std::initializer_list<std::string_view> keys) {
  yaml::Value* value = &root;
  for (const std::string_view key : keys) value = &value->At(key);
  return *value;
}

/// The problems of the test bundle with one field replaced; a null value removes it.
std::vector<BundleProblem> ProblemsWith(std::initializer_list<std::string_view> field, yaml::Value value) {
  yaml::Value root = TestBundleFile();
  At(root, field) = std::move(value);
  auto read = ReadBundle(root);
  return read ? std::vector<BundleProblem>{} : read.error();
}

TEST(Base64, IsStandardAndStrict) {
  for (const std::string text : {"", "a", "ab", "abc", "abcd", "\xff\xfe\xfd\x00z"}) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(text)), text);
  }
  EXPECT_EQ(EncodeBase64("\xfb\xff"), "+/8=");
  EXPECT_EQ(EncodeBase64Url("\xfb\xff"), "-_8=");
  EXPECT_EQ(DecodeBase64("YW\nJj\r\n"), "abc");
  for (const char* bad : {"YQ", "YQ=", "YQ===", "Y=Q=", "YWJj=", "-_8=", "a b=", "A"})
    EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
}

TEST(Bundle, ReadsWhatItWrites) {
  const Bundle bundle = TestBundle();
  const auto read = ReadBundle(WriteBundle(bundle));
  ASSERT_TRUE(read) << read.error().front().message;
  EXPECT_EQ(*read, bundle);
  EXPECT_EQ(yaml::Write(WriteBundle(bundle)), yaml::Write(TestBundleFile()));
}

TEST(Bundle, NamesEveryFieldThatIsMissing) {
  const auto read = ReadBundle(yaml::Value(yaml::Mapping{}));
  ASSERT_FALSE(read);
  std::string all;
  for (const BundleProblem& problem : read.error()) all += problem.message + '\n';
  for (const char* field :
       {"cluster.id", "cluster.secret", "secrets.bootstraptoken", "secrets.secretboxencryptionsecret",
        "trustdinfo.token", "certs.etcd.crt", "certs.etcd.key", "certs.k8s.crt", "certs.k8saggregator.key",
        "certs.k8sserviceaccount.key", "certs.os.key"}) {
    EXPECT_NE(all.find(std::string("`") + field + '`'), std::string::npos) << field << " in\n" << all;
  }
  EXPECT_FALSE(ReadBundle(yaml::Value("text")));
}

TEST(Bundle, RefusesDamageAtItsFieldWithoutQuotingIt) {
  const std::string canary = "c2VjcmV0LWNhbmFyeQ==";
  struct Case {
    std::initializer_list<std::string_view> field;
    yaml::Value value;
    int code;
  };
  const Case cases[] = {
      {{"cluster", "secret"}, yaml::Value(canary), code::kBundleField},
      {{"cluster", "id"}, yaml::Value(int64_t{12}), code::kBundleField},
      {{"secrets", "bootstraptoken"}, yaml::Value(canary), code::kBundleField},
      {{"secrets", "secretboxencryptionsecret"}, yaml::Value(canary), code::kBundleField},
      {{"secrets", "secretboxencryptionsecret"}, yaml::Value(), code::kBundleField},
      {{"secrets", "aescbcencryptionsecret"}, yaml::Value(TestBundle().cluster_secret), code::kBundleField},
      {{"certs", "etcd", "crt"}, yaml::Value("%%" + canary), code::kBundleKey},
      {{"certs", "etcd", "crt"}, yaml::Value(canary), code::kBundleKey},
      {{"certs", "os", "key"}, yaml::Value(canary), code::kBundleKey},
      {{"certs", "k8s", "key"}, yaml::Value(EncodeBase64(TestBundle().etcd.key)), code::kBundleKey},
      {{"certs", "k8s", "key"}, yaml::Value(EncodeBase64(TestBundle().kubernetes.crt)), code::kBundleKey},
      {{"certs", "k8sserviceaccount", "key"}, yaml::Value(canary), code::kBundleKey},
  };
  for (const Case& c : cases) {
    const auto problems = ProblemsWith(c.field, c.value);
    const std::string name(*(c.field.end() - 1));
    ASSERT_EQ(problems.size(), 1U) << name;
    EXPECT_EQ(problems.front().code, c.code) << problems.front().message;
    EXPECT_EQ(problems.front().message.find(canary), std::string::npos);
    EXPECT_FALSE(problems.front().fix.empty());
  }
}

TEST(Bundle, EveryFlippedByteOfACertificateIsSeenOrHarmless) {
  const std::string pem = TestBundle().os.crt;
  size_t refused = 0;
  for (size_t i = 0; i < pem.size(); i += 7) {
    std::string flipped = pem;
    flipped[i] = static_cast<char>(flipped[i] ^ 4);
    if (!ProblemsWith({"certs", "os", "crt"}, yaml::Value(EncodeBase64(flipped))).empty()) ++refused;
  }
  EXPECT_GT(refused, 10U) << "base64 and DER are checked, the signature is Talos' matter";
}

TEST(Key, KnowsTalosLabelsAndPkcs8) {
  EXPECT_EQ(PemLabel(TestBundle().os.key), "ED25519 PRIVATE KEY");
  EXPECT_EQ(PemLabel(TestBundle().etcd.key), "EC PRIVATE KEY");
  EXPECT_EQ(PemLabel(TestBundle().service_account_key), "RSA PRIVATE KEY");
  std::string plain = TestBundle().os.key;
  for (size_t at = 0; (at = plain.find("ED25519 ")) != std::string::npos;) plain.erase(at, 8);
  const auto key = ReadKey(plain);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(*WriteKey(*key), TestBundle().os.key);
  EXPECT_FALSE(ReadKey("-----BEGIN PRIVATE KEY-----\nAAAA"));
  EXPECT_FALSE(ReadKey("nothing"));
}

TEST(NewBundle, HasTheFormsThatTalosGives) {
  const auto made = MakeBundle(*TalosVersion::Parse("v1.13.9"), kNow, DrawRandom);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(ReadBundle(WriteBundle(*made)));
  EXPECT_EQ(DecodeBase64(made->cluster_secret)->size(), 32U);
  EXPECT_TRUE(made->aescbc_secret.empty());
  EXPECT_EQ(EVP_PKEY_get_bits(ReadKey(made->service_account_key)->get()), 4096);
  const std::pair<const Identity*, std::string> subjects[] = {{&made->etcd, "O = etcd"},
                                                              {&made->kubernetes, "O = kubernetes"},
                                                              {&made->aggregator, ""},
                                                              {&made->os, "O = talos"}};
  std::set<std::string> serials;
  for (const auto& [identity, subject] : subjects) {
    const auto crt = ReadCertificate(identity->crt);
    ASSERT_TRUE(crt);
    X509* raw = crt->get();
    EXPECT_EQ(SubjectOf(raw), subject);
    EXPECT_EQ(X509_NAME_cmp(X509_get_subject_name(raw), X509_get_issuer_name(raw)), 0);
    EXPECT_EQ(X509_verify(raw, X509_get0_pubkey(raw)), 1);
    EXPECT_EQ(X509_check_ca(raw), 1);
    EXPECT_EQ(X509_get_pathlen(raw), -1);
    EXPECT_EQ(X509_get_key_usage(raw), static_cast<uint32_t>(KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN));
    EXPECT_EQ(X509_get_extended_key_usage(raw), static_cast<uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
    EXPECT_EQ(ASN1_STRING_length(X509_get0_subject_key_id(raw)), 20);
    EXPECT_EQ(X509_get0_authority_key_id(raw), nullptr);
    EXPECT_EQ(TimeOf(X509_get0_notBefore(raw)), kNow);
    EXPECT_EQ(TimeOf(X509_get0_notAfter(raw)), kNow + 87'600LL * 3600);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(raw);
    EXPECT_LE(ASN1_STRING_length(serial), 16);
    serials.insert({reinterpret_cast<const char*>(serial->data), static_cast<size_t>(serial->length)});
  }
  EXPECT_EQ(serials.size(), 4U);
}

TEST(NewBundle, ClusterIdsAreInTheAlphabetOfTheirRelease) {
  // 0xfb, 0xff … make both alphabets differ.
  const auto old_id = MakeBundle(*TalosVersion::Parse("v1.8.0"), kNow, Counting(0xf8));
  const auto new_id = MakeBundle(*TalosVersion::Parse("v1.14.0"), kNow, Counting(0xf8));
  ASSERT_TRUE(old_id && new_id);
  EXPECT_EQ(old_id->cluster_id.find_first_of("+/"), std::string::npos);
  EXPECT_NE(new_id->cluster_id.find_first_of("+/"), std::string::npos);
  EXPECT_EQ(old_id->bootstrap_token, new_id->bootstrap_token) << "the same random bytes";
  EXPECT_EQ(old_id->os, new_id->os);
}

TEST(NewBundle, TokensUseEveryLetterAndNoOther) {
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const auto token = MakeToken(DrawRandom);
    ASSERT_TRUE(token);
    ASSERT_EQ(token->size(), 23U);
    EXPECT_EQ((*token)[6], '.');
    letters.insert(token->begin(), token->end());
  }
  EXPECT_EQ(letters.size(), 37U);
  const Random broken = [](std::span<uint8_t>) -> Result<void> { return Retry("no numbers"); };
  EXPECT_FALSE(MakeToken(broken));
  EXPECT_FALSE(MakeBundle(*TalosVersion::Parse("v1.13.9"), kNow, broken));
}

TEST(BundleFromConfig, ComesBackFromEveryContract) {
  for (int minor = 8; minor <= 14; ++minor) {
    BaseInput input;
    input.cluster_name = "home";
    input.endpoint = "https://10.0.0.1:6443";
    input.version = {1, minor, 0, ""};
    input.kubernetes_version = "v1.31.0";
    Documents documents = GenerateBase(input, TestBundle(), Role::kControlPlane);
    const auto bundle = BundleFromConfig(documents);
    ASSERT_TRUE(bundle) << minor << ": " << bundle.error().front().message;
    EXPECT_EQ(*bundle, TestBundle()) << minor;
    Documents worker = GenerateBase(input, TestBundle(), Role::kWorker);
    EXPECT_FALSE(BundleFromConfig(worker)) << minor;
  }
  Documents nothing;
  EXPECT_FALSE(BundleFromConfig(nothing));
}

TEST(Talosconfig, HoldsAnAdministratorsCertificateOfTheCluster) {
  ClientRequest request;
  request.cluster = "home";
  request.endpoints = {"10.0.0.1"};
  request.roles = {"os:reader", "os:etcd:backup"};
  request.validity = {kNow, kNow + 3600};
  request.serial.fill(0xff);
  request.seed.fill(7);
  const auto made = MakeTalosconfig(TestBundle(), request);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(*made->Find("context")->AsString(), "home");
  const yaml::Value& context = *made->Find("contexts")->Find("home");
  EXPECT_EQ(DecodeBase64(*context.Find("ca")->AsString()), TestBundle().os.crt);
  const auto crt = ReadCertificate(*DecodeBase64(*context.Find("crt")->AsString()));
  const std::string pem = *DecodeBase64(*context.Find("key")->AsString());
  EXPECT_EQ(PemLabel(pem), "ED25519 PRIVATE KEY");
  const auto authority = ReadCertificate(TestBundle().os.crt);
  ASSERT_TRUE(crt && authority && ReadKey(pem));
  EXPECT_EQ(Compare(*crt, *ReadKey(pem)), Pair::kMatch);
  X509* raw = crt->get();
  EXPECT_EQ(SubjectOf(raw), "O = os:reader, O = os:etcd:backup");
  EXPECT_EQ(X509_verify(raw, X509_get0_pubkey(authority->get())), 1);
  EXPECT_EQ(X509_check_issued(authority->get(), raw), X509_V_OK);
  EXPECT_EQ(X509_get_key_usage(raw), static_cast<uint32_t>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(raw), static_cast<uint32_t>(XKU_SSL_CLIENT));
  EXPECT_EQ(X509_check_ca(raw), 0);
  EXPECT_EQ(ASN1_STRING_cmp(X509_get0_authority_key_id(raw), X509_get0_subject_key_id(authority->get())), 0);
  EXPECT_EQ(TimeOf(X509_get0_notAfter(raw)), kNow + 3600);
}

}  // namespace
}  // namespace slipway::talos
