#pragma once

#include <string>

namespace slipway::cli {

/// Stands for the running program and every library that it has loaded: the digest of their GNU build ids
/// (ld's --build-id). "" where the program itself has none.
std::string BuildId();

}  // namespace slipway::cli
