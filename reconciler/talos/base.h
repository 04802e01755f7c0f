#pragma once

#include <string>

#include "reconciler/talos/bundle.h"
#include "reconciler/talos/documents.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// What `talosctl gen config` is told. `version` chooses Talos' version contract; minors that Slipway does
/// not know get the nearest one's.
struct BaseInput {
  std::string cluster_name;
  std::string endpoint;  ///< of the Kubernetes API, https://host[:port]
  TalosVersion version;
  std::string kubernetes_version;  ///< with or without its leading v
  TalosOptions options;            ///< the installer image is written if and only if `install.image` is set
};

/// The machine config that Talos' own generator writes for that role: the same documents in the same order,
/// their fields in the same order. Options that a version has no place for are left out; whoever read them
/// has said so (schema/fleet/talos_options_check.h). Pure. Source: pkg/machinery/config/generate.
Documents GenerateBase(const BaseInput& input, const Bundle& bundle, Role role);

/// First minors of what a contract changes. Source: pkg/machinery/config/contract.go.
namespace contract {
inline constexpr int kNetworkDocuments = 12;  ///< HostnameConfig, registry documents, UKI command line
inline constexpr int kKubeSpanDocument = 13;  ///< and no empty machine.network any more
inline constexpr int kEveryDocument = 14;     ///< Kubernetes, discovery and installation in documents
}  // namespace contract

// Parts of it, each a file, split by reason to change.

/// One generation under way.
struct BaseDraft {
  const BaseInput& input;
  const Bundle& bundle;
  Role role = Role::kWorker;
  int minor = 0;

  bool ControlPlane() const { return role == Role::kControlPlane; }
  bool Legacy() const { return minor < contract::kEveryDocument; }
  /// `repository:v<Kubernetes version>`
  std::string Image(std::string_view repository) const;
  /// Names in the API server's certificate besides its own.
  std::vector<std::string> ApiServerNames() const;
};

yaml::Value MachineSection(const BaseDraft& draft);
yaml::Value ClusterSection(const BaseDraft& draft);
void AddMachineDocuments(const BaseDraft& draft, Documents& documents);
void AddKubernetesDocuments(const BaseDraft& draft, Documents& documents);

/// The Kubernetes objects that every control plane gets.
yaml::Value PodSecurityConfiguration();
yaml::Value AuditPolicy();

/// A document of that kind, with `apiVersion`, `kind` and, when not empty, `name`.
yaml::Value NewDocument(std::string_view kind, std::string_view name = {});

}  // namespace slipway::talos
