// All other documents. Source: pkg/machinery/config/types/{cri,runtime,security,siderolink}.
#include <algorithm>
#include <map>

#include "reconciler/talos/key.h"
#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/kubernetes_names.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

void NeedName(const yaml::Value& document, Report& report) { NeedText(document, "name", report); }

void CheckMirror(const yaml::Value& document, Report& report) {
  NeedName(document, report);
  for (const yaml::Value& endpoint : Items(document, "endpoints")) {
    const UrlParts url = SplitUrl(Text(endpoint, "url"));
    if (!url.host.empty() && (url.scheme == "http" || url.scheme == "https")) continue;
    report.Error(Nearest(endpoint, "url"), "a mirror's `url` is http:// or https://",
                 "write it like https://mirror.example.org");
  }
}

void CheckAuth(const yaml::Value& document, Report& report) {
  NeedName(document, report);
  int ways = 0;
  for (const char* field : {"username", "identityToken", "auth"})
    ways += Text(document, field).empty() ? 0 : 1;
  if (ways > 1) {
    report.Error(document, "a registry is authenticated to in one way",
                 "keep username and password, identityToken, or auth");
  }
}

void CheckTls(const yaml::Value& document, Report& report) {
  NeedName(document, report);
  const std::string ca = Text(document, "ca");
  if (!ca.empty() && !ReadCertificate(ca))
    report.Error(*Get(document, "ca"), "`ca` is no PEM certificate", "paste the whole certificate, as text");
  const yaml::Value* identity = Get(document, "clientIdentity");
  const std::string cert = Text(document, "clientIdentity.cert");
  const std::string key = Text(document, "clientIdentity.key");
  constexpr int kPemIsEnough = 14;
  if (identity == nullptr || (report.minor() < kPemIsEnough && cert.empty() && key.empty())) return;
  const bool readable = report.minor() < kPemIsEnough
                            ? IdentityProblem(cert, key).empty()
                            : CertificateProblem(cert).empty() && !PemLabel(key).empty();
  if (!readable) {
    report.Error(*identity, "`clientIdentity` is a certificate and its key, in PEM", "paste both, as text");
  }
}

void CheckSideroLink(const yaml::Value& document, Report& report) {
  const UrlParts url = SplitUrl(Text(document, "apiUrl"));
  const bool scheme = url.scheme == "https" || url.scheme == "grpc";
  if (scheme && (url.path.empty() || url.path == "/")) return;
  report.Error(Nearest(document, "apiUrl"), "`apiUrl` is https:// or grpc:// without a path", "correct it");
}

void CheckKmsg(const yaml::Value& document, Report& report) {
  NeedName(document, report);
  const UrlParts url = SplitUrl(Text(document, "url"));
  const bool scheme = url.scheme == "tcp" || url.scheme == "udp";
  if (scheme && !url.port.empty() && (url.path.empty() || url.path == "/")) return;
  report.Error(Nearest(document, "url"), "a kernel log goes to tcp:// or udp://, with a port and no path",
               "write it like tcp://10.0.128.9:5170");
}

void CheckEventSink(const yaml::Value& document, Report& report) {
  if (!HasPort(Text(document, "endpoint"))) {
    report.Error(Nearest(document, "endpoint"), "an event sink is an address with a port",
                 "write it like 10.0.128.9:3247");
  }
}

void CheckEnvironment(const yaml::Value& document, Report& report) {
  for (const yaml::Entry& variable : Fields(document, "variables")) {
    bool good = !variable.key.empty() && (variable.key.front() < '0' || variable.key.front() > '9');
    for (const char c : variable.key) {
      good = good && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_');
    }
    if (!good)
      report.Error(variable.value, "`" + variable.key + "` is no name of a variable",
                   "use letters, digits and _");
  }
}

void CheckExtension(const yaml::Value& document, Report& report) {
  NeedName(document, report);
  const yaml::Sequence& files = Items(document, "configFiles");
  if (files.empty() && Items(document, "environment").empty()) {
    report.Error(document, "an ExtensionServiceConfig needs `configFiles` or `environment`", "add one");
  }
  for (const yaml::Value& file : files) {
    for (const char* field : {"content", "mountPath"}) {
      if (Text(file, field).empty())
        report.Error(file, "a config file needs `" + std::string(field) + '`', "add it");
    }
  }
}

void CheckWatchdog(const yaml::Value& document, Report& report) {
  const double timeout = Seconds(Text(document, "timeout"));
  if (timeout != 0 && timeout < 10)
    report.Error(*Get(document, "timeout"), "a watchdog's `timeout` is at least 10s", "raise it");
  if (Text(document, "device").empty())
    report.Error(document, "a watchdog needs a `device`", "write it like /dev/watchdog0");
}

void CheckInstall(const yaml::Value& document, Report& report) {
  if (Text(document, "installer.image").empty()) {
    report.Warning(Nearest(document, "installer"),
                   "without `installer.image` only machines that booted an image of the factory install",
                   "name the installer's image");
  }
  const std::string match = Text(document, "provisioning.diskSelector.match");
  const yaml::Value& at = Nearest(document, "provisioning.diskSelector.match");
  if (match.empty()) {
    report.Error(at, "UnattendedInstallConfig names no disk", "add `provisioning.diskSelector.match`");
  } else {
    CheckCondition(at, "the disk selector", match, CelPlace::kDisk, report);
  }
}

/// Whether a pattern can match a reference, which always begins with a registry: docker.io/library/nginx.
bool CanMatch(std::string_view pattern) {
  const bool open = pattern.find('*') != std::string_view::npos;
  const std::string_view fixed = pattern.substr(0, pattern.find('*'));
  const size_t slash = fixed.find('/');
  if (slash == std::string_view::npos) return open;
  const std::string_view registry = fixed.substr(0, slash);
  return registry.find_first_of(".:") != std::string_view::npos || forms::ToLower(registry) == "localhost";
}

void CheckPattern(const yaml::Value& rule, Report& report) {
  constexpr int kNormalized = 14;
  const std::string pattern = Text(rule, "image");
  if (pattern.empty()) return report.Error(rule, "a rule needs an `image`", "add a pattern, like ghcr.io/*");
  const std::string_view path = std::string_view(pattern).substr(std::min(pattern.find('/'), pattern.size()));
  if (pattern.find('@') != std::string::npos || path.find(':') != std::string_view::npos)
    report.Warning(rule, "a pattern is held against registry and repository, never a tag or a digest",
                   "leave them out");
  const bool bare = report.minor() < kNormalized ? pattern != "*" && path.empty() : !CanMatch(pattern);
  if (bare)
    report.Warning(rule, "the pattern `" + pattern + "` matches no image", "begin it with the registry");
}

void CheckImageRules(const yaml::Value& document, Report& report) {
  for (const yaml::Value& rule : Items(document, "rules")) {
    const bool skip = Flag(rule, "skip").value_or(false);
    const bool deny = Flag(rule, "deny").value_or(false);
    const int verifiers =
        (Get(rule, "keyless") != nullptr ? 1 : 0) + (Get(rule, "publicKey") != nullptr ? 1 : 0);
    CheckPattern(rule, report);
    if (Get(rule, "keyless") != nullptr) {
      if (Text(rule, "keyless.issuer").empty())
        report.Error(rule, "`keyless` needs an `issuer`", "add the URL of the OIDC issuer");
      if (Text(rule, "keyless.subject").empty() && Text(rule, "keyless.subjectRegex").empty())
        report.Error(rule, "`keyless` needs a `subject` or a `subjectRegex`", "add one");
    }
    if (Get(rule, "publicKey") != nullptr && Text(rule, "publicKey.certificate").empty())
      report.Error(rule, "`publicKey` needs a `certificate`", "add it");
    if ((skip ? 1 : 0) + (deny ? 1 : 0) + verifiers == 1) continue;
    report.Error(rule, "a rule says exactly one of `skip`, `deny`, `keyless` and `publicKey`",
                 "keep or add one");
  }
}

void CheckEtcFile(const yaml::Value& document, Report& report) {
  static constexpr std::string_view kOwn[] = {"resolv.conf", "hosts",      "machine-id", "extensions.yaml",
                                              "localtime",   "os-release", "xattr.conf"};
  static constexpr std::string_view kOwnFolders[] = {"apparmor.d", "apparmor", "ca-certificates", "cni",
                                                     "cri",        "iscsi",    "kubernetes",      "lvm",
                                                     "nvme",       "pki",      "selinux",         "ssl"};
  const std::string name = Text(document, "name");
  const bool local = !name.empty() && name.front() != '.' && name.front() != '/' &&
                     ("/" + name + "/").find("/../") == std::string::npos;
  if (!local) {
    report.Error(Nearest(document, "name"), "the name of an EtcFileConfig is its path below /etc",
                 "write it like app/app.conf");
  }
  const std::string folder = name.substr(0, name.find('/'));
  const bool own = std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn) ||
                   std::find(std::begin(kOwnFolders), std::end(kOwnFolders), folder) != std::end(kOwnFolders);
  if (own)
    report.Error(*Get(document, "name"), "Talos writes `/etc/" + name + "` itself", "use another name");
}

void CheckCustomization(const yaml::Value& document, Report& report) {
  const std::string problem = kubernetes::LabelProblem(Text(document, "name"), "");
  if (!problem.empty())
    report.Error(Nearest(document, "name"), "the name is written like a label: " + problem, "rename it");
}

void CheckParameters(const yaml::Value& document, Report& report) {
  for (const yaml::Entry& parameter : Fields(document, "params")) {
    if (parameter.key.empty())
      report.Error(parameter.value, "a parameter has no name", "add it, or remove this");
  }
}

}  // namespace

void ValidateDocument(const yaml::Value& document, const TalosVersion& version, Report& report) {
  static const std::map<std::string_view, Check> kChecks = {
      {"RegistryMirrorConfig", CheckMirror},
      {"RegistryAuthConfig", CheckAuth},
      {"RegistryTLSConfig", CheckTls},
      {"SideroLinkConfig", CheckSideroLink},
      {"KmsgLogConfig", CheckKmsg},
      {"EventSinkConfig", CheckEventSink},
      {"EnvironmentConfig", CheckEnvironment},
      {"ExtensionServiceConfig", CheckExtension},
      {"WatchdogTimerConfig", CheckWatchdog},
      {"UnattendedInstallConfig", CheckInstall},
      {"ImageVerificationConfig", CheckImageRules},
      {"EtcFileConfig", CheckEtcFile},
      {"CRICustomizationConfig", CheckCustomization},
      {"KernelModuleConfig", NeedName},
      {"SysctlConfig", CheckParameters},
      {"SysfsConfig", CheckParameters},
      {"EthernetConfig", NeedName},
  };
  const std::string kind = IdOf(document).kind;
  if (ValidateLinkDocument(document, kind, report)) return;
  if (ValidateVolumeDocument(document, kind, version, report)) return;
  if (ValidateKubernetesDocument(document, kind, report)) return;
  if (ValidateControlPlaneDocument(document, kind, report)) return;
  if (ValidateStorageDocument(document, kind, report)) return;
  if (ValidateRoutingDocument(document, kind, report)) return;
  if (ValidateContainerDocument(document, kind, report)) return;
  if (const auto found = kChecks.find(kind); found != kChecks.end()) found->second(document, report);
}

}  // namespace slipway::talos
