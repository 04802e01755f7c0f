#include "reconciler/import/config_facts.h"

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

const yaml::Value& At(const yaml::Value& value, std::initializer_list<std::string_view> path) {
  static const yaml::Value kNothing;
  const yaml::Value* at = &value;
  for (const std::string_view key : path) {
    at = at->Find(key);
    if (at == nullptr) return kNothing;
  }
  return *at;
}

const yaml::Value& Kind(const talos::Documents& documents, std::string_view kind) {
  static const yaml::Value kNothing;
  for (const yaml::Value& document : documents) {
    if (Text(document, "kind") == kind) return document;
  }
  return kNothing;
}

const yaml::Value& Main(const talos::Documents& documents) {
  static const yaml::Value kNothing;
  for (const yaml::Value& document : documents) {
    if (talos::IsMain(document)) return document;
  }
  return kNothing;
}

/// The section's text, or the document's where the section does not say it.
std::string Either(const yaml::Value& section, const yaml::Value& document) {
  const std::string text = ScalarText(section);
  return text.empty() ? ScalarText(document) : text;
}

/// `v1.2.3` of `registry/name:v1.2.3@sha256:…`.
std::string TagOf(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const size_t colon = name.rfind(':');
  if (colon == std::string::npos || name.find('/', colon) != std::string::npos) return "";
  return name.substr(colon + 1);
}

/// The id of `factory.talos.dev/metal-installer/<id>:…`.
std::string SchematicOf(const std::string& image) {
  for (const std::string_view prefix :
       {"factory.talos.dev/metal-installer/", "factory.talos.dev/installer/"}) {
    if (!image.starts_with(prefix)) continue;
    const std::string id = image.substr(prefix.size(), image.find(':') - prefix.size());
    const bool hex = id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (hex) return id;
  }
  return "";
}

std::string InstallerOf(const talos::Documents& documents) {
  return Either(At(Main(documents), {"machine", "install", "image"}),
                At(Kind(documents, "UnattendedInstallConfig"), {"installer", "image"}));
}

int ContractOf(const talos::Documents& documents) {
  if (!Kind(documents, "KubeClusterConfig").IsNull() || !Kind(documents, "KubeletConfig").IsNull()) return 14;
  if (Kind(documents, "HostnameConfig").IsNull()) return 11;
  return At(Main(documents), {"machine"}).Find("network") == nullptr ? 13 : 12;
}

/// Takes a list into `spec` and `out` when it is not the default.
void TakeList(const yaml::Value& from, std::string_view key, yaml::Value& spec,
              std::vector<std::string>& out) {
  std::vector<std::string> texts;
  if (from.AsSequence() != nullptr) {
    for (const yaml::Value& item : *from.AsSequence()) texts.push_back(ScalarText(item));
  }
  if (texts.empty() || texts == out) return;
  spec.At(key) = TextSequence(texts);
  out = std::move(texts);
}

}  // namespace

ConfigFacts FactsOf(const talos::Documents& documents) {
  const yaml::Value& main = Main(documents);
  const yaml::Value& cluster = Kind(documents, "KubeClusterConfig");
  ConfigFacts facts;
  facts.cluster = Either(At(main, {"cluster", "clusterName"}), At(cluster, {"clusterName"}));
  facts.endpoint = Either(At(main, {"cluster", "controlPlane", "endpoint"}), At(cluster, {"endpoint"}));
  facts.kubernetes = TagOf(
      Either(At(main, {"machine", "kubelet", "image"}), At(Kind(documents, "KubeletConfig"), {"image"})));
  const std::string installer = InstallerOf(documents);
  facts.installed = TalosVersion::Parse(TagOf(installer));
  facts.schematic = SchematicOf(installer);
  facts.contract = ContractOf(documents);
  return facts;
}

TalosOptions OptionsOf(const talos::Documents& controlplane, yaml::Value& spec) {
  const yaml::Value& main = Main(controlplane);
  const yaml::Value& network = Kind(controlplane, "KubeNetworkConfig");
  const yaml::Value& install = Kind(controlplane, "UnattendedInstallConfig");
  TalosOptions options;
  const std::string domain =
      Either(At(main, {"cluster", "network", "dnsDomain"}), At(network, {"dnsDomain"}));
  if (!domain.empty() && domain != options.dns_domain) {
    spec.At("dnsDomain") = yaml::Value(domain);
    options.dns_domain = domain;
  }
  for (const auto& [key, out] : {std::pair("podSubnets", &options.pod_subnets),
                                 std::pair("serviceSubnets", &options.service_subnets)}) {
    const yaml::Value& section = At(main, {"cluster", "network", key});
    TakeList(section.IsNull() ? At(network, {key}) : section, key, spec, *out);
  }
  if (ScalarText(At(main, {"cluster", "allowSchedulingOnControlPlanes"})) == "true") {
    spec.At("allowSchedulingOnControlPlanes") = yaml::Value(true);
    options.schedule_on_control_planes = true;
  }
  const std::string image = InstallerOf(controlplane);
  if (!image.empty()) {
    spec.At("install").At("image") = yaml::Value(image);
    options.install.image = image;
  }
  const std::string match = ScalarText(At(install, {"provisioning", "diskSelector", "match"}));
  constexpr std::string_view kByPath = "disk.dev_path == \"";
  std::string disk = ScalarText(At(main, {"machine", "install", "disk"}));
  if (disk.empty() && match.starts_with(kByPath) && match.ends_with('"')) {
    disk = match.substr(kByPath.size(), match.size() - kByPath.size() - 1);
  }
  if (disk.starts_with("/dev/") && disk.find_first_of("\" ") == std::string::npos) {
    spec.At("install").At("disk") = yaml::Value(disk);
    options.install.disk = disk;
  }
  return options;
}

}  // namespace slipway::imports
