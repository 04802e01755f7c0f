#include "reconciler/talos/base.h"

#include <gtest/gtest.h>

#include "reconciler/talos/values.h"
#include "tests/reconciler/talos/test_bundle.h"

namespace slipway::talos {
namespace {

BaseInput Input(const char* version) {
  BaseInput input;
  input.cluster_name = "home";
  input.endpoint = "https://[fd00::1]:6443";
  input.version = *TalosVersion::Parse(version);
  input.kubernetes_version = "v1.33.2";
  return input;
}

BaseInput Everything(const char* version) {
  BaseInput input = Input(version);
  TalosOptions& options = input.options;
  options.dns_domain = "example.org";
  options.pod_subnets = {"10.1.0.0/16", "fd00:1::/56"};
  options.service_subnets = {"10.2.0.0/16", "fd00:2::/112"};
  options.cni = Cni::kCustom;
  options.cni_urls = {"https://example.org/a.yaml", "https://example.org/b.yaml"};
  options.cert_sans = {"api.example.org"};
  options.schedule_on_control_planes = true;
  options.discovery = false;
  options.kubespan = false;
  options.registry_mirrors = {{"docker.io", {"https://a", "https://b"}}, {"*", {"https://c"}}};
  options.sysctls = {{"vm.nr_hugepages", "1024"}};
  options.kubelet.extra_args = OneField("v", std::string("2"));
  options.kubelet.extra_config = OneField("maxPods", yaml::Value(int64_t{200}));
  if (input.version.minor < contract::kEveryDocument)
    options.kubelet.extra_mounts = {OneField("destination", std::string("/var/mnt"))};
  options.kubelet.node_ip_subnets = {"10.0.0.0/8"};
  options.kubelet.cluster_dns = {"10.2.0.10"};
  options.local_api_server_port = 7443;
  options.install.image = "example.org/installer:v1";
  options.install.disk = "/dev/vd\"a";
  options.install.wipe = true;
  return input;
}

std::string TextOf(const Documents& documents) {
  std::vector<const yaml::Value*> order;
  for (const yaml::Value& document : documents) order.push_back(&document);
  return yaml::Write(order);
}

/// Compares with a file of ours; every difference was looked at when it was made.
void ExpectFile(const Documents& documents, const std::string& name) {
  const fs::path path = fs::path(SLIPWAY_SOURCE_DIR) / "tests/testdata/bundle" / name;
  const std::string text = TextOf(documents);
  if (std::getenv("SLIPWAY_WRITE_EXPECTED") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(text, ReadText(path)) << path;
}

TEST(Base, EveryOptionHasItsPlaceInEveryContract) {
  for (const char* version : {"v1.8.4", "v1.11.6", "v1.12.11", "v1.13.9", "v1.14.0"}) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      ExpectFile(GenerateBase(Everything(version), TestBundle(), role),
                 std::string(version) + '-' + std::string(ToString(role)) + ".yaml");
    }
  }
}

TEST(Base, CiliumIsNoCniAndNoKubeProxy) {
  for (const char* version : {"v1.11.6", "v1.14.0"}) {
    BaseInput input = Input(version);
    input.options.cni = Cni::kCilium;
    Documents documents = GenerateBase(input, TestBundle(), Role::kControlPlane);
    EXPECT_EQ(FindDocument(documents, "KubeFlannelCNIConfig"), nullptr);
    if (input.version.minor < contract::kEveryDocument) {
      const yaml::Value& cluster = *FindMain(documents)->Find("cluster");
      EXPECT_EQ(*cluster.Find("network")->Find("cni")->Find("name"), yaml::Value("none"));
      EXPECT_EQ(*cluster.Find("proxy")->Find("disabled"), yaml::Value(true));
    } else {
      EXPECT_EQ(*FindDocument(documents, "KubeProxyConfig")->Find("enabled"), yaml::Value(false));
    }
    input.options.cni = Cni::kNone;
    documents = GenerateBase(input, TestBundle(), Role::kControlPlane);
    EXPECT_EQ(TextOf(documents).find("disabled: true\n    image"), std::string::npos);
    EXPECT_EQ(FindDocument(documents, "KubeFlannelCNIConfig"), nullptr);
  }
}

TEST(Base, TheOldEndpointNameIsWithoutBrackets) {
  Documents documents = GenerateBase(Input("v1.11.6"), TestBundle(), Role::kControlPlane);
  const yaml::Value& names = *FindMain(documents)->Find("cluster")->Find("apiServer")->Find("certSANs");
  EXPECT_EQ(names, TextList(std::vector<std::string>{"fd00::1"}));
}

TEST(Base, PatchLevelsAndUnknownMinorsTakeTheirContract) {
  EXPECT_EQ(GenerateBase(Input("v1.13.0"), TestBundle(), Role::kWorker),
            GenerateBase(Input("v1.13.9"), TestBundle(), Role::kWorker));
  EXPECT_EQ(GenerateBase(Input("v1.15.0"), TestBundle(), Role::kWorker),
            GenerateBase(Input("v1.14.0-rc.1"), TestBundle(), Role::kWorker));
}

}  // namespace
}  // namespace slipway::talos
