#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/talos/validation.h"
#include "schema/fleet/cel.h"

/// What the checks of validation.h are made of. Internal to them.
namespace slipway::talos {

/// Collects findings. Each is about a value; a missing one is found at the nearest value above it.
class Report {
 public:
  /// `minor` of the Talos that is to read the config.
  explicit Report(int minor) : minor_(minor) {}
  int minor() const { return minor_; }

  void Error(const yaml::Value& at, std::string message, std::string fix) {
    findings_.push_back({Severity::kError, at.mark(), std::move(message), std::move(fix)});
  }
  void Warning(const yaml::Value& at, std::string message, std::string fix) {
    findings_.push_back({Severity::kWarning, at.mark(), std::move(message), std::move(fix)});
  }
  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  int minor_;
  std::vector<Finding> findings_;
};

/// The value below dotted keys ("machine.ca.key"); nullptr when it is missing or null.
const yaml::Value* Get(const yaml::Value& value, std::string_view path);

/// The deepest value on the way there that exists: where to point when the last one is missing.
const yaml::Value& Nearest(const yaml::Value& value, std::string_view path);

/// The text of the scalar there, numbers too; "" when there is none.
std::string Text(const yaml::Value& value, std::string_view path);
/// The scalar's own text.
std::string Text(const yaml::Value& value);

std::optional<bool> Flag(const yaml::Value& value, std::string_view path);
int64_t Number(const yaml::Value& value, std::string_view path);
const yaml::Sequence& Items(const yaml::Value& value, std::string_view path);
const yaml::Mapping& Fields(const yaml::Value& value, std::string_view path);

bool IsIp(std::string_view text);
bool IsCidr(std::string_view text);
/// An address or a network; a leading `!` turns its meaning round and is passed over.
bool IsSubnetFilter(std::string_view text);
/// scheme://host[:port][/…], the port from 1 to 65535, IPv6 in brackets (siderolabs/net ValidateEndpointURI).
bool IsEndpointUri(std::string_view text);
bool HasPort(std::string_view host_and_port);
/// The parts of a URL.
struct UrlParts {
  std::string scheme;
  std::string host;
  std::string port;
  std::string path;
};
UrlParts SplitUrl(std::string_view text);
/// 32 bytes in standard base64.
bool IsWireguardKey(std::string_view text);

bool IsControlPlane(const yaml::Value& main);
bool IsWorker(const yaml::Value& main);  ///< neither, when the type is no type

// The checks, by what they look at.
void ValidateMachine(const yaml::Value& main, const Documents& documents, const TalosVersion& version,
                     RuntimeMode mode, Report& report);
void ValidateCluster(const yaml::Value& main, const TalosVersion& version, Report& report);
void ValidateLegacyNetwork(const yaml::Value& main, Report& report);
void ValidateImages(const Documents& documents, const TalosVersion& version, Report& report);
/// One document other than the main one, by its kind.
void ValidateDocument(const yaml::Value& document, const TalosVersion& version, Report& report);
/// Those of its kinds that belong to links, or to disks. False: it is another kind.
bool ValidateLinkDocument(const yaml::Value& document, std::string_view kind, Report& report);
bool ValidateVolumeDocument(const yaml::Value& document, std::string_view kind, const TalosVersion& version,
                            Report& report);
bool ValidateKubernetesDocument(const yaml::Value& document, std::string_view kind, Report& report);
bool ValidateControlPlaneDocument(const yaml::Value& document, std::string_view kind, Report& report);
bool ValidateStorageDocument(const yaml::Value& document, std::string_view kind, Report& report);
bool ValidateRoutingDocument(const yaml::Value& document, std::string_view kind, Report& report);
bool ValidateContainerDocument(const yaml::Value& document, std::string_view kind, Report& report);
/// What only the whole config shows, from 1.14 on. Source: pkg/machinery/config/container validateContainer.
void ValidateWhole(const Documents& documents, Report& report);
void ValidateConflicts(const Documents& documents, Report& report);

/// A field that must hold a text.
void NeedText(const yaml::Value& document, std::string_view path, Report& report);
/// What is wrong with PEM text that should hold certificates; with a certificate and its key; with a key. ""
/// when nothing is. The words hold nothing of the text. Source: meta.AssertValidPEM,
/// CertificateAndKey.Validate.
std::string CertificateProblem(std::string_view pem);
std::string IdentityProblem(std::string_view certificate, std::string_view key);
std::string KeyProblem(std::string_view pem);
/// A duration in Go's form in seconds; 0 for none.
double Seconds(std::string_view duration);

/// A condition in CEL, `what` for messages, whose value (or the nearest one above it) is `at`.
void CheckCondition(const yaml::Value& at, const std::string& what, const std::string& condition,
                    CelPlace place, Report& report);
/// What the kubelet's own configuration must not say.
void CheckKubeletFields(const yaml::Value& document, std::string_view path, Report& report);
void CheckEncryption(const yaml::Value& encryption, const std::string& what, Report& report);
void CheckNodeMarks(const yaml::Value& parent, std::string_view labels, std::string_view annotations,
                    std::string_view taints, Report& report);

}  // namespace slipway::talos
