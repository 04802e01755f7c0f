#include "reconciler/cli/doctor.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/cli/daemon_flags.h"

namespace slipway::cli {
namespace {

using Level = Finding::Level;

struct Options {
  DaemonFlags flags;
  Output output = Output::kText;
};

const char* WordOf(Level level) {
  switch (level) {
    case Level::kGood:
      return "ok";
    case Level::kWarning:
      return "warning";
    case Level::kBad:
      return "bad";
  }
  return "";
}

Findings LookAtAll(const DaemonConfig& config) {
  Findings all;
  const auto add = [&all](Findings findings) {
    for (Finding& finding : findings) all.push_back(std::move(finding));
  };
  add(LookAtPorts(config));
  add(LookAtRights(config));
  add(LookAtInterfaces(config));
  add(LookAtDhcp(config));
  add(LookAtFirewall(config));
  add(LookAtPrograms(config));
  add(LookAtClock());
  add(LookAtDisk(config));
  add(LookAtSecrets(config));
  add(LookAtTrust(config));
  add(LookAtRemote(config));
  return all;
}

void Print(const Findings& findings, Output output) {
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& finding : findings) {
    if (output == Output::kJson) {
      list.push_back({{"level", WordOf(finding.level)},
                      {"what", finding.what},
                      {"message", finding.message},
                      {"fix", finding.fix}});
      continue;
    }
    std::printf("%-8s %s: %s\n", WordOf(finding.level), finding.what.c_str(), finding.message.c_str());
    if (!finding.fix.empty()) std::printf("         do: %s\n", finding.fix.c_str());
  }
  if (output == Output::kJson) std::puts(list.dump(1).c_str());
}

int Examine(const Options& options) {
  const auto config = options.flags.Load();
  if (!config) return kCouldNotRun;
  const Findings findings = LookAtAll(*config);
  Print(findings, options.output);
  const bool bad = std::any_of(findings.begin(), findings.end(),
                               [](const Finding& finding) { return finding.level == Level::kBad; });
  return bad ? kFoundProblems : kOk;
}

}  // namespace

void AddDoctor(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("doctor", "Look for what would keep this host from serving");
  command->footer(
      "Takes the flags of `slipway serve`, and may run beside it. Looks at ports, rights, interfaces, "
      "firewall,\n"
      "boot programs, clock, disk, identities, keys and the repository. Exits with 1 where something is "
      "bad.");
  const auto options = std::make_shared<Options>();
  options->flags.AddTo(*command);
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Examine(*options); }; });
}

}  // namespace slipway::cli
