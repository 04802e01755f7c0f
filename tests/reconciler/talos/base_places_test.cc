#include "reconciler/talos/base_places.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "reconciler/talos/base.h"
#include "schema/fleet/talos_release.h"
#include "tests/reconciler/talos/test_bundle.h"

namespace slipway::talos {
namespace {

/// The scalars of documents by their way, each with its line.
using Leaves = std::map<std::string, std::pair<std::string, uint32_t>>;

void Collect(const yaml::Value& value, const std::string& path, Leaves& leaves) {
  if (const yaml::Mapping* mapping = value.AsMapping(); mapping != nullptr && !mapping->empty()) {
    for (const yaml::Entry& entry : *mapping) Collect(entry.value, path + '.' + entry.key, leaves);
  } else if (const yaml::Sequence* items = value.AsSequence(); items != nullptr && !items->empty()) {
    for (size_t i = 0; i < items->size(); ++i)
      Collect((*items)[i], path + '[' + std::to_string(i) + ']', leaves);
  } else {
    leaves[path] = {yaml::Write(value), value.mark().line};
  }
}

Leaves LeavesOf(const Documents& documents) {
  Leaves leaves;
  for (const yaml::Value& document : documents) {
    const DocumentId id = IdOf(document);
    Collect(document, id.kind + '/' + id.name, leaves);
  }
  return leaves;
}

struct Change {
  const char* option;
  std::function<void(BaseInput&)> make;
};

const Change kChanges[] = {
    {"version", [](BaseInput& in) { in.options.install.image = "registry.example.org/installer:v1"; }},
    {"kubernetesVersion", [](BaseInput& in) { in.kubernetes_version = "1.30.9"; }},
    {"../endpoint", [](BaseInput& in) { in.endpoint = "https://other.example.org:6443"; }},
    {"../../metadata.name", [](BaseInput& in) { in.cluster_name = "other"; }},
    {"dnsDomain", [](BaseInput& in) { in.options.dns_domain = "k8s.example.org"; }},
    {"podSubnets", [](BaseInput& in) { in.options.pod_subnets = {"10.42.0.0/16"}; }},
    {"serviceSubnets", [](BaseInput& in) { in.options.service_subnets = {"10.43.0.0/16"}; }},
    {"cni.name", [](BaseInput& in) { in.options.cni = Cni::kNone; }},
    {"cni", [](BaseInput& in) { in.options.cni = Cni::kCilium; }},
    {"certSANs",
     [](BaseInput& in) {
       in.options.cert_sans = {"a.example.org", "10.0.0.1"};
     }},
    {"allowSchedulingOnControlPlanes", [](BaseInput& in) { in.options.schedule_on_control_planes = true; }},
    {"discovery", [](BaseInput& in) { in.options.discovery = false; }},
    {"kubespan.enabled", [](BaseInput& in) { in.options.kubespan = true; }},
    {"registryMirrors.ghcr.io",
     [](BaseInput& in) {
       in.options.registry_mirrors = {{"ghcr.io", {"https://a", "https://b"}}};
     }},
    {"sysctls.a.b",
     [](BaseInput& in) {
       in.options.sysctls = {{"a.b", "1"}};
     }},
    {"kubelet.clusterDNS", [](BaseInput& in) { in.options.kubelet.cluster_dns = {"10.0.0.10"}; }},
    {"kubelet.nodeIP", [](BaseInput& in) { in.options.kubelet.node_ip_subnets = {"10.0.0.0/8"}; }},
    {"localAPIServerPort", [](BaseInput& in) { in.options.local_api_server_port = 5443; }},
    {"install.disk", [](BaseInput& in) { in.options.install.disk = "/dev/vdb"; }},
    {"install.wipe", [](BaseInput& in) { in.options.install.wipe = true; }},
    {"install.extraKernelArgs",
     [](BaseInput& in) {
       in.options.install.extra_kernel_args = {{"a=b", {}}};
     }},
};

BaseInput Plain(int minor) {
  BaseInput input;
  input.cluster_name = "home";
  input.endpoint = "https://10.0.128.100:6443";
  input.version = {1, minor, 0, ""};
  input.kubernetes_version = "1.30.0";
  input.options.install.disk = "/dev/vda";
  return input;
}

/// As the decoder notes it: the field with the items that it may have, and on another line what it is in.
GivenFields GivenBy(const std::string& option) {
  GivenFields given;
  const size_t dot = option.starts_with("..") ? std::string::npos : option.find('.');
  if (dot != std::string::npos) given.places[option.substr(0, dot)] = {1, 1};
  given.places[option] = {77, 1};
  for (const char* item : {"[0]", "[1]"}) given.places[option + item] = {77, 5};
  return given;
}

TEST(BasePlaces, WhatAnOptionChangesIsAtTheOption) {
  const Bundle bundle = TestBundle();
  std::map<std::string, size_t> placed;
  for (int minor = kOldestTalosMinor; minor <= kNewestTalosMinor; ++minor) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      const Leaves before = LeavesOf(GenerateBase(Plain(minor), bundle, role));
      for (const Change& change : kChanges) {
        BaseInput input = Plain(minor);
        change.make(input);
        Documents documents = GenerateBase(input, bundle, role);
        PlaceOptions(documents, GivenBy(change.option));
        for (const auto& [path, leaf] : LeavesOf(documents)) {
          const auto same = before.find(path);
          if (same != before.end() && same->second.first == leaf.first) continue;
          const bool name =
              path.ends_with(".apiVersion") || path.ends_with(".kind") || path.ends_with(".name");
          if (name && leaf.second == 0) continue;  // of a document that the option brings along
          EXPECT_EQ(leaf.second, 77U) << "1." << minor << ' ' << change.option << ": " << path;
          ++placed[change.option];
        }
      }
    }
  }
  for (const Change& change : kChanges) EXPECT_GT(placed[change.option], 0U) << change.option;
}

TEST(BasePlaces, AnItemOfAListHasItsOwnLine) {
  BaseInput input = Plain(14);
  input.options.cert_sans = {"a.example.org", "b.example.org"};
  input.options.cni = Cni::kCustom;
  input.options.cni_urls = {"https://a.example.org/", "https://b.example.org/"};
  input.options.registry_mirrors = {{"ghcr.io", {"https://a", "https://b"}}};
  Documents documents = GenerateBase(input, TestBundle(), Role::kControlPlane);
  PlaceOptions(documents, {{{"certSANs", {5, 1}},
                            {"certSANs[1]", {7, 1}},
                            {"cni", {8, 1}},
                            {"cni.urls[1]", {9, 1}},
                            {"registryMirrors.ghcr.io", {10, 1}},
                            {"registryMirrors.ghcr.io.endpoints[1]", {11, 1}}}});
  const Leaves leaves = LeavesOf(documents);
  const auto line = [&leaves](const std::string& path) {
    const auto found = leaves.find(path);
    return found == leaves.end() ? 0U : found->second.second;
  };
  EXPECT_EQ(line("/.machine.certSANs[0]"), 5U);
  EXPECT_EQ(line("/.machine.certSANs[1]"), 7U);
  EXPECT_EQ(line("KubeExternalManifestConfig/custom-cni.url"), 8U);
  EXPECT_EQ(line("KubeExternalManifestConfig/custom-cni-2.url"), 9U);
  EXPECT_EQ(line("RegistryMirrorConfig/ghcr.io.endpoints[0].url"), 10U);
  EXPECT_EQ(line("RegistryMirrorConfig/ghcr.io.endpoints[1].url"), 11U);
}

}  // namespace
}  // namespace slipway::talos
