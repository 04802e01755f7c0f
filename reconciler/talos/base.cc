#include "reconciler/talos/base.h"

#include <algorithm>

#include "reconciler/talos/values.h"
#include "schema/fleet/talos_release.h"

namespace slipway::talos {
namespace {

/// The host of a URL, IPv6 without its brackets.
std::string HostOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find(':')));
}

}  // namespace

std::string BaseDraft::Image(std::string_view repository) const {
  std::string_view version = input.kubernetes_version;
  if (version.starts_with('v')) version.remove_prefix(1);
  return std::string(repository) + ":v" + std::string(version);
}

std::vector<std::string> BaseDraft::ApiServerNames() const {
  std::vector<std::string> names;
  if (minor < contract::kNetworkDocuments) names.push_back(HostOf(input.endpoint));
  names.insert(names.end(), input.options.cert_sans.begin(), input.options.cert_sans.end());
  return names;
}

yaml::Value NewDocument(std::string_view kind, std::string_view name) {
  yaml::Value document;
  document.At("apiVersion") = yaml::Value("v1alpha1");
  document.At("kind") = yaml::Value(kind);
  if (!name.empty()) document.At("name") = yaml::Value(name);
  return document;
}

yaml::Value PodSecurityConfiguration() {
  yaml::Value defaults;
  for (const auto& [mode, level] : {std::pair{"audit", "restricted"}, std::pair{"enforce", "baseline"},
                                    std::pair{"warn", "restricted"}}) {
    defaults.At(mode) = yaml::Value(level);
    defaults.At(std::string(mode) + "-version") = yaml::Value("latest");
  }
  yaml::Value exemptions;
  exemptions.At("namespaces") = TextList(std::vector<std::string>{"kube-system"});
  exemptions.At("runtimeClasses") = yaml::Value(yaml::Sequence{});
  exemptions.At("usernames") = yaml::Value(yaml::Sequence{});
  yaml::Value object;
  object.At("apiVersion") = yaml::Value("pod-security.admission.config.k8s.io/v1alpha1");
  object.At("defaults") = std::move(defaults);
  object.At("exemptions") = std::move(exemptions);
  object.At("kind") = yaml::Value("PodSecurityConfiguration");
  return object;
}

yaml::Value AuditPolicy() {
  yaml::Value object;
  object.At("apiVersion") = yaml::Value("audit.k8s.io/v1");
  object.At("kind") = yaml::Value("Policy");
  object.At("rules") = yaml::Value(yaml::Sequence{OneField("level", std::string("Metadata"))});
  return object;
}

Documents GenerateBase(const BaseInput& input, const Bundle& bundle, Role role) {
  const BaseDraft draft{input, bundle, role,
                        std::clamp(input.version.minor, kOldestTalosMinor, kNewestTalosMinor)};
  yaml::Value main;
  main.At("version") = yaml::Value("v1alpha1");
  main.At("debug") = yaml::Value(false);
  main.At("persist") = yaml::Value(true);
  main.At("machine") = MachineSection(draft);
  main.At("cluster") = ClusterSection(draft);
  Documents documents;
  documents.push_back(std::move(main));
  AddMachineDocuments(draft, documents);
  if (!draft.Legacy()) AddKubernetesDocuments(draft, documents);
  return documents;
}

}  // namespace slipway::talos
