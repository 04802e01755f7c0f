// `machine` of the main document. Source: v1alpha1_validation.go (Config.Validate, KubeletConfig.Validate).
#include <algorithm>
#include <array>
#include <set>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/kubernetes_names.h"

namespace slipway::talos {
namespace {

bool HasKind(const Documents& documents, std::string_view kind) {
  return std::any_of(documents.begin(), documents.end(),
                     [kind](const yaml::Value& document) { return IdOf(document).kind == kind; });
}

void CheckType(const yaml::Value& main, Report& report) {
  const std::string type = Text(main, "machine.type");
  const yaml::Value& at = Nearest(main, "machine.type");
  if (type == "controlplane" || type == "worker" || type == "init") return;
  if (type == "master" || type == "join") {
    const std::string now = type == "master" ? "controlplane" : "worker";
    report.Warning(at, "the machine type `" + type + "` is called `" + now + "` now", "write `" + now + '`');
    return;
  }
  if (type.empty()) {
    return report.Warning(at, "`machine.type` is missing, which Talos takes for a worker", "write the type");
  }
  report.Error(at, "unknown machine type `" + type + '`', "write controlplane or worker");
}

void CheckInstall(const yaml::Value& main, const Documents& documents, const TalosVersion& version,
                  Report& report) {
  const yaml::Value* install = Get(main, "machine.install");
  const bool document = HasKind(documents, "UnattendedInstallConfig");
  if (install == nullptr) {
    if (version.minor >= 14 || document) return;
    report.Error(Nearest(main, "machine.install"), "`machine.install` is missing",
                 "say which disk Talos is installed on: `install.disk` of the Node, or `diskSelector`");
    return;
  }
  if (Text(*install, "disk").empty() && Fields(*install, "diskSelector").empty()) {
    report.Error(*install, "`machine.install` names no disk", "add `disk`, or `diskSelector`");
  }
  const yaml::Value* name = Get(*install, "diskSelector.name");
  if (name != nullptr && !Text(*name).empty() && Text(*install, "disk").empty() && version.minor >= 9) {
    report.Error(*name, "Talos 1.9 and later choose no disk by `name`", "use `model`, `serial` or `busPath`");
  }
  if (!Items(*install, "extraKernelArgs").empty() && Flag(*install, "grubUseUKICmdline").value_or(false)) {
    report.Error(*Get(*install, "extraKernelArgs"),
                 "`machine.install.extraKernelArgs` has no effect beside `grubUseUKICmdline: true`, and "
                 "Talos refuses it",
                 "put the arguments into the image's schematic, or set `grubUseUKICmdline: false`");
  }
  std::set<std::string> images;
  for (const yaml::Value& extension : Items(*install, "extensions")) {
    if (images.insert(Text(extension, "image")).second) continue;
    report.Error(extension, "the system extension `" + Text(extension, "image") + "` is listed twice",
                 "keep one");
  }
  if (!images.empty()) {
    report.Warning(*Get(*install, "extensions"), "`machine.install.extensions` is deprecated",
                   "put the extensions into the image's schematic");
  }
}

/// Who may hold which part of the Talos API's certificate authority.
void CheckAuthority(const yaml::Value& main, Report& report) {
  const yaml::Value* ca = Get(main, "machine.ca");
  const std::string crt = Text(main, "machine.ca.crt");
  const std::string key = Text(main, "machine.ca.key");
  const bool accepted = !Items(main, "machine.acceptedCAs").empty();
  const bool none = ca == nullptr || (crt.empty() && key.empty());
  const yaml::Value& at = Nearest(main, "machine.ca.key");
  if (IsControlPlane(main)) {
    if (none) {
      report.Error(at, "a control plane needs `machine.ca`",
                   "add crt and key of the cluster's Talos API authority");
    } else if (key.empty()) {
      report.Error(at, "a control plane needs the key of `machine.ca`", "add `machine.ca.key`");
    }
    return;
  }
  if (!IsWorker(main)) return;
  if (none && !accepted) {
    report.Error(at, "neither `machine.ca` nor `machine.acceptedCAs` says whom to trust",
                 "add `machine.ca.crt`");
  } else if (!none && crt.empty() && !accepted) {
    report.Error(at, "`machine.ca` has no certificate", "add `machine.ca.crt`");
  }
  if (!key.empty()) {
    report.Error(*Get(main, "machine.ca.key"), "a worker must not hold the key of `machine.ca`",
                 "use the worker's config, not a control plane's: set the key to \"\"");
  }
}

void CheckKubelet(const yaml::Value& main, Report& report) {
  for (const yaml::Value& subnet : Items(main, "machine.kubelet.nodeIP.validSubnets")) {
    if (IsSubnetFilter(Text(subnet))) continue;
    report.Error(subnet, "`" + Text(subnet) + "` is no subnet for the kubelet's address",
                 "write a network or an address, `!` before it to leave it out");
  }
  CheckKubeletFields(main, "machine.kubelet.extraConfig", report);
}

void CheckFeatures(const yaml::Value& main, Report& report) {
  const yaml::Value* features = Get(main, "machine.features");
  if (features == nullptr) return;
  if (Flag(*features, "hostDNS.forwardKubeDNSToHost").value_or(false) &&
      !Flag(*features, "hostDNS.enabled").value_or(false)) {
    report.Error(*Get(*features, "hostDNS.forwardKubeDNSToHost"),
                 "`forwardKubeDNSToHost` needs the host's DNS cache",
                 "set `machine.features.hostDNS.enabled: true`");
  }
  const yaml::Value* access = Get(*features, "kubernetesTalosAPIAccess");
  if (access == nullptr || !Flag(*access, "enabled").value_or(false)) return;
  if (!IsControlPlane(main)) {
    report.Error(*access, "only control planes can give Kubernetes access to the Talos API", "remove it");
  }
  constexpr std::array<std::string_view, 6> kRoles = {"os:admin",       "os:operator",     "os:reader",
                                                      "os:etcd:backup", "os:impersonator", "os:meta:writer"};
  for (const yaml::Value& role : Items(*access, "allowedRoles")) {
    if (std::find(kRoles.begin(), kRoles.end(), Text(role)) != kRoles.end()) continue;
    report.Error(role, "`" + Text(role) + "` is no role of Talos",
                 "write os:reader, os:operator or os:admin");
  }
}

void CheckDisks(const yaml::Value& main, Report& report) {
  for (const yaml::Value& disk : Items(main, "machine.disks")) {
    const yaml::Sequence& partitions = Items(disk, "partitions");
    for (size_t i = 0; i + 1 < partitions.size(); ++i) {
      const std::string size = Text(partitions[i], "size");
      if (!size.empty() && size != "0") continue;
      report.Error(partitions[i],
                   "a partition without a size takes the whole disk, and this one is not the last",
                   "give it a size");
    }
  }
  for (const yaml::Entry& volume : Fields(main, "machine.systemDiskEncryption")) {
    CheckEncryption(volume.value, "machine.systemDiskEncryption." + volume.key, report);
  }
}

/// Sections that got documents of their own in 1.14.
void CheckDeprecated(const yaml::Value& main, Report& report) {
  constexpr int kSince = 14;
  if (report.minor() < kSince) return;
  const std::pair<const char*, const char*> moved[] = {
      {"machine.files", "an EtcFileConfig, or another document"},
      {"machine.baseRuntimeSpecOverrides", "a CRIBaseRuntimeSpecConfig"}};
  for (const auto& [path, now] : moved) {
    if (Items(main, path).empty() && Fields(main, path).empty()) continue;
    report.Warning(*Get(main, path), '`' + std::string(path) + "` is deprecated", "use " + std::string(now));
  }
}

void CheckTheRest(const yaml::Value& main, Report& report) {
  CheckDeprecated(main, report);
  if (Flag(main, "persist") == false) {
    report.Error(*Get(main, "persist"), "`persist` must be true", "remove it, or write true");
  }
  for (const std::string_view part : {"config", "mirrors"}) {
    const yaml::Value* entries = Get(main, "machine.registries." + std::string(part));
    if (entries == nullptr || entries->AsMapping() == nullptr) continue;
    for (const yaml::Entry& entry : *entries->AsMapping()) {
      if (!entry.value.IsNull()) continue;
      report.Error(*entries, "`machine.registries." + std::string(part) + '.' + entry.key + "` is empty",
                   "give it a value, or remove it");
    }
  }
  for (const yaml::Value& destination : Items(main, "machine.logging.destinations")) {
    const UrlParts url = SplitUrl(Text(destination, "endpoint"));
    if (url.host.empty() || (url.scheme != "tcp" && url.scheme != "udp")) {
      report.Error(Nearest(destination, "endpoint"), "a log destination needs a tcp:// or udp:// endpoint",
                   "write it like tcp://10.0.128.9:5170");
    }
    if (Text(destination, "format") != "json_lines") {
      report.Error(Nearest(destination, "format"), "a log destination needs `format: json_lines`",
                   "write that");
    }
  }
  CheckNodeMarks(*Get(main, "machine"), "nodeLabels", "nodeAnnotations", "nodeTaints", report);
}

}  // namespace

void CheckKubeletFields(const yaml::Value& document, std::string_view path, Report& report) {
  constexpr std::array<std::string_view, 13> kProtected = {
      "apiVersion",         "kind",          "authentication", "authorization",         "cgroupRoot",
      "kubeletCgroups",     "systemCgroups", "port",           "protectKernelDefaults", "resolvConf",
      "rotateCertificates", "staticPodPath", "seccompDefault"};
  for (const yaml::Entry& field : Fields(document, path)) {
    if (std::find(kProtected.begin(), kProtected.end(), field.key) == kProtected.end()) continue;
    report.Error(field.value, "Talos sets `" + field.key + "` of the kubelet itself", "remove it");
  }
}

void CheckEncryption(const yaml::Value& encryption, const std::string& what, Report& report) {
  const yaml::Sequence& keys = Items(encryption, "keys");
  if (keys.empty()) report.Error(encryption, what + " has no keys", "add `keys`");
  std::set<int64_t> slots;
  for (const yaml::Value& key : keys) {
    if (!slots.insert(Number(key, "slot")).second) {
      report.Error(key, what + " has two keys for one slot", "give each key a slot of its own");
    }
    const bool any =
        std::any_of(key.AsMapping() == nullptr ? nullptr : key.AsMapping()->data(),
                    key.AsMapping() == nullptr ? nullptr : key.AsMapping()->data() + key.AsMapping()->size(),
                    [](const yaml::Entry& field) {
                      return !field.value.IsNull() && (field.key == "static" || field.key == "nodeID" ||
                                                       field.key == "kms" || field.key == "tpm");
                    });
    if (!any)
      report.Error(key, what + " has a key without a method", "add `static`, `nodeID`, `kms` or `tpm`");
    for (const yaml::Value& register_ : Items(key, "tpm.options.pcrs")) {
      const yaml::Integer* number = register_.AsInteger();
      if (number == nullptr || (number->value >= 0 && number->value <= 23)) continue;
      report.Error(register_, "a TPM has the registers 0 to 23", "write numbers of these");
    }
  }
}

void CheckNodeMarks(const yaml::Value& parent, std::string_view labels, std::string_view annotations,
                    std::string_view taints, Report& report) {
  const struct {
    std::string_view path;
    std::string (*problem)(std::string_view, std::string_view);
  } kinds[] = {{labels, kubernetes::LabelProblem},
               {annotations, kubernetes::AnnotationProblem},
               {taints, kubernetes::TaintProblem}};
  size_t bytes = 0;
  for (const auto& kind : kinds) {
    for (const yaml::Entry& entry : Fields(parent, kind.path)) {
      if (entry.value.AsMapping() != nullptr) continue;  // `$patch: delete`, where a patch is looked at
      const std::string text = Text(entry.value);
      if (kind.path == annotations) bytes += entry.key.size() + text.size();
      const std::string problem = kind.problem(entry.key, text);
      if (!problem.empty()) {
        report.Error(entry.value, '`' + std::string(kind.path) + '.' + entry.key + "`: " + problem,
                     "correct it");
      }
    }
  }
  if (bytes > kubernetes::kMostAnnotationBytes) {
    report.Error(*Get(parent, annotations), "the annotations are over 256 KiB in all", "shorten them");
  }
}

void ValidateMachine(const yaml::Value& main, const Documents& documents, const TalosVersion& version,
                     RuntimeMode mode, Report& report) {
  if (Get(main, "machine") == nullptr) {
    report.Error(main, "the config has no `machine` section", "add it: nothing works without");
    return;
  }
  CheckType(main, report);
  if (mode == RuntimeMode::kMetal) CheckInstall(main, documents, version, report);
  const bool forwards = Flag(main, "machine.features.hostDNS.forwardKubeDNSToHost").value_or(false) ||
                        HasKind(documents, "ResolverConfig");
  if (mode == RuntimeMode::kContainer && !forwards) {
    report.Error(Nearest(main, "machine.features.hostDNS"),
                 "in a container the host's DNS cache must serve the cluster",
                 "set `enabled` and `forwardKubeDNSToHost` of `machine.features.hostDNS`");
  }
  CheckAuthority(main, report);
  CheckKubelet(main, report);
  CheckFeatures(main, report);
  CheckDisks(main, report);
  CheckTheRest(main, report);
}

}  // namespace slipway::talos
