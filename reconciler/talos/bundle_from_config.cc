#include "reconciler/talos/bundle_from_config.h"

#include <algorithm>
#include <initializer_list>

#include "reconciler/talos/base64.h"
#include "schema/fleet/codes.h"

namespace slipway::talos {
namespace {

using Path = std::initializer_list<std::string_view>;

/// The value below nested keys of a document, null when there is none.
yaml::Value Dig(const yaml::Value* value, Path path) {
  for (const std::string_view key : path) {
    if (value == nullptr) break;
    value = value->Find(key);
  }
  return value == nullptr ? yaml::Value() : *value;
}

/// The bundle that a config holds, in the form of a bundle's file: so both are judged alike.
class Gatherer {
 public:
  explicit Gatherer(Documents& documents) : documents_(documents), main_(FindMain(documents)) {}

  yaml::Value Gather() {
    const yaml::Value* identity = FindDocument(documents_, "DiscoveryIdentityConfig");
    Either("cluster", "id", Dig(main_, {"cluster", "id"}), Dig(identity, {"clusterID"}));
    Either("cluster", "secret", Dig(main_, {"cluster", "secret"}), Dig(identity, {"clusterSecret"}));
    Either("secrets", "bootstraptoken", Dig(main_, {"cluster", "token"}), {});
    Encryption();
    Either("trustdinfo", "token", Dig(main_, {"machine", "token"}), {});
    Authority("etcd", Dig(main_, {"cluster", "etcd", "ca"}), "");
    Authority("k8s", Dig(main_, {"cluster", "ca"}), "KubeAPIServerCAConfig");
    Authority("k8saggregator", Dig(main_, {"cluster", "aggregatorCA"}), "KubeAggregatorCAConfig");
    yaml::Value key = Dig(main_, {"cluster", "serviceAccount", "key"});
    if (key.IsNull())
      key = Encoded(Dig(FindDocument(documents_, "KubeServiceAccountConfig"), {"issuer", "privateKey"}));
    Cert("k8sserviceaccount", "key", std::move(key));
    Authority("os", Dig(main_, {"machine", "ca"}), "");
    root_.set_mark(main_ == nullptr ? Mark{1, 1} : main_->mark());
    return std::move(root_);
  }

 private:
  /// Documents hold PEM as it is, the main document and bundles in base64.
  static yaml::Value Encoded(const yaml::Value& pem) {
    const std::string* text = pem.AsString();
    if (text == nullptr) return pem;
    yaml::Value value(EncodeBase64(*text));
    value.set_mark(pem.mark());
    return value;
  }

  void Either(std::string_view section, std::string_view name, yaml::Value first, yaml::Value second) {
    root_.At(section).At(name) = first.IsNull() ? std::move(second) : std::move(first);
  }

  void Cert(std::string_view name, std::string_view field, yaml::Value value) {
    root_.At("certs").At(name).At(field) = std::move(value);
  }

  void Authority(std::string_view name, const yaml::Value& legacy, std::string_view kind) {
    const yaml::Value* document = kind.empty() ? nullptr : FindDocument(documents_, kind);
    const bool documented = legacy.IsNull() && document != nullptr;
    Cert(name, "crt", documented ? Encoded(Dig(document, {"issuingCA", "cert"})) : Dig(&legacy, {"crt"}));
    Cert(name, "key", documented ? Encoded(Dig(document, {"issuingCA", "key"})) : Dig(&legacy, {"key"}));
  }

  /// The first secretbox key of what encrypts Kubernetes' secrets, as upstream looks for it.
  yaml::Value DocumentedSecret() {
    const yaml::Value resources =
        Dig(FindDocument(documents_, "KubeEtcdEncryptionConfig"), {"config", "resources"});
    if (resources.AsSequence() == nullptr) return {};
    for (const yaml::Value& resource : *resources.AsSequence()) {
      const yaml::Value names = Dig(&resource, {"resources"});
      const yaml::Value providers = Dig(&resource, {"providers"});
      if (names.AsSequence() == nullptr || providers.AsSequence() == nullptr) continue;
      const bool secrets =
          std::any_of(names.AsSequence()->begin(), names.AsSequence()->end(),
                      [](const yaml::Value& name) { return name == yaml::Value("secrets"); });
      if (!secrets || providers.AsSequence()->empty()) continue;
      const yaml::Value keys = Dig(&providers.AsSequence()->front(), {"secretbox", "keys"});
      if (keys.AsSequence() == nullptr || keys.AsSequence()->empty()) continue;
      return Dig(&keys.AsSequence()->front(), {"secret"});
    }
    return {};
  }

  void Encryption() {
    Either("secrets", "secretboxencryptionsecret", Dig(main_, {"cluster", "secretboxEncryptionSecret"}),
           DocumentedSecret());
    Either("secrets", "aescbcencryptionsecret", Dig(main_, {"cluster", "aescbcEncryptionSecret"}), {});
  }

  Documents& documents_;
  yaml::Value* main_;
  yaml::Value root_;
};

}  // namespace

tl::expected<Bundle, std::vector<BundleProblem>> BundleFromConfig(Documents& documents) {
  const yaml::Value* main = FindMain(documents);
  const yaml::Value type = Dig(main, {"machine", "type"});
  if (main == nullptr || type == yaml::Value("worker")) {
    return tl::make_unexpected(std::vector<BundleProblem>{
        {main == nullptr ? Mark{1, 1} : type.mark(), code::kBundleField,
         main == nullptr ? "the config has no main document (the one with `machine:`)"
                         : "a worker's config does not hold the secrets of its cluster",
         "use the whole config of a control plane"}});
  }
  return ReadBundle(Gatherer(documents).Gather());
}

}  // namespace slipway::talos
