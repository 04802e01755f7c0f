#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/fleet/located.h"
#include "schema/fleet/yaml.h"

/// What a Cluster says about the machine configs that Slipway makes itself.
namespace slipway {

enum class Cni : uint8_t {
  kFlannel,  ///< what Talos brings along
  kNone,     ///< the cluster gets one later
  kCustom,   ///< from manifests at URLs
  kCilium,   ///< none, and no kube-proxy: Cilium replaces both
};

struct KubeletOptions {
  yaml::Value extra_args;    ///< mapping of texts, or of lists of texts from Talos 1.13; null when not given
  yaml::Value extra_config;  ///< mapping: part of the kubelet's own configuration; null when not given
  yaml::Sequence extra_mounts;               ///< mappings with destination, type, source, options
  std::vector<std::string> node_ip_subnets;  ///< CIDR or address, `!` excludes
  std::vector<std::string> cluster_dns;
  bool operator==(const KubeletOptions&) const = default;
};

struct InstallOptions {
  std::string image;      ///< "": from the schematic, or the default of the Talos version
  std::string schematic;  ///< of the image factory
  std::string disk;       ///< "": each node says its own
  bool wipe = false;
  std::vector<Located<std::string>> extra_kernel_args;
  bool operator==(const InstallOptions&) const = default;
};

/// One registry and the places to pull its images from, in order.
using RegistryMirrors = std::map<std::string, std::vector<std::string>>;

/// The fields of `spec.talos` that stand in the user's file, by their path below it ("cni.urls"), with the
/// keys' places, and the items of lists ("cni.urls[0]") with theirs; and what the Cluster says outside of it
/// that configs are made from ("../endpoint", "../../metadata.name"). Equality ignores it: a field that says
/// its default changes no machine.
struct GivenFields {
  std::map<std::string, Mark> places;
  bool operator==(const GivenFields&) const { return true; }

  /// Where the field is written; nothing when it is left out.
  std::optional<Mark> Find(const std::string& path) const {
    const auto found = places.find(path);
    return found == places.end() ? std::nullopt : std::optional<Mark>(found->second);
  }
};

/// The defaults are those of `talosctl gen config`.
struct TalosOptions {
  std::string dns_domain = "cluster.local";
  std::vector<std::string> pod_subnets = {"10.244.0.0/16"};
  std::vector<std::string> service_subnets = {"10.96.0.0/12"};
  Cni cni = Cni::kFlannel;
  std::vector<std::string> cni_urls;   ///< of Cni::kCustom
  std::vector<std::string> cert_sans;  ///< besides the endpoint's, for the Talos and the Kubernetes API
  bool schedule_on_control_planes = false;
  bool discovery = true;
  std::optional<bool> kubespan;  ///< nothing: not mentioned in the config
  RegistryMirrors registry_mirrors;
  std::map<std::string, std::string> sysctls;
  KubeletOptions kubelet;
  int local_api_server_port = 0;  ///< 0: Talos' default, 6443
  InstallOptions install;
  GivenFields given;
  bool operator==(const TalosOptions&) const = default;
};

}  // namespace slipway
