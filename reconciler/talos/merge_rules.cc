#include "reconciler/talos/merge_rules.h"

#include <array>
#include <string>

namespace slipway::talos {
namespace {

struct ListRow {
  std::string_view kind;
  std::string_view path;
  ListPolicy policy;
};

constexpr std::array kLists = {
    ListRow{"", "machine.network.interfaces", {ListRule::kInterfaceKeyed, {}}},
    ListRow{"", "machine.network.interfaces.vlans", {ListRule::kKeyed, "vlanId"}},
    ListRow{"", "cluster.apiServer.admissionControl", {ListRule::kKeyed, "name"}},
    ListRow{"", "cluster.network.podSubnets", {ListRule::kReplace, {}}},
    ListRow{"", "cluster.network.serviceSubnets", {ListRule::kReplace, {}}},
    ListRow{"ExtensionServiceConfig", "configFiles", {ListRule::kKeyed, "mountPath"}},
    ListRow{"ImageVerificationConfig", "rules", {ListRule::kKeyedReplace, "image"}},
    ListRow{"NetworkRuleConfig", "ingress", {ListRule::kReplace, {}}},
    ListRow{"NetworkRuleConfig", "portSelector.ports", {ListRule::kReplace, {}}},
    ListRow{"KubeNetworkConfig", "podSubnets", {ListRule::kReplace, {}}},
    ListRow{"KubeNetworkConfig", "serviceSubnets", {ListRule::kReplace, {}}},
    ListRow{"CRIBaseRuntimeSpecConfig", "overrides", {ListRule::kReplace, {}}},
    ListRow{"BGPInstanceConfig", "advertise", {ListRule::kReplace, {}}},
    ListRow{"BGPInstanceConfig", "importRoutes", {ListRule::kReplace, {}}},
    ListRow{"BGPInstanceConfig", "neighbors", {ListRule::kReplace, {}}},
};

struct FieldRow {
  std::string_view kind;
  std::string_view path;
};

constexpr std::array kReplacedMappings = {
    FieldRow{"", "cluster.apiServer.auditPolicy"},
    FieldRow{"KubeAuditPolicyConfig", "configuration"},
    FieldRow{"KubeAuthenticationConfig", "configuration"},
    FieldRow{"KubeCredentialProviderConfig", "configuration"},
    FieldRow{"KubeStaticPodConfig", "pod"},
    FieldRow{"CRIBaseRuntimeSpecConfig", "overrides"},
};

constexpr std::array kUrls = {
    FieldRow{"", "cluster.controlPlane.endpoint"},
    FieldRow{"", "cluster.discovery.registries.service.endpoint"},
    FieldRow{"KubeClusterConfig", "endpoint"},
    FieldRow{"SideroLinkConfig", "apiUrl"},
    FieldRow{"KmsgLogConfig", "url"},
};

/// Whether `path`, joined by dots, is `dotted`.
bool Matches(std::span<const std::string_view> path, std::string_view dotted) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (i > 0) {
      if (!dotted.starts_with('.')) return false;
      dotted.remove_prefix(1);
    }
    if (!dotted.starts_with(path[i])) return false;
    dotted.remove_prefix(path[i].size());
  }
  return dotted.empty();
}

template <class Rows>
const typename Rows::value_type* FindRow(const Rows& rows, std::string_view kind,
                                         std::span<const std::string_view> path) {
  for (const auto& row : rows) {
    if (row.kind == kind && Matches(path, row.path)) return &row;
  }
  return nullptr;
}

}  // namespace

ListPolicy PolicyOf(std::string_view kind, std::span<const std::string_view> path) {
  const ListRow* row = FindRow(kLists, kind, path);
  return row == nullptr ? ListPolicy{} : row->policy;
}

bool ReplacesMapping(std::string_view kind, std::span<const std::string_view> path) {
  return FindRow(kReplacedMappings, kind, path) != nullptr;
}

bool IsUrlField(std::string_view kind, std::span<const std::string_view> path) {
  return FindRow(kUrls, kind, path) != nullptr;
}

}  // namespace slipway::talos
