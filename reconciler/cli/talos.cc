#include "reconciler/cli/command.h"

namespace slipway::cli {

void AddTalos(CLI::App& app, Run& run) {
  CLI::App* talos = app.add_subcommand("talos", "What talosctl does with machine configs, by the same rules");
  talos->require_subcommand(1);
  AddTalosPatch(*talos, run);
  AddTalosGen(*talos, run);
  AddTalosValidate(*talos, run);
}

}  // namespace slipway::cli
