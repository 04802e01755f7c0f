#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "schema/fleet/result.h"

namespace slipway::trust {

/// A short run of a program with nothing of ours but what is named here: files live in memory only, the
/// environment has a path, a time zone and the C locale. It may take 512 MiB and write 1 MiB.
struct Program {
  std::vector<std::string> words;             ///< argv; the program is looked for in the path
  std::vector<std::string> files;             ///< contents; words name them by PathOf(index)
  std::string input;                          ///< standard input
  std::chrono::milliseconds timeout{10'000};  ///< then it is killed
};

struct Ended {
  int code = -1;    ///< exit code
  std::string out;  ///< the first 64 KiB
  std::string err;
};

/// What the running program opens to read `files[index]`.
std::string PathOf(size_t index);

/// Runs it to its end. kRetry where it could not be started, was killed or took too long: then nothing is
/// known.
Result<Ended> RunProgram(const Program& program);

}  // namespace slipway::trust
