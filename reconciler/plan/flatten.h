#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconciler/plan/change.h"
#include "reconciler/talos/documents.h"
#include "schema/fleet/source_table.h"

namespace slipway::plan {

/// How values are shown without showing secrets.
struct Masking {
  /// Takes out what was encrypted in the repository.
  std::function<std::string(std::string)> redact;
  /// Random, made for this run: equal secrets have equal digests in it, and none says anything of the secret.
  std::string digest_key;
};

/// One field of a machine config that holds no others.
struct Field {
  std::string path;   ///< "machine.sysctls.x", "LinkConfig/slipway0:mtu"
  std::string value;  ///< as shown; the whole of it decides about equality
  std::string file;
  uint32_t line = 0;
};

/// The fields of a config, in its order. Entries of lists are named by what Talos merges them by where they
/// have it (interface, deviceSelector, name), so that an entry put in front moves no other.
std::vector<Field> Flatten(const talos::Documents& documents, const SourceTable& sources,
                           const Masking& masking);

/// What differs, in the order of `after`, with what went away at its old place.
std::vector<FieldChange> Compare(const std::vector<Field>& before, const std::vector<Field>& after);

}  // namespace slipway::plan
