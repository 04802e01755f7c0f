#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

void DecodeVersions(const yaml::Value& talos, Reporter& reporter, Cluster& cluster) {
  const Located<std::string> version = TextOf(talos, "version");
  const auto parsed = TalosVersion::Parse(version.value);
  if (version.mark.line > 0 && !parsed) {
    reporter.Error(version.mark, code::kBadTalosVersion, Tick(version.value) + " is no Talos version",
                   "write major, minor and patch, like v1.11.6");
  } else if (parsed &&
             (parsed->major != 1 || parsed->minor < kOldestTalosMinor || parsed->minor > kNewestTalosMinor)) {
    reporter.Error(version.mark, code::kUnsupportedTalosVersion,
                   "Talos " + parsed->ToString() + " is not known to this Slipway",
                   "use a version from v1.8 to v1.14");
  } else if (parsed) {
    cluster.talos_version = *parsed;
  }
  const Located<std::string> kubernetes = TextOf(talos, "kubernetesVersion");
  if (kubernetes.mark.line == 0) return;
  const auto number = TalosVersion::Parse(kubernetes.value);
  if (number && number->major == 1) {
    cluster.kubernetes_version = number->ToString();
    cluster.talos.given.places["kubernetesVersion"] = kubernetes.mark;
  } else {
    reporter.Error(kubernetes.mark, code::kBadKubernetesVersion,
                   Tick(kubernetes.value) + " is no Kubernetes version",
                   "write major, minor and patch, like v1.34.1");
  }
}

/// Files that the user made say all this themselves; to write it a second time beside them helps nobody.
void RefuseOptions(const yaml::Value& talos, Reporter& reporter) {
  for (const yaml::Entry& field : *talos.AsMapping()) {
    if (field.key == "version" || field.key == "kubernetesVersion" || field.key == "base" ||
        field.key == "schema")
      continue;
    reporter.Error(field.key_mark, code::kOnlyWithSecrets,
                   Tick(field.key) + " has no effect on base configurations that are files of yours",
                   "say it in the base file or in a patch, or let `secrets` take the place of `base`");
  }
}

}  // namespace

void DecodeTalos(const yaml::Value& talos, Reporter& reporter, Cluster& cluster) {
  if (talos.AsMapping() == nullptr) return;
  DecodeVersions(talos, reporter, cluster);
  if (talos.Find("schema") != nullptr) cluster.schema = DecodeFileRef(talos, "schema", reporter);
  const yaml::Value* base = talos.Find("base");
  const bool bundle = talos.Find("secrets") != nullptr;
  if (base != nullptr) {
    cluster.base_controlplane = DecodeFileRef(*base, "controlplane", reporter);
    cluster.base_worker = DecodeFileRef(*base, "worker", reporter);
    if (!bundle) RefuseOptions(talos, reporter);
  }
  if (!bundle) return;
  cluster.secrets = DecodeFileRef(talos, "secrets", reporter);
  DecodeTalosOptions(talos, reporter, cluster.talos);
}

}  // namespace slipway
