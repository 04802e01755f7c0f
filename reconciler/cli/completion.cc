#include <cstdio>
#include <memory>

#include "reconciler/cli/command.h"

namespace slipway::cli {
namespace {

std::string Join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::vector<std::string> FlagsOf(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::vector<const CLI::App*> Commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

std::string Bash(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : Commands(app)) {
    names.push_back(command->get_name());
    cases += "    " + command->get_name() + ") words=\"" + Join(FlagsOf(*command)) + "\" ;;\n";
  }
  return "_slipway() {\n  local words=\"\" current=${COMP_WORDS[COMP_CWORD]}\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words=\"" +
         Join(names) + "\"\n  else\n    case ${COMP_WORDS[1]} in\n" + cases +
         "    esac\n  fi\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n"
         "complete -o default -F _slipway slipway\n";
}

std::string Zsh(const CLI::App& app) {
  std::string describe;
  std::string cases;
  for (const CLI::App* command : Commands(app)) {
    std::string help = command->get_description();
    std::replace(help.begin(), help.end(), '\'', ' ');
    describe += "    '" + command->get_name() + ":" + help + "'\n";
    cases += "    " + command->get_name() + ") compadd -- " + Join(FlagsOf(*command)) + "; _files ;;\n";
  }
  return "#compdef slipway\n_slipway() {\n  local -a commands=(\n" + describe +
         "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n  case ${words[2]} "
         "in\n" +
         cases + "  esac\n}\ncompdef _slipway slipway\n";
}

std::string Fish(const CLI::App& app) {
  std::string out = "complete -c slipway -f\n";
  for (const CLI::App* command : Commands(app)) {
    std::string help = command->get_description();
    std::replace(help.begin(), help.end(), '\'', ' ');
    out += "complete -c slipway -n __fish_use_subcommand -a " + command->get_name() + " -d '" + help + "'\n";
    for (const std::string& flag : FlagsOf(*command)) {
      out += "complete -c slipway -n '__fish_seen_subcommand_from " + command->get_name() + "' -l " +
             flag.substr(2) + "\n";
    }
  }
  return out;
}

}  // namespace

void AddCompletion(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("completion", "Print shell completion: source <(slipway completion bash)");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &run, shell] {
    run = [&app, shell] {
      const std::string text = *shell == "bash" ? Bash(app) : *shell == "zsh" ? Zsh(app) : Fish(app);
      std::fputs(text.c_str(), stdout);
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace slipway::cli
