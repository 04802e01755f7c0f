#include "reconciler/talos/bundle.h"

#include <algorithm>
#include <optional>

#include "reconciler/talos/base64.h"
#include "reconciler/talos/key.h"
#include "schema/fleet/codes.h"

namespace slipway::talos {
namespace {

constexpr const char* kMakeOne = "`slipway secrets new` shows what a whole bundle looks like";
constexpr const char* kCopyAgain = "copy the field again, whole, from where the bundle was made";

class BundleReader {
 public:
  BundleReader(const yaml::Value& root, std::vector<BundleProblem>& problems)
      : root_(root), problems_(problems) {}

  std::string Text(std::string_view section, std::string_view name) {
    const yaml::Value* value = Find(section, name);
    const std::string path = std::string(section) + '.' + std::string(name);
    if (value == nullptr || value->IsNull()) {
      Field(MarkOf(section), "the secrets bundle lacks `" + path + '`', kMakeOne);
      return {};
    }
    const std::string* text = value->AsString();
    if (text != nullptr && !text->empty()) return *text;
    Field(value->mark(),
          '`' + path + "` of the secrets bundle must be a text" +
              (text == nullptr ? ", but is a " + std::string(value->KindName()) : " that is not empty"),
          text == nullptr ? "put it in quotes" : kMakeOne);
    return {};
  }

  std::string Token(std::string_view section, std::string_view name) {
    std::string text = Text(section, name);
    const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    const bool good =
        text.size() == 23 && text[6] == '.' && std::count_if(text.begin(), text.end(), plain) == 22;
    if (!text.empty() && !good) {
      Field(MarkOf(section, name),
            '`' + std::string(section) + '.' + std::string(name) +
                "` is no token: it must be six characters of a-z and 0-9, a dot, and sixteen more",
            kCopyAgain);
    }
    return text;
  }

  /// `text`, which must be the base64 of one of these numbers of bytes.
  std::string Secret(std::string_view section, std::string_view name, std::string text,
                     std::initializer_list<size_t> sizes) {
    const auto bytes = DecodeBase64(text);
    if (!text.empty() && (!bytes || std::find(sizes.begin(), sizes.end(), bytes->size()) == sizes.end())) {
      Field(MarkOf(section, name),
            '`' + std::string(section) + '.' + std::string(name) + "` is not the base64 of a key of " +
                std::to_string(*(sizes.end() - 1)) + " bytes",
            kCopyAgain);
    }
    return text;
  }

  Identity Pair(const std::string& name) {
    Identity identity{Pem(name, "crt"), Pem(name, "key")};
    std::optional<Certificate> certificate;
    if (!identity.crt.empty()) {
      if (auto read = ReadCertificate(identity.crt))
        certificate = std::move(*read);
      else
        Damaged(name, "crt", read.error());
    }
    const std::optional<Key> key = CheckKey(name, identity.key);
    if (certificate && key && Compare(*certificate, *key) == talos::Pair::kDiffer) {
      problems_.push_back(
          {CertMark(name, "key"), code::kBundleKey,
           "`certs." + name + ".key` is not the key of the certificate `certs." + name + ".crt`",
           "take both from the same bundle"});
    }
    return identity;
  }

  std::string ServiceAccountKey() {
    std::string pem = Pem("k8sserviceaccount", "key");
    CheckKey("k8sserviceaccount", pem);
    return pem;
  }

  bool Has(std::string_view section, std::string_view name) const {
    const yaml::Value* value = Find(section, name);
    return value != nullptr && !value->IsNull() &&
           !(value->AsString() != nullptr && value->AsString()->empty());
  }

  void Field(Mark mark, std::string message, std::string fix) {
    problems_.push_back({mark, code::kBundleField, std::move(message), std::move(fix)});
  }

  Mark MarkOf(std::string_view section, std::string_view name = {}) const {
    const yaml::Value* found = root_.Find(section);
    if (found == nullptr) return root_.mark();
    const yaml::Value* field = name.empty() ? nullptr : found->Find(name);
    return field == nullptr ? found->mark() : field->mark();
  }

 private:
  const yaml::Value* Find(std::string_view section, std::string_view name) const {
    const yaml::Value* found = root_.Find(section);
    return found == nullptr ? nullptr : found->Find(name);
  }

  Mark CertMark(const std::string& name, std::string_view field) const {
    const yaml::Value* certs = root_.Find("certs");
    const yaml::Value* entry = certs == nullptr ? nullptr : certs->Find(name);
    if (entry == nullptr) return MarkOf("certs");
    const yaml::Value* value = entry->Find(field);
    return value == nullptr ? entry->mark() : value->mark();
  }

  void Damaged(const std::string& name, const std::string& field, const Error& error) {
    problems_.push_back({CertMark(name, field), code::kBundleKey,
                         "`certs." + name + '.' + field + "` cannot be used: " + error.message, kCopyAgain});
  }

  std::optional<Key> CheckKey(const std::string& name, const std::string& pem) {
    if (pem.empty()) return std::nullopt;
    if (auto read = ReadKey(pem))
      return std::move(*read);
    else
      Damaged(name, "key", read.error());
    return std::nullopt;
  }

  /// The PEM text behind a field's base64; "" when it was reported.
  std::string Pem(const std::string& name, const std::string& field) {
    const yaml::Value* entry = Find("certs", name);
    const yaml::Value* value = entry == nullptr ? nullptr : entry->Find(field);
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    if (text == nullptr || text->empty()) {
      Field(CertMark(name, field), "the secrets bundle lacks `certs." + name + '.' + field + '`', kMakeOne);
      return {};
    }
    auto bytes = DecodeBase64(*text);
    if (bytes && !bytes->empty()) return *std::move(bytes);
    Damaged(name, field, {Reaction::kFixInput, "it is not base64"});
    return {};
  }

  const yaml::Value& root_;
  std::vector<BundleProblem>& problems_;
};

/// Exactly one of the two secrets that encrypt Kubernetes' own secrets in etcd.
void ReadEncryption(BundleReader& reader, Bundle& bundle) {
  const bool secretbox = reader.Has("secrets", "secretboxencryptionsecret");
  const bool aescbc = reader.Has("secrets", "aescbcencryptionsecret");
  if (secretbox && aescbc) {
    reader.Field(reader.MarkOf("secrets", "aescbcencryptionsecret"),
                 "the secrets bundle has both `secrets.secretboxencryptionsecret` and "
                 "`secrets.aescbcencryptionsecret`",
                 "keep the one that the cluster uses");
  } else if (!secretbox && !aescbc) {
    reader.Field(reader.MarkOf("secrets"),
                 "the secrets bundle lacks `secrets.secretboxencryptionsecret` (or, of a cluster made before "
                 "Talos 1.3, `secrets.aescbcencryptionsecret`)",
                 kMakeOne);
  }
  if (secretbox) {
    bundle.secretbox_secret = reader.Secret("secrets", "secretboxencryptionsecret",
                                            reader.Text("secrets", "secretboxencryptionsecret"), {32});
  }
  if (aescbc) {
    bundle.aescbc_secret = reader.Secret("secrets", "aescbcencryptionsecret",
                                         reader.Text("secrets", "aescbcencryptionsecret"), {16, 24, 32});
  }
}

yaml::Value Encoded(const Identity& identity) {
  yaml::Value value;
  value.At("crt") = yaml::Value(EncodeBase64(identity.crt));
  value.At("key") = yaml::Value(EncodeBase64(identity.key));
  return value;
}

}  // namespace

tl::expected<Bundle, std::vector<BundleProblem>> ReadBundle(const yaml::Value& root) {
  std::vector<BundleProblem> problems;
  BundleReader reader(root, problems);
  if (root.AsMapping() == nullptr) {
    reader.Field(root.mark(),
                 "a secrets bundle must be a mapping, but this is a " + std::string(root.KindName()),
                 kMakeOne);
    return tl::make_unexpected(std::move(problems));
  }
  Bundle bundle;
  bundle.cluster_id = reader.Text("cluster", "id");
  bundle.cluster_secret = reader.Secret("cluster", "secret", reader.Text("cluster", "secret"), {32});
  bundle.bootstrap_token = reader.Token("secrets", "bootstraptoken");
  ReadEncryption(reader, bundle);
  bundle.trustd_token = reader.Text("trustdinfo", "token");
  bundle.etcd = reader.Pair("etcd");
  bundle.kubernetes = reader.Pair("k8s");
  bundle.aggregator = reader.Pair("k8saggregator");
  bundle.service_account_key = reader.ServiceAccountKey();
  bundle.os = reader.Pair("os");
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  return bundle;
}

yaml::Value WriteBundle(const Bundle& bundle) {
  yaml::Value root;
  yaml::Value& cluster = root.At("cluster");
  cluster.At("id") = yaml::Value(bundle.cluster_id);
  cluster.At("secret") = yaml::Value(bundle.cluster_secret);
  yaml::Value& secrets = root.At("secrets");
  secrets.At("bootstraptoken") = yaml::Value(bundle.bootstrap_token);
  if (!bundle.aescbc_secret.empty()) secrets.At("aescbcencryptionsecret") = yaml::Value(bundle.aescbc_secret);
  if (!bundle.secretbox_secret.empty())
    secrets.At("secretboxencryptionsecret") = yaml::Value(bundle.secretbox_secret);
  root.At("trustdinfo").At("token") = yaml::Value(bundle.trustd_token);
  yaml::Value& certs = root.At("certs");
  certs.At("etcd") = Encoded(bundle.etcd);
  certs.At("k8s") = Encoded(bundle.kubernetes);
  certs.At("k8saggregator") = Encoded(bundle.aggregator);
  certs.At("k8sserviceaccount").At("key") = yaml::Value(EncodeBase64(bundle.service_account_key));
  certs.At("os") = Encoded(bundle.os);
  return root;
}

}  // namespace slipway::talos
