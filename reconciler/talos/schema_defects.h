#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "schema/fleet/schema_document.h"

namespace slipway::talos {

/// A place where Talos' own schema refuses what Talos accepts: the releases, and what the properties are
/// instead.
struct SchemaDefect {
  std::string_view definition;
  std::vector<std::string_view> properties;
  int oldest = 0;  ///< minors of Talos 1.x, both included
  int newest = 0;
  std::string_view schema;  ///< JSON; `{}` leaves a value to Decode, which knows its type
  std::string_view why;
};

/// The allow-list. Source: config.schema.json of the releases beside the types that Talos decodes
/// (reconciler/talos/types/types.txt); tests/reconciler/talos/schema_defects_test.cc holds each line to both.
std::span<const SchemaDefect> SchemaDefects();

/// What to change in the schema of a release.
std::vector<SchemaAmendment> AmendmentsOf(int minor);

}  // namespace slipway::talos
