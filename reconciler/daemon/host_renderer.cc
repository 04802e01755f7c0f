#include "reconciler/daemon/host_renderer.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "reconciler/daemon/identities.h"
#include "reconciler/daemon/talos_schemas.h"

namespace slipway {

Result<Renderer> MakeHostRenderer(const DaemonConfig& config) {
  IdentitySources sources;
  sources.files = config.identity_files;
  sources.environment = [](const char* name) -> const char* { return std::getenv(name); };
  auto loaded = LoadIdentities(sources);
  ForgetIdentityVariables();  // ssh and its like need not know them
  if (!loaded) return tl::make_unexpected(loaded.error());
  for (const std::string& note : loaded->notes) spdlog::info("worker.identity {}", note);
  auto schemas = LoadTalosSchemas(config.talos_schemas);
  if (!schemas) return tl::make_unexpected(schemas.error());
  for (const auto& [minor, schema] : *schemas) spdlog::info("worker.schema of Talos 1.{}", minor);
  return Renderer(secrets::Decryptor(std::move(loaded->identities)), std::move(*schemas));
}

}  // namespace slipway
