// sync, rollback, suspend, resume, accept, block and propose: what an operator says to a running daemon, on
// its host, through its socket.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/daemon/config.h"
#include "reconciler/daemon/forge_worker.h"
#include "reconciler/daemon/operator_socket.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string state_dir = "/var/lib/slipway";
  int timeout = 120;
  Output output = Output::kText;
  OperatorRequest request;
  bool remove = false;
  std::string mac;  ///< of propose
  NodeWishes wishes;
};

/// The request of `propose`; false where the MAC is none.
bool FillProposal(Options& options) {
  const auto mac = Mac::Parse(options.mac);
  if (!mac || mac->IsZero() || mac->IsMulticast()) return false;
  ProposeRequest request;
  request.facts.macs = {*mac};
  request.wishes = options.wishes;
  options.request.argument = EncodeProposeRequest(request);
  return true;
}

int Ask(const Options& options) {
  const auto reply = AskDaemon(options.state_dir, options.request, std::chrono::seconds(options.timeout));
  if (!reply) return Fail(reply.error().message);
  if (options.output == Output::kJson) {
    const nlohmann::json j = {{"ok", reply->ok}, {"message", reply->message}};
    std::puts(j.dump().c_str());
  } else if (reply->ok) {
    std::puts(reply->message.c_str());
  } else {
    Fail(reply->message);
  }
  return reply->ok ? kOk : kFoundProblems;
}

CLI::App* Add(CLI::App& app, Run& run, const char* name, const char* help,
              const std::shared_ptr<Options>& options) {
  CLI::App* command = app.add_subcommand(name, help);
  options->request.verb = name;
  command->add_option("--state-dir", options->state_dir, "the daemon's state directory")
      ->capture_default_str();
  command->add_option("--timeout", options->timeout, "seconds to wait for the daemon")->capture_default_str();
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] {
    run = [options] {
      if (options->remove) options->request.verb = "unblock";
      if (options->request.verb == "propose" && !FillProposal(*options)) {
        return Fail("'" + options->mac + "' is not a machine's MAC address; write it like 6c:4b:90:8b:a1:6d");
      }
      return Ask(*options);
    };
  });
  return command;
}

}  // namespace

void AddOperator(CLI::App& app, Run& run) {
  Add(app, run, "sync", "Look at the remote now and wait until its newest revision is served, or refused",
      std::make_shared<Options>());

  const auto rollback = std::make_shared<Options>();
  CLI::App* command =
      Add(app, run, "rollback", "Serve a kept generation again, and stay with it until `resume`", rollback);
  command->footer(
      "Works without Git. Machines that were withdrawn since then stay withdrawn, unless "
      "--include-withdrawn\n"
      "is given. Example: slipway rollback previous");
  command->add_option("REVISION", rollback->request.argument, "a commit (or its beginning), or `previous`")
      ->required();
  command->add_flag("--include-withdrawn", rollback->request.include_withdrawn,
                    "approve machines again that were withdrawn since");

  const auto suspend = std::make_shared<Options>();
  command = Add(app, run, "suspend", "Stay with what is served, until `resume` or for a time", suspend);
  command->footer(
      "New revisions are fetched and checked, and not served; machines that they withdraw are withdrawn all "
      "the\nsame. It outlives restarts. Example: slipway suspend --reason \"moving racks\" --for 2h");
  command->add_option("--reason", suspend->request.argument, "why, for whoever looks at the status page")
      ->required()
      ->check([](const std::string& text) {
        return text.find_first_not_of(" \t") == std::string::npos ? std::string("say why") : std::string();
      });
  command->add_option_function<std::string>(
      "--for",
      [suspend](const std::string& text) {
        const auto length = ParseDuration(text);
        if (!length || length->count() <= 0)
          throw CLI::ValidationError("--for", "'" + text + "' is no duration; write it like 30m or 2h");
        suspend->request.for_seconds = length->count();
      },
      "how long, like 30m or 2h (default: until `resume`)");

  Add(app, run, "resume", "End a rollback or a suspension: serve the newest revision again",
      std::make_shared<Options>());

  const auto accept = std::make_shared<Options>();
  command = Add(app, run, "accept",
                "Serve the newest revision although its history or its signatures refuse it", accept);
  command->footer(
      "For this one commit, after the revision that is served now; the next one is checked again. It is "
      "written down who\nasked. What the status page says about the refusal names the command.");
  command->add_option("REVISION", accept->request.argument, "the refused commit, or its beginning")
      ->required();

  const auto block = std::make_shared<Options>();
  command =
      Add(app, run, "block", "Refuse a machine at once, whatever Git says, until it is unblocked", block);
  command->add_option("MAC", block->request.argument, "such as 6c:4b:90:8b:a1:6d")->required();
  command->add_flag("--remove", block->remove, "unblock it: Git decides again");

  const auto propose = std::make_shared<Options>();
  command = Add(app, run, "propose", "Open a pull request that approves an unknown machine", propose);
  command->footer(
      "The Node continues the fleet's names and addresses. Without forge.kind it is printed, to be committed "
      "by hand.\n"
      "Example: slipway propose 6c:4b:90:8b:a1:6d --role worker");
  command->add_option("MAC", propose->mac, "of one of its cards")->required();
  command->add_option("--name", propose->wishes.name, "the Node's name (default: the fleet's next one)");
  command->add_option("--role", propose->wishes.role, "controlplane or worker (default: worker)");
  command->add_option("--cluster", propose->wishes.cluster, "(default: the one with the most nodes)");
}

}  // namespace slipway::cli
