#pragma once

#include <span>

#include "reconciler/talos/bundle.h"
#include "reconciler/talos/certificate.h"

namespace slipway::talos {

/// The roles that the Talos API knows. Source: pkg/machinery/role.
std::span<const std::string_view> KnownRoles();

struct ClientRequest {
  std::string cluster;                 ///< the context's name
  std::vector<std::string> endpoints;  ///< addresses of control plane nodes, may be empty
  std::vector<std::string> roles;      ///< of KnownRoles
  Validity validity;
  Serial serial{};
  std::array<uint8_t, 32> seed{};  ///< becomes the client's private key
};

/// A client configuration for `talosctl` with a certificate of its own, signed by the bundle's Talos
/// authority. Holds a private key. Errors: the bundle's authority cannot sign. Source:
/// pkg/machinery/client/config.
Result<yaml::Value> MakeTalosconfig(const Bundle& bundle, const ClientRequest& request);

}  // namespace slipway::talos
