#pragma once

#include "reconciler/talos/documents.h"
#include "schema/fleet/talos_options.h"

namespace slipway::talos {

/// Gives what GenerateBase() made out of a Cluster's options the places of these options in the Cluster's
/// file. What stands there without being said in it (defaults, constants) keeps no place.
void PlaceOptions(Documents& documents, const GivenFields& given);

}  // namespace slipway::talos
