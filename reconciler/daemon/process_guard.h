#pragma once

namespace slipway {

/// Keeps what this process knows inside it: no core dump is written, and no other process of the same user
/// may look into its memory or its environment. For every process that holds identities or rendered configs,
/// first thing: it does not survive exec.
void GuardProcessMemory();

}  // namespace slipway
