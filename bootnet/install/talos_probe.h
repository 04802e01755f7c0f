#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/result.h"

namespace slipway {

inline constexpr uint16_t kTalosApiPort = 50000;

/// Begins a TLS handshake with a Talos API and looks at the certificate alone: a machine in maintenance mode
/// has one of its own making, an installed one's chains to its cluster's OS certificate authority. No client
/// certificate is offered and no call is made. `done` is called once, on the io_context's thread, within five
/// seconds; success says that the certificate chains to `ca_pem`.
void ProbeTalosApi(boost::asio::io_context& io, Ipv4 address, uint16_t port, const std::string& ca_pem,
                   std::function<void(Result<void>)> done);

}  // namespace slipway
