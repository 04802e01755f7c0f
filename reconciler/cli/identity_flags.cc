#include "reconciler/cli/identity_flags.h"

#include <cstdio>
#include <cstdlib>

#include "reconciler/daemon/identities.h"

namespace slipway::cli {

void IdentityFlags::AddTo(CLI::App& command) {
  command
      .add_option("--identity", files_, "file with age identities that open encrypted files; may be repeated")
      ->option_text("FILE")
      ->allow_extra_args(false);  // the next word is the folder
}

std::optional<secrets::Decryptor> IdentityFlags::Load() const {
  IdentitySources sources;
  sources.files = files_;
  sources.exposed = ExposedFiles::kWarn;
  sources.environment = [](const char* name) -> const char* { return std::getenv(name); };
  auto loaded = LoadIdentities(sources);
  ForgetIdentityVariables();
  if (!loaded) {
    Fail(loaded.error().message);
    return std::nullopt;
  }
  for (const std::string& note : loaded->notes) {
    if (note.starts_with("warning")) std::fprintf(stderr, "slipway: %s\n", note.c_str());
  }
  return secrets::Decryptor(std::move(loaded->identities));
}

}  // namespace slipway::cli
