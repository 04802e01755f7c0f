#include <csignal>
#include <cstdio>
#include <exception>

#include "reconciler/cli/command.h"
#include "reconciler/daemon/process_guard.h"

namespace {

constexpr const char* kFooter =
    "A repository of YAML says which machines are approved; `slipway serve` boots them from the network.\n"
    "Merging is the approval: no command here approves a machine.\n\n"
    "  slipway validate fleet/               check a repository, all problems at once\n"
    "  slipway render fleet/ --to out/       see every script and config it makes\n"
    "  slipway serve --config slipway.yaml   serve it\n"
    "  slipway explain SW1042                what a diagnostic means\n";

}  // namespace

int main(int argc, char** argv) {
  slipway::GuardProcessMemory();
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer is an error code, never our end
  CLI::App app{"Slipway boots bare-metal machines from Git.", "slipway"};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help for every command");
  app.footer(kFooter);
  app.get_formatter()->column_width(36);

  slipway::cli::Run run;
  slipway::cli::AddServe(app, run);
  slipway::cli::AddValidate(app, run);
  slipway::cli::AddPlan(app, run);
  slipway::cli::AddVerify(app, run);
  slipway::cli::AddRender(app, run);
  slipway::cli::AddTrace(app, run);
  slipway::cli::AddSimulate(app, run);
  slipway::cli::AddDoctor(app, run);
  slipway::cli::AddGet(app, run);
  slipway::cli::AddLog(app, run);
  slipway::cli::AddExplain(app, run);
  slipway::cli::AddAsset(app, run);
  slipway::cli::AddImport(app, run);
  slipway::cli::AddSecrets(app, run);
  slipway::cli::AddTalosconfig(app, run);
  slipway::cli::AddOperator(app, run);
  slipway::cli::AddTalos(app, run);
  slipway::cli::AddReconcile(app, run);
  slipway::cli::AddForge(app, run);
  slipway::cli::AddCompletion(app, run);
  slipway::cli::AddVersion(app, run);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? slipway::cli::kOk : slipway::cli::kCouldNotRun;
  }
  try {
    return run();
  } catch (const std::exception& error) {
    return slipway::cli::Fail(std::string("unexpected trouble: ") + error.what());
  }
}
