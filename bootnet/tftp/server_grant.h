#pragma once

#include <string>

#include "bootnet/tftp/server.h"

namespace slipway::tftp {

/// What the gate let through.
struct Server::Grant {
  Client client;
  Opener opener;
  Sha256 digest;
  uint64_t size = 0;
  std::string program;  ///< name of the boot program, "" for other files
  BootEvent event;
};

}  // namespace slipway::tftp
