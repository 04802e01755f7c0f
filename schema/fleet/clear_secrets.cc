#include "schema/fleet/clear_secrets.h"

#include <algorithm>
#include <array>

#include "schema/fleet/codes.h"

namespace slipway {
namespace {

using What = ClearSecret::What;

/// Where `talosctl gen secrets` puts what must not be seen.
constexpr std::array<std::string_view, 10> kBundlePaths = {
    "certs.os.key",
    "certs.k8s.key",
    "certs.etcd.key",
    "certs.k8saggregator.key",
    "certs.k8sserviceaccount.key",
    "cluster.secret",
    "secrets.bootstraptoken",
    "secrets.secretboxencryptionsecret",
    "secrets.aescbcencryptionsecret",
    "trustdinfo.token",
};

/// Where a machine config has it, in its main document and from 1.14 on in others.
constexpr std::array<std::string_view, 13> kConfigPaths = {
    "machine.ca.key",
    "machine.token",
    "cluster.ca.key",
    "cluster.aggregatorCA.key",
    "cluster.etcd.ca.key",
    "cluster.serviceAccount.key",
    "cluster.secret",
    "cluster.token",
    "cluster.secretboxEncryptionSecret",
    "cluster.aescbcEncryptionSecret",
    "issuingCA.key",
    "issuer.privateKey",
    "clusterSecret",
};

const yaml::Value* FindPath(const yaml::Value& root, std::string_view path) {
  const yaml::Value* at = &root;
  while (at != nullptr && !path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    at = at->Find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

bool IsBundle(const yaml::Value& root) {
  const auto is_mapping = [&](const char* key) {
    const yaml::Value* value = root.Find(key);
    return value != nullptr && value->AsMapping() != nullptr;
  };
  const int found =
      is_mapping("certs") + is_mapping("secrets") + is_mapping("trustdinfo") + is_mapping("cluster");
  return found >= 3 && root.Find("machine") == nullptr;
}

template <size_t kCount>
std::optional<ClearSecret> FindAny(const yaml::Value& root, const std::array<std::string_view, kCount>& paths,
                                   What what, const std::vector<std::string>& encrypted) {
  for (const std::string_view path : paths) {
    const yaml::Value* value = FindPath(root, path);
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    if (text == nullptr || text->empty()) continue;
    if (std::find(encrypted.begin(), encrypted.end(), *text) != encrypted.end()) continue;
    return ClearSecret{what, value->mark(), std::string(path)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ClearSecret> FindClearSecrets(const std::vector<yaml::Document>& documents,
                                            const std::vector<std::string>& encrypted) {
  for (const yaml::Document& document : documents) {
    auto found = IsBundle(document.root)
                     ? FindAny(document.root, kBundlePaths, What::kBundle, encrypted)
                     : FindAny(document.root, kConfigPaths, What::kMachineConfig, encrypted);
    if (found) return found;
  }
  return std::nullopt;
}

Diagnostic ClearSecretsProblem(std::string_view file, const ClearSecret& found, const Site& site) {
  const bool required = site.require_encrypted_secrets;
  std::string message = found.what == What::kBundle ? "this is a secrets bundle in clear text"
                                                    : "this machine config holds secrets in clear text";
  message += " (first `" + found.path + "`)";
  if (required) message += ", and the site requires encrypted secrets";
  return {std::string(file),
          found.mark,
          code::kClearSecrets,
          required ? Severity::kError : Severity::kWarning,
          std::move(message),
          "encrypt the file with sops or age, and make the cluster new secrets: Git keeps the old ones"};
}

}  // namespace slipway
