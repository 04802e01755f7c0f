#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/cli/simulate_world.h"
#include "reconciler/daemon/config.h"
#include "schema/fleet/forms.h"

namespace slipway::cli {
namespace {

using nlohmann::json;
using Machine = simulate::Machine;

constexpr std::array kPlatforms = {Platform::kBios,      Platform::kEfiIa32,    Platform::kEfiX64,
                                   Platform::kEfiArm64,  Platform::kEfiRiscv64, Platform::kEfiLoong64,
                                   Platform::kUBootArm64};

struct Options {
  std::string mac;
  std::string arch = "efi-x86_64";
  std::string uuid;
  std::string address = "192.0.2.100";
  bool ipxe = false;
  bool http_boot = false;
  bool relayed = false;
  std::string state_dir = "/var/lib/slipway";
  std::vector<std::string> program_dirs;
  FleetInput input;
  PlanFlags flags;
  Output output = Output::kText;
};

/// Nothing after saying what is wrong.
std::optional<Machine> ParseMachine(const Options& options) {
  Machine machine;
  const auto mac = Mac::Parse(options.mac);
  const auto address = Ipv4::Parse(options.address);
  if (!mac || !address) {
    Fail(!mac ? "--mac: " + options.mac + " is no MAC address, like 52:54:00:12:34:56"
              : "--address: " + options.address + " is no IPv4 address");
    return std::nullopt;
  }
  machine.mac = *mac;
  machine.address = *address;
  std::string words;
  machine.platform = Platform::kUnsupported;
  for (const Platform platform : kPlatforms) {
    if (ToString(platform) == options.arch) machine.platform = platform;
    words += (words.empty() ? "" : ", ") + std::string(ToString(platform));
  }
  if (machine.platform == Platform::kUnsupported) {
    Fail("--arch: " + options.arch + " is none of " + words);
    return std::nullopt;
  }
  if (!options.uuid.empty()) {
    const auto uuid = forms::ParseUuid(options.uuid);
    if (!uuid) {
      Fail("--uuid: " + options.uuid + " is no UUID");
      return std::nullopt;
    }
    machine.uuid = *uuid;
  }
  if (options.ipxe) machine.start = Machine::Start::kIpxe;
  if (options.http_boot) machine.start = Machine::Start::kHttpBoot;
  if (options.relayed) machine.path = Machine::Path::kRelayed;
  return machine;
}

std::optional<SimulatedWorld> MakeWorld(const Options& options) {
  std::vector<std::string> folders = options.program_dirs;
  if (folders.empty()) {
    const BootSettings defaults;
    folders.push_back(defaults.ipxe_dir);
    folders.insert(folders.end(), defaults.loader_dirs.begin(), defaults.loader_dirs.end());
  }
  FleetInput input = options.input;
  if (input.place.empty() && !input.revision.empty()) input.place = ".";
  if (!input.place.empty()) return PlannedWorld(input, options.flags, folders);
  auto world = ServedWorld(options.state_dir, folders);
  if (world) return std::move(*world);
  Fail(world.error().message + "; --fleet simulates a folder or a repository instead");
  return std::nullopt;
}

void PrintText(const std::vector<simulate::Step>& steps) {
  for (const simulate::Step& step : steps) {
    std::printf("%s\n  %s, %s%s%s\n", step.title.c_str(), std::string(ToString(step.outcome)).c_str(),
                step.reason.c_str(), step.message.empty() ? "" : ": ", step.message.c_str());
    for (const std::string& line : step.lines) std::printf("    %s\n", line.c_str());
  }
}

void PrintJson(const std::vector<simulate::Step>& steps) {
  json list = json::array();
  for (const simulate::Step& step : steps) {
    list.push_back({{"step", step.title},
                    {"outcome", ToString(step.outcome)},
                    {"reason", step.reason},
                    {"message", step.message},
                    {"lines", step.lines}});
  }
  std::puts(list.dump(1, ' ', false, json::error_handler_t::replace).c_str());
}

int Simulate(const Options& options) {
  const auto machine = ParseMachine(options);
  if (!machine) return kCouldNotRun;
  const auto made = MakeWorld(options);
  if (!made) return kCouldNotRun;
  const auto steps = simulate::Boot(*machine, made->world);
  options.output == Output::kJson ? PrintJson(steps) : PrintText(steps);
  return steps.empty() || steps.back().outcome != Outcome::kAnswered ? kFoundProblems : kOk;
}

}  // namespace

void AddSimulate(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("simulate", "Show what a machine would get at a boot, and why");
  command->footer(
      "Asks the same code as the servers do, with what the daemon serves now, or with a fleet.\n"
      "Nothing is sent and nothing recorded. Exits with 1 where the machine would not get all of it.");
  const auto options = std::make_shared<Options>();
  options->input.place.clear();
  command->add_option("--mac", options->mac, "MAC address of the card that boots")->required();
  command->add_option("--arch", options->arch, "bios, efi-x86_64 (default), efi-arm64, …");
  command->add_option("--uuid", options->uuid, "SMBIOS UUID that it reports");
  command->add_option("--address", options->address, "address that it has (default: 192.0.2.100)");
  command->add_flag("--ipxe", options->ipxe, "the card has iPXE in its ROM");
  command->add_flag("--http-boot", options->http_boot, "the firmware uses UEFI HTTP boot");
  command->add_flag("--relayed", options->relayed, "it is behind a router: its MAC is not seen over HTTP");
  command->add_option("--state-dir", options->state_dir, "of the daemon (default: /var/lib/slipway)");
  command->add_option("--programs", options->program_dirs, "folder with boot programs; may be repeated");
  options->input.AddTo(*command, "--fleet");
  options->flags.AddTo(*command);
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Simulate(*options); }; });
}

}  // namespace slipway::cli
