#include <cstdio>

#include "reconciler/cli/command.h"

namespace slipway::cli {

void AddVersion(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  command->callback([&run] {
    run = [] {
      std::puts("slipway " SLIPWAY_VERSION);
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace slipway::cli
