#pragma once

#include <string>

namespace slipway::testing {

/// A self-signed certificate for 127.0.0.1 and its key, both PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};
Certificate MakeCertificate(const std::string& common_name);

struct TlsReply {
  std::string all;          ///< as received, decrypted
  std::string common_name;  ///< of the server's certificate
  std::string version;      ///< "TLSv1.3"
  std::string problem;
};
/// One connection to 127.0.0.1: handshake, request, everything until the end. `version` 0 lets both sides
/// choose, otherwise it is the only one that is offered.
TlsReply TlsAsk(uint16_t port, const std::string& request, int version = 0);

}  // namespace slipway::testing
