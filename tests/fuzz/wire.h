#pragma once

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "bootnet/net/services.h"
#include "tests/fuzz/bootnet_site.h"

/// Real servers on loopback inside one process and one thread, for fuzz targets that send them packets.
namespace slipway::fuzz {

inline std::shared_ptr<const BootFiles> ProgramsInMemory() {
  auto programs = std::make_shared<BootFiles>();
  for (const auto& [name, size] :
       {std::pair{"undionly.kpxe", 70'000}, {"snponly.efi", 3'000}, {"empty.efi", 0}}) {
    const std::string bytes(static_cast<size_t>(size), '\r');
    UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
    Expect(::write(fd.get(), bytes.data(), bytes.size()) == size);
    programs->files.push_back({name, bytes.size(), Sha256::Of(bytes), std::move(fd)});
  }
  return programs;
}

/// A site whose one client, on loopback, is the approved machine.
inline std::shared_ptr<Services> ServicesOfSite(BootLimits limits) {
  BootNetworkConfig config;
  config.limits = limits;
  config.identify = [](Ipv4) { return PeerIdentity{ClientOrigin::kPeer, kApproved}; };
  Snapshot snapshot = MakeSite(UnknownAction::kReport);
  snapshot.boot_files = ProgramsInMemory();
  return std::make_shared<Services>(
      config, [](const BootEvent&) {}, std::move(snapshot));
}

/// Lets the servers do all that can be done now.
inline void Settle(boost::asio::io_context& io) {
  for (int idle = 0; idle < 2;) {
    io.restart();
    idle = io.poll() == 0 ? idle + 1 : 0;
  }
}

}  // namespace slipway::fuzz
