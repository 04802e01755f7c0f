#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconciler/secrets/identity.h"
#include "schema/fleet/result.h"

namespace slipway {

/// What to do about an identity file that other users of the host can read or change.
enum class ExposedFiles { kRefuse, kWarn };

struct IdentitySources {
  std::vector<std::string> files;  ///< each must be there
  ExposedFiles exposed = ExposedFiles::kRefuse;
  /// Looks a variable of the environment up; nullptr: not set.
  std::function<const char*(const char* name)> environment;
};

struct LoadedIdentities {
  secrets::Identities identities;  ///< no two alike
  std::vector<std::string> notes;  ///< for people: where they came from, and what is doubtful. No secrets
};

/// Reads the age identities of this host: the files, every systemd credential ($CREDENTIALS_DIRECTORY) whose
/// name begins with `slipway-age`, the variables SLIPWAY_AGE_KEY and SOPS_AGE_KEY (identities themselves) and
/// SOPS_AGE_KEY_FILE (a path). None at all is no error. Errors name the place, never its content: a file that
/// cannot be read or is open to others (kFixInput), a line that is no X25519 identity.
Result<LoadedIdentities> LoadIdentities(const IdentitySources& sources);

/// Overwrites and removes the variables that hold identities, so that no child process inherits them. Before
/// threads are started.
void ForgetIdentityVariables();

}  // namespace slipway
