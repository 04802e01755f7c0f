#include <algorithm>
#include <set>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/ip.h"

namespace slipway {
namespace {

/// The kubelet settings that Talos makes itself. Source: machinery kubelet.ProtectedConfigurationFields.
constexpr std::string_view kProtectedKubelet[] = {
    "apiVersion",         "kind",          "authentication", "authorization",         "cgroupRoot",
    "kubeletCgroups",     "systemCgroups", "port",           "protectKernelDefaults", "resolvConf",
    "rotateCertificates", "staticPodPath", "seccompDefault"};

/// "http", "https" or a list item that is none.
bool IsWebUrl(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return scheme > 0 && visible && text.size() > scheme && text[scheme] != '/' && text[scheme] != ':';
}

/// An address or a network, `!` before it excludes it.
bool IsSubnetFilter(std::string_view text) {
  if (text.starts_with('!')) text.remove_prefix(1);
  return IpPrefix::Parse(text) || IpAddress::Parse(text);
}

class OptionsDecoder {
 public:
  OptionsDecoder(const yaml::Value& talos, Reporter& reporter, TalosOptions& options)
      : talos_(talos), reporter_(reporter), options_(options) {}

  void Decode() {
    NotePlaces();
    Network();
    Names();
    Switches();
    Registries();
    if (const yaml::Value* kubelet = talos_.Find("kubelet")) Kubelet(*kubelet);
    if (const yaml::Value* install = talos_.Find("install")) Install(*install);
  }

 private:
  void NotePlaces() {
    for (const yaml::Entry& field : *talos_.AsMapping()) {
      if (field.key == "kubernetesVersion") continue;
      options_.given.places[field.key] = field.key_mark;
      NotePlacesIn(field.value, field.key);
    }
  }

  void NotePlacesIn(const yaml::Value& value, const std::string& path) {
    if (const yaml::Mapping* mapping = value.AsMapping()) {
      for (const yaml::Entry& inner : *mapping) {
        const std::string name = path + '.' + inner.key;
        options_.given.places[name] = inner.key_mark;
        NotePlacesIn(inner.value, name);
      }
    } else if (const yaml::Sequence* items = value.AsSequence()) {
      for (size_t i = 0; i < items->size(); ++i)
        options_.given.places[path + '[' + std::to_string(i) + ']'] = (*items)[i].mark();
    }
  }

  /// The texts of a list; `good` says which may be there.
  template <class Good>
  std::vector<std::string> Texts(const yaml::Value& parent, std::string_view key, int code, const Good& good,
                                 const std::string& what, const std::string& fix) {
    std::vector<std::string> texts;
    for (const yaml::Value& item : ItemsOf(parent, key)) {
      const std::string* text = item.AsString();
      if (text == nullptr) continue;
      if (good(*text)) {
        texts.push_back(*text);
      } else {
        reporter_.Error(item.mark(), code, Tick(*text) + " is no " + what, fix);
      }
    }
    return texts;
  }

  void Subnets(std::string_view key, std::vector<std::string>& subnets) {
    if (talos_.Find(key) == nullptr) return;
    std::vector<std::string> read;
    std::set<bool> families;
    for (const yaml::Value& item : ItemsOf(talos_, key)) {
      const std::string* text = item.AsString();
      if (text == nullptr) continue;
      const auto prefix = IpPrefix::Parse(*text);
      if (!prefix) {
        reporter_.Error(item.mark(), code::kBadClusterNetwork, Tick(*text) + " is no network",
                        "write an address and a prefix length, like 10.244.0.0/16");
      } else if (!families.insert(prefix->address.v6).second) {
        reporter_.Error(item.mark(), code::kBadClusterNetwork,
                        "`" + std::string(key) + "` has two networks of one family",
                        "keep one IPv4 and at most one IPv6 network");
      }
      read.push_back(*text);
    }
    if (!read.empty()) subnets = std::move(read);
  }

  void Network() {
    const Located<std::string> domain = TextOf(talos_, "dnsDomain");
    if (domain.mark.line > 0) {
      options_.dns_domain = domain.value;
      if (!forms::IsResourceName(domain.value)) {
        reporter_.Error(domain.mark, code::kBadClusterNetwork, Tick(domain.value) + " is no DNS domain",
                        "write lower-case letters, digits, '-' and '.', like cluster.local");
      }
    }
    Subnets("podSubnets", options_.pod_subnets);
    Subnets("serviceSubnets", options_.service_subnets);
    if (options_.pod_subnets.size() != options_.service_subnets.size()) {
      const bool pods = options_.pod_subnets.size() < options_.service_subnets.size();
      const auto place = options_.given.Find(pods ? "podSubnets" : "serviceSubnets");
      const auto other = options_.given.Find(pods ? "serviceSubnets" : "podSubnets");
      reporter_.Error(place.value_or(other.value_or(Mark{})), code::kBadClusterNetwork,
                      "pods and services have networks of different families",
                      "give `podSubnets` and `serviceSubnets` one network of each family");
    }
    if (const yaml::Value* cni = talos_.Find("cni")) NetworkPlugin(*cni);
  }

  void NetworkPlugin(const yaml::Value& cni) {
    const std::string name = TextOf(cni, "name").value;
    options_.cni = name == "none"     ? Cni::kNone
                   : name == "custom" ? Cni::kCustom
                   : name == "cilium" ? Cni::kCilium
                                      : Cni::kFlannel;
    options_.cni_urls = Texts(cni, "urls", code::kBadCni, IsWebUrl, "URL of a manifest",
                              "write http:// or https://, a host and a path");
    const yaml::Value* urls = cni.Find("urls");
    if (options_.cni == Cni::kCustom && ItemsOf(cni, "urls").empty()) {
      reporter_.Error(cni.mark(), code::kBadCni, "a custom CNI needs the URLs of its manifests",
                      "add `urls`");
    } else if (options_.cni != Cni::kCustom && urls != nullptr) {
      reporter_.Error(urls->mark(), code::kBadCni, "`urls` belong to the CNI `custom`, not to " + Tick(name),
                      "write `name: custom`, or remove them");
    }
  }

  void Names() {
    const auto good = [](const std::string& text) {
      const std::string_view host = std::string_view(text).substr(text.starts_with("*.") ? 2 : 0);
      return forms::IsHostname(host) || IpAddress::Parse(text).has_value();
    };
    options_.cert_sans = Texts(talos_, "certSANs", code::kBadCertName, good,
                               "name or address for a certificate", "write a DNS name or an IP address");
  }

  void Switches() {
    options_.schedule_on_control_planes = FlagOf(talos_, "allowSchedulingOnControlPlanes").value_or(false);
    if (const yaml::Value* discovery = talos_.Find("discovery"))
      options_.discovery = FlagOf(*discovery, "enabled").value_or(true);
    if (const yaml::Value* kubespan = talos_.Find("kubespan"))
      options_.kubespan = FlagOf(*kubespan, "enabled");
    options_.local_api_server_port = static_cast<int>(NumberOf(talos_, "localAPIServerPort").value_or(0));
    if (options_.kubespan.value_or(false) && !options_.discovery) {
      reporter_.Error(options_.given.Find("kubespan").value_or(Mark{}), code::kNeedsDiscovery,
                      "KubeSpan finds its peers by discovery, which is off", "turn discovery on");
    }
    const yaml::Value* sysctls = talos_.Find("sysctls");
    if (sysctls == nullptr || sysctls->AsMapping() == nullptr) return;
    for (const yaml::Entry& entry : *sysctls->AsMapping()) {
      if (entry.value.AsString() != nullptr) options_.sysctls[entry.key] = *entry.value.AsString();
    }
  }

  void Registries() {
    const yaml::Value* mirrors = talos_.Find("registryMirrors");
    if (mirrors == nullptr || mirrors->AsMapping() == nullptr) return;
    for (const yaml::Entry& entry : *mirrors->AsMapping()) {
      const bool plain = !entry.key.empty() && entry.key.find_first_of(" \t/?#@") == std::string::npos;
      if (!plain) {
        reporter_.Error(entry.key_mark, code::kBadRegistryMirror, Tick(entry.key) + " is no registry host",
                        "write a host, with a port where it has one, like ghcr.io; `*` is all others");
      }
      options_.registry_mirrors[entry.key] =
          Texts(entry.value, "endpoints", code::kBadRegistryMirror, IsWebUrl, "URL of a mirror",
                "write http:// or https:// and a host, like https://mirror.example.org");
    }
  }

  void KubeletArguments(const yaml::Value& kubelet) {
    const yaml::Value* arguments = kubelet.Find("extraArgs");
    if (arguments == nullptr || arguments->AsMapping() == nullptr) return;
    for (const yaml::Entry& entry : *arguments->AsMapping()) {
      const yaml::Sequence* list = entry.value.AsSequence();
      const bool texts =
          list != nullptr && std::all_of(list->begin(), list->end(),
                                         [](const yaml::Value& item) { return item.AsString() != nullptr; });
      if (entry.value.AsString() != nullptr || texts) continue;
      reporter_.Error(entry.value.mark(), code::kBadKubeletOption,
                      "the kubelet argument " + Tick(entry.key) + " must be a text or a list of texts",
                      "put it in quotes");
    }
    if (!arguments->AsMapping()->empty()) options_.kubelet.extra_args = *arguments;
  }

  void Kubelet(const yaml::Value& kubelet) {
    KubeletArguments(kubelet);
    const yaml::Value* config = kubelet.Find("extraConfig");
    if (config != nullptr && config->AsMapping() != nullptr && !config->AsMapping()->empty()) {
      for (const yaml::Entry& entry : *config->AsMapping()) {
        if (std::find(std::begin(kProtectedKubelet), std::end(kProtectedKubelet), entry.key) ==
            std::end(kProtectedKubelet)) {
          continue;
        }
        reporter_.Error(entry.key_mark, code::kBadKubeletOption,
                        "Talos sets " + Tick(entry.key) + " of the kubelet itself", "remove it");
      }
      options_.kubelet.extra_config = *config;
    }
    options_.kubelet.extra_mounts = ItemsOf(kubelet, "extraMounts");
    if (const yaml::Value* node_ip = kubelet.Find("nodeIP")) {
      options_.kubelet.node_ip_subnets =
          Texts(*node_ip, "validSubnets", code::kBadKubeletOption, IsSubnetFilter, "network",
                "write an address or a network, like 10.0.0.0/8; `!` before it excludes it");
    }
    const auto address = [](const std::string& text) { return IpAddress::Parse(text).has_value(); };
    options_.kubelet.cluster_dns = Texts(kubelet, "clusterDNS", code::kBadKubeletOption, address,
                                         "IP address", "write the address of the cluster's DNS service");
  }

  void Install(const yaml::Value& install) {
    InstallOptions& options = options_.install;
    const Located<std::string> image = TextOf(install, "image");
    const Located<std::string> schematic = TextOf(install, "schematic");
    options.image = image.value;
    if (image.mark.line > 0 && !forms::IsImageReference(image.value)) {
      reporter_.Error(image.mark, code::kBadInstallOption, Tick(image.value) + " is no image",
                      "write a registry, a path and a tag, like ghcr.io/siderolabs/installer:v1.11.6");
    }
    if (schematic.mark.line > 0) {
      if (const auto digest = forms::ParseDigest(schematic.value)) {
        options.schematic = *digest;
      } else {
        reporter_.Error(schematic.mark, code::kBadInstallOption,
                        Tick(schematic.value) + " is no schematic id",
                        "write the 64 hexadecimal digits that the image factory gives");
      }
      if (image.mark.line > 0) {
        reporter_.Error(schematic.mark, code::kBadInstallOption,
                        "`image` and `schematic` both say which installer is used", "keep one of them");
      }
    }
    const Located<std::string> disk = TextOf(install, "disk");
    options.disk = disk.value;
    if (disk.mark.line > 0 && !forms::IsDevicePath(disk.value)) {
      reporter_.Error(disk.mark, code::kBadDisk, Tick(disk.value) + " is no path of a disk",
                      "write it from /dev, like /dev/nvme0n1");
    }
    options.wipe = FlagOf(install, "wipe").value_or(false);
    for (const yaml::Value& item : ItemsOf(install, "extraKernelArgs")) {
      const std::string* text = item.AsString();
      if (text == nullptr) continue;
      const std::string_view problem = forms::KernelArgumentProblem(*text);
      options.extra_kernel_args.push_back({*text, item.mark()});
      if (problem.empty()) continue;
      reporter_.Error(item.mark(), code::kBadKernelArgument,
                      Tick(*text) + " cannot be a kernel argument: " + std::string(problem),
                      "write one argument per item, like console=ttyS0");
    }
  }

  const yaml::Value& talos_;
  Reporter& reporter_;
  TalosOptions& options_;
};

}  // namespace

void DecodeTalosOptions(const yaml::Value& talos, Reporter& reporter, TalosOptions& options) {
  OptionsDecoder(talos, reporter, options).Decode();
}

}  // namespace slipway
