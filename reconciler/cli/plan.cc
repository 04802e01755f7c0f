#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_plan.h"
#include "reconciler/cli/plan_memory.h"
#include "reconciler/plan/compare.h"
#include "reconciler/plan/format.h"
#include "reconciler/plan/plan_known.h"

namespace slipway::cli {
namespace {

enum class PlanOutput : uint8_t { kText, kMarkdown, kJson, kSarif };

struct Options {
  std::string base;
  std::string head;
  std::string repository = ".";
  std::string path = ".";
  PlanFlags flags;
  PlanMemory memory;
  PlanOutput output = PlanOutput::kText;
  size_t limit = 65'536;
  std::vector<std::string> fail_on;
};

/// A folder where there is one of that name, else a revision of the repository; "" is the work tree.
FleetInput InputOf(const Options& options, const std::string& word) {
  FleetInput input;
  input.path = options.path;
  input.place = options.repository;
  if (word.empty()) return input;
  if (std::filesystem::is_directory(word)) {
    input.place = word;
  } else {
    input.revision = word;
  }
  return input;
}

size_t TerminalWidth() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

void Print(const plan::Plan& made, const Options& options) {
  std::string text;
  switch (options.output) {
    case PlanOutput::kText: {
      const bool colour = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
      text = plan::FormatText(made, colour ? plan::Colour::kAnsi : plan::Colour::kNone, TerminalWidth());
      break;
    }
    case PlanOutput::kMarkdown:
      text = plan::FormatMarkdown(made, options.limit);
      break;
    case PlanOutput::kJson:
      text = plan::FormatJson(made);
      break;
    case PlanOutput::kSarif:
      text = plan::FormatSarif(made);
      break;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

/// 2 where something happens that must not, 1 where anything changes.
int CodeFor(const plan::Plan& made, const std::vector<std::string>& fail_on) {
  const std::set<std::string> unwanted(fail_on.begin(), fail_on.end());
  for (const plan::QuorumChange& change : made.quorums) {
    if (!change.Breaks() || !unwanted.contains("quorum")) continue;
    return Fail(plan::QuorumText(change) + " (--fail-on quorum)");
  }
  if (unwanted.contains("held") && !made.brakes.limits.empty() && !made.brakes.acknowledged)
    return Fail("would be held: " + made.brakes.limits.front() + " (--fail-on held)");
  for (const plan::Group& group : made.groups) {
    for (const plan::EffectLine& effect : group.change.effects) {
      const std::string word(ToString(effect.effect));
      if (unwanted.contains(word))
        return Fail(plan::NodesText(group) + " " + effect.text + " (--fail-on " + word + ")");
    }
  }
  return made.empty() ? kOk : kFoundProblems;
}

/// Looks at everything, and remembers the base. Where there is no plan it was said why.
std::optional<plan::Plan> PlanWhole(const Options& options, const plan::TreeSide& base,
                                    const plan::TreeSide& head, const std::string& key, FleetPair& pair) {
  if (WalkFleetPair(pair) != kOk) return std::nullopt;
  for (const FleetPlan* side : {&pair.base, &pair.head}) {
    if (side->walked->plan) continue;
    PrintProblems(side->walked->diagnostics);
    Fail(std::string(side == &pair.head ? "the head" : "the base") + " would be refused: nothing to compare");
    return std::nullopt;
  }
  const plan::Walked& was = *pair.base.walked;
  const plan::Walked& now = *pair.head.walked;
  auto made = plan::ComparePlans({base.name, *was.loaded.fleet, *was.plan},
                                 {head.name, *now.loaded.fleet, *now.plan}, key);
  if (!made) {
    PrintProblems(made.error());
    return std::nullopt;
  }
  options.memory.Keep(InputOf(options, options.base).place, options.path,
                      plan::Remember(base.tree, *was.loaded.fleet, *was.plan->pass));
  return std::move(*made);
}

int MakePlan(const Options& options) {
  FleetPair pair;
  const FleetInput base_input = InputOf(options, options.base);
  const ExitCode code = OpenFleetPair(base_input, InputOf(options, options.head), options.flags, pair);
  if (code != kOk) return code;
  std::string key(32, '\0');
  if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
    return Fail("no random bytes");
  const plan::TreeSide base{options.base, *pair.base.tree};
  const plan::TreeSide head{options.head.empty() ? "the work tree" : options.head, *pair.head.tree};
  std::optional<plan::Plan> made;
  if (const auto known = options.memory.Find(base_input.place, options.path))
    made = plan::PlanKnown(*known, base, head, pair.loader, *pair.renderer, key);
  if (!made) made = PlanWhole(options, base, head, key, pair);
  if (!made) return kCouldNotRun;
  const FleetInput head_input = InputOf(options, options.head);
  if (head_input.revision.empty()) made->render = head_input.place;
  Print(*made, options);
  return CodeFor(*made, options.fail_on);
}

}  // namespace

void AddPlan(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("plan", "Say in machine terms what a merge would do");
  command->footer(
      "BASE and HEAD are folders, or revisions of the repository; HEAD is the work tree where it is left "
      "out.\n"
      "Secrets are never shown. Exits with 0 where nothing changes, 1 where something does, 2 on an error "
      "and for\n"
      "what --fail-on names.");
  const auto options = std::make_shared<Options>();
  command->add_option("BASE", options->base, "what is served now: a folder, a branch, a tag or a commit")
      ->required();
  command->add_option("HEAD", options->head, "what would be merged");
  command->add_option("--repository", options->repository, "the repository of the revisions")
      ->capture_default_str();
  command->add_option("--path", options->path, "folder of the repository that holds the fleet");
  options->flags.AddTo(*command);
  options->memory.AddTo(*command);
  const std::map<std::string, PlanOutput> outputs = {{"text", PlanOutput::kText},
                                                     {"markdown", PlanOutput::kMarkdown},
                                                     {"json", PlanOutput::kJson},
                                                     {"sarif", PlanOutput::kSarif}};
  command->add_option("-o,--output", options->output, "text, markdown, json or sarif")
      ->transform(CLI::CheckedTransformer(outputs, CLI::ignore_case));
  command->add_option("--limit", options->limit,
                      "most bytes of a Markdown comment (default: GitHub's 65,536)");
  command->add_option("--fail-on", options->fail_on, "effects to exit with 2 for: wipe, reinstall, quorum, …")
      ->delimiter(',')
      ->check(CLI::IsMember({"wipe", "control-plane-removed", "reinstall", "quorum", "held", "withdrawn",
                             "approved", "role-changed", "address-moves", "macs-changed", "talos-version",
                             "next-boot", "at-reinstall"}));
  command->callback([&run, options] { run = [options] { return MakePlan(*options); }; });
}

}  // namespace slipway::cli
