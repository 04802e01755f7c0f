// Documents about the control plane of Kubernetes, from Talos 1.14. Source: pkg/machinery/config/types/k8s.
#include <algorithm>
#include <array>
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

void CheckResources(const yaml::Value& document, Report& report) {
  for (const char* list : {"resources.requests", "resources.limits"}) {
    for (const yaml::Entry& entry : Fields(document, list)) {
      if (entry.key == "memory" || entry.key == "cpu") continue;
      report.Error(entry.value, "pods of Talos have no resource `" + entry.key + '`',
                   "keep `memory` and `cpu`");
    }
  }
}

/// A component that may be switched off, and then says nothing more.
bool IsOff(const yaml::Value& document) { return Flag(document, "enabled") == false; }

void CheckComponent(const yaml::Value& document, Report& report) {
  if (IsOff(document)) return;
  NeedText(document, "image", report);
  CheckResources(document, report);
}

struct OwnedArgument {
  std::string_view prefix;
  std::string_view fix;
};

/// What other documents say. The longest prefix is the one that counts.
constexpr std::array kOwnedArguments = {
    OwnedArgument{"anonymous-auth", "use KubeAuthenticationConfig"},
    OwnedArgument{"oidc-signing-algs", "remove it: every asymmetric algorithm of RFC 7518 is accepted"},
    OwnedArgument{"oidc-", "use KubeAuthenticationConfig"},
    OwnedArgument{"authentication-config", "use KubeAuthenticationConfig"},
    OwnedArgument{"authorization-config", "use KubeAuthorizerConfig"},
    OwnedArgument{"authorization-mode", "use KubeAuthorizerConfig"},
    OwnedArgument{"authorization-webhook-", "use KubeAuthorizerConfig"},
};

void CheckApiServer(const yaml::Value& document, Report& report) {
  CheckComponent(document, report);
  for (const yaml::Entry& argument : Fields(document, "extraArgs")) {
    const auto* owned =
        std::find_if(kOwnedArguments.begin(), kOwnedArguments.end(),
                     [&](const OwnedArgument& known) { return argument.key.starts_with(known.prefix); });
    if (owned == kOwnedArguments.end()) continue;
    report.Error(argument.value, "the argument `" + argument.key + "` of the API server is not yours to set",
                 std::string(owned->fix));
  }
}

void CheckProxy(const yaml::Value& document, Report& report) {
  CheckComponent(document, report);
  if (IsOff(document)) return;
  const std::string mode = Text(document, "mode");
  if (mode == "iptables" || mode == "ipvs") {
    report.Warning(*Get(document, "mode"), "kube-proxy's mode " + mode + " is not recommended",
                   "use nftables");
  } else if (!mode.empty() && mode != "nftables") {
    report.Error(*Get(document, "mode"), "`" + mode + "` is no mode of kube-proxy",
                 "write nftables, iptables or ipvs");
  }
  if (const yaml::Value* arguments = Get(document, "extraArgs"); arguments != nullptr) {
    if (!Fields(document, "extraArgs").empty())
      report.Warning(*arguments, "arguments of kube-proxy may have no effect beside its `config`",
                     "use `config`");
  }
}

void CheckFlannel(const yaml::Value& document, Report& report) {
  NeedText(document, "backendType", report);
  CheckResources(document, report);
}

void CheckAuthorizer(const yaml::Value& document, Report& report) {
  NeedText(document, "name", report);
  const std::string type = Text(document, "type");
  const bool hook = type == "Webhook";
  if (!hook && type != "Node" && type != "RBAC") {
    report.Error(Nearest(document, "type"), "an authorizer is of the type Node, RBAC or Webhook",
                 "write one of them");
  }
  const bool configured = !Fields(document, "webhook").empty();
  if (hook && !configured) report.Error(document, "the authorizer has no `webhook`", "add it");
  if (!hook && configured) {
    report.Warning(*Get(document, "webhook"), "only an authorizer of the type Webhook has a `webhook`",
                   "remove it");
  }
}

void CheckAdmission(const yaml::Value& document, Report& report) { NeedText(document, "name", report); }

void CheckEtcdEncryption(const yaml::Value& document, Report& report) {
  if (Fields(document, "config").empty())
    report.Error(document, "a KubeEtcdEncryptionConfig needs `config`", "add it");
}

void CheckServiceAccount(const yaml::Value& document, Report& report) {
  if (const std::string problem = KeyProblem(Text(document, "issuer.privateKey")); !problem.empty()) {
    report.Error(Nearest(document, "issuer.privateKey"), "the key of service accounts is wrong: " + problem,
                 "paste the whole private key, as text");
  }
  NeedText(document, "issuer.issuerURL", report);
}

void CheckAggregator(const yaml::Value& document, Report& report) {
  const yaml::Value* issuing = Get(document, "issuingCA");
  if (issuing == nullptr) {
    report.Error(document, "a KubeAggregatorCAConfig needs `issuingCA`", "add `cert` and `key`");
  } else if (const std::string problem = IdentityProblem(Text(*issuing, "cert"), Text(*issuing, "key"));
             !problem.empty()) {
    report.Error(*issuing, "of `issuingCA` " + problem, "paste the whole certificate and key, as text");
  }
  for (const yaml::Value& accepted : Items(document, "acceptedCAs")) {
    if (const std::string problem = CertificateProblem(Text(accepted)); !problem.empty())
      report.Error(accepted, "an accepted authority is wrong: " + problem, "paste the whole certificate");
  }
}

void CheckApiAccess(const yaml::Value& document, Report& report) {
  constexpr std::array<std::string_view, 7> kRoles = {"os:admin",         "os:operator",     "os:reader",
                                                      "os:etcd:backup",   "os:impersonator", "os:meta:writer",
                                                      "os:image:verifier"};
  const yaml::Sequence& roles = Items(document, "allowedRoles");
  if (roles.empty())
    report.Warning(document, "no role is allowed, so nobody gets to the Talos API", "add `allowedRoles`");
  for (const yaml::Value& role : roles) {
    if (std::find(kRoles.begin(), kRoles.end(), Text(role)) != kRoles.end()) continue;
    report.Error(role, "`" + Text(role) + "` is no role of the Talos API",
                 "write os:reader, os:operator or os:admin");
  }
}

}  // namespace

bool ValidateControlPlaneDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  static const std::map<std::string_view, Check> kChecks = {
      {"KubeAPIServerConfig", CheckApiServer},
      {"KubeControllerManagerConfig", CheckComponent},
      {"KubeSchedulerConfig", CheckComponent},
      {"KubeProxyConfig", CheckProxy},
      {"KubeFlannelCNIConfig", CheckFlannel},
      {"KubeAuthorizerConfig", CheckAuthorizer},
      {"KubeAdmissionControlConfig", CheckAdmission},
      {"KubeEtcdEncryptionConfig", CheckEtcdEncryption},
      {"KubeServiceAccountConfig", CheckServiceAccount},
      {"KubeAggregatorCAConfig", CheckAggregator},
      {"KubeTalosAPIAccessConfig", CheckApiAccess},
  };
  const auto found = kChecks.find(kind);
  if (found == kChecks.end()) return false;
  found->second(document, report);
  return true;
}

}  // namespace slipway::talos
