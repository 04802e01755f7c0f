// All other documents. Source: pkg/machinery/config/types/{cri,runtime,security,siderolink}.
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

void NeedName(const yaml::Value& document, Report& report) {
  if (Text(document, "name").empty())
    report.Error(document, "a " + Text(document, "kind") + " needs a `name`", "add it");
}

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
  if (!ca.empty() && ca.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    report.Error(*Get(document, "ca"), "`ca` is no PEM certificate", "paste the whole certificate, as text");
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
  if (Text(document, "device").empty())
    report.Error(document, "a watchdog needs a `device`", "write it like /dev/watchdog0");
}

void CheckInstall(const yaml::Value& document, Report& report) {
  const std::string match = Text(document, "provisioning.diskSelector.match");
  const yaml::Value& at = Nearest(document, "provisioning.diskSelector.match");
  if (match.empty()) {
    report.Error(at, "UnattendedInstallConfig names no disk", "add `provisioning.diskSelector.match`");
  } else {
    CheckCondition(at, "the disk selector", match, CelPlace::kDisk, report);
  }
}

void CheckImageRules(const yaml::Value& document, Report& report) {
  for (const yaml::Value& rule : Items(document, "rules")) {
    const bool skip = Flag(rule, "skip").value_or(false);
    const bool deny = Flag(rule, "deny").value_or(false);
    const int verifiers =
        (Get(rule, "keyless") != nullptr ? 1 : 0) + (Get(rule, "publicKey") != nullptr ? 1 : 0);
    if (Text(rule, "image").empty())
      report.Error(rule, "a rule needs an `image`", "add a pattern, like ghcr.io/*");
    if ((skip ? 1 : 0) + (deny ? 1 : 0) + verifiers == 1) continue;
    report.Error(rule, "a rule says exactly one of `skip`, `deny`, `keyless` and `publicKey`",
                 "keep or add one");
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
      {"TrustedRootsConfig", NeedName},
      {"EthernetConfig", NeedName},
  };
  const std::string kind = IdOf(document).kind;
  if (ValidateLinkDocument(document, kind, report)) return;
  if (ValidateVolumeDocument(document, kind, version, report)) return;
  if (ValidateKubernetesDocument(document, kind, report)) return;
  if (const auto found = kChecks.find(kind); found != kChecks.end()) found->second(document, report);
}

}  // namespace slipway::talos
