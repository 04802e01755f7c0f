#pragma once

#include "bootnet/catalog/boot_files.h"
#include "schema/contract/boot_event.h"
#include "schema/contract/manifest.h"

namespace slipway {

/// Compares what an approved machine says of itself (`event`'s uuid and serial, `platform`) with its Node.
/// The MAC alone decides: a machine whose board was swapped still boots, and somebody is told. On a
/// difference the reason becomes IdentityMismatch and the message says what differs. A UUID counts as equal
/// in either byte order of its first three fields, since firmware disagrees on that. kUnsupported compares no
/// platform.
void CrossCheck(const BootEntry& entry, Platform platform, BootEvent& event);

}  // namespace slipway
