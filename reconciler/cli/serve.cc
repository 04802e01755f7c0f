#include "reconciler/daemon/serve.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <memory>

#include "reconciler/cli/command.h"
#include "reconciler/cli/daemon_flags.h"
#include "reconciler/daemon/forge_worker.h"
#include "reconciler/daemon/plan_worker.h"
#include "reconciler/daemon/worker.h"

namespace slipway::cli {
namespace {

/// One line an event on standard error, for journald and people alike.
void StartLogging(const char* name) {
  ::umask(0027);  // what is written may hold secrets
  auto logger = spdlog::stderr_logger_mt(name);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %n %v");
  spdlog::set_default_logger(std::move(logger));
}

/// A command that `slipway serve` starts as a process of its own, with its end of a channel.
void AddProcess(CLI::App* command, const char* footer, int (*main)(const DaemonConfig&, int), Run& run) {
  command->footer(footer);
  const auto flags = std::make_shared<DaemonFlags>();
  const auto channel = std::make_shared<int>(-1);
  flags->AddTo(*command);
  command->add_option("--channel-fd", *channel, "the descriptor that `slipway serve` talks through")
      ->group("");
  command->callback([&run, flags, channel, main, name = command->get_name()] {
    run = [flags, channel, main, name] {
      const auto config = flags->Load();
      if (!config) return static_cast<int>(kCouldNotRun);
      StartLogging(name.c_str());
      return main(*config, *channel);
    };
  });
}

}  // namespace

void AddServe(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("serve", "Run the daemon: follow the repository and boot machines");
  command->footer(
      "Without root: slipway serve --source-url file:///srv/fleet.git --state-dir ./state --boot-dhcp off "
      "\\\n"
      "                 --boot-tftp-port 6969 --boot-http-port 8080");
  const auto flags = std::make_shared<DaemonFlags>();
  flags->AddTo(*command);
  command->callback([&run, flags] {
    run = [flags] {
      const auto config = flags->Load();
      if (!config) return static_cast<int>(kCouldNotRun);
      StartLogging("serve");
      ChildCommands commands{{"slipway", "reconcile"}, {"slipway", "forge"}, {"slipway", "plan-pulls"}};
      for (const std::string& word : flags->Words()) {
        commands.worker.push_back(word);
        commands.forge.push_back(word);
        commands.plans.push_back(word);
      }
      return Serve(*config, commands);
    };
  });
}

void AddForge(CLI::App& app, Run& run) {
  AddProcess(app.add_subcommand("forge", "The daemon's process that talks to the forge"),
             "`slipway serve` starts it where forge.kind is set.", RunForgeWorker, run);
  AddProcess(app.add_subcommand("plan-pulls", "The daemon's process that plans what pull requests would do"),
             "`slipway serve` starts it once its forge's process asks for something.", RunPlanWorker, run);
}

void AddReconcile(CLI::App& app, Run& run) {
  AddProcess(app.add_subcommand("reconcile", "The daemon's worker: fetch, check, render, publish"),
             "`slipway serve` starts it; by itself it publishes into state_dir without serving.", RunWorker,
             run);
}

}  // namespace slipway::cli
