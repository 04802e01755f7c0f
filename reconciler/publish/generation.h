#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconciler/publish/digest_cache.h"
#include "reconciler/publish/state_dir.h"
#include "schema/contract/manifest.h"
#include "schema/fleet/result.h"

namespace slipway {

/// A generation on the disk whose manifest and revision were read and agree with each other.
struct Generation {
  std::string name;  ///< below generations/
  Manifest manifest;
  RevisionInfo revision;
  Sha256 manifest_digest;  ///< of manifest.json
  Sha256 revision_digest;  ///< of revision.json
};

/// Reads manifest.json and revision.json of generations/<name> and checks that they belong together and to
/// the name. kFixInput when a file is missing, unreadable or does not verify: another generation is the
/// answer. kRetry when this process is short of something (descriptors, memory): then nothing is known about
/// the generation.
Result<Generation> LoadGeneration(const StateDir& state, const std::string& name);

/// The paths of a generation (manifest.json and revision.json included) that are missing or do not hold the
/// bytes they should. Empty: all is intact. Reads only what `cache` does not know.
Result<std::vector<std::string>> FindDamage(const StateDir& state, const Generation& generation,
                                            DigestCache& cache);

enum class VerifyDepth : uint8_t {
  kManifest,  ///< manifest and revision only: milliseconds, enough to go on serving
  kFiles,     ///< every byte of every file
};

/// LoadGeneration, and with kFiles an error that names the first damaged files.
Result<Generation> VerifyGeneration(const StateDir& state, const std::string& name, VerifyDepth depth,
                                    DigestCache& cache);

/// The names below generations/ that are generations', by ascending number.
Result<std::vector<std::string>> ListGenerationNames(const StateDir& state);

/// What `current` points at; "" when it is missing or points outside generations/.
Result<std::string> ReadCurrentName(const StateDir& state);

}  // namespace slipway
