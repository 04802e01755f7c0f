#pragma once

#include <string>
#include <string_view>

namespace slipway {

/// Whether it begins as a key revocation list of `ssh-keygen -k` does (OpenSSH, PROTOCOL.krl).
bool IsKrl(std::string_view bytes);

/// What is wrong with the frame of one: its header, and sections of certificates, keys and fingerprints that
/// hold what they say. "" where nothing is. ssh-keygen refuses every signature beside a list that it cannot
/// read. Signatures and extensions are refused, because ssh-keygen writes none.
std::string KrlProblem(std::string_view bytes);

}  // namespace slipway
