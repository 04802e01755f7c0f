#include "reconciler/cli/command.h"

#include <cstdio>

namespace slipway::cli {

int Fail(const std::string& message, ExitCode code) {
  std::fprintf(stderr, "slipway: %s\n", message.c_str());
  return code;
}

void AddOutputFlag(CLI::App& command, Output& output, std::vector<std::string> allowed) {
  std::map<std::string, Output> words;
  for (const std::string& word : allowed) {
    words[word] = word == "json" ? Output::kJson : word == "sarif" ? Output::kSarif : Output::kText;
  }
  command.add_option("-o,--output", output, "how to print the result")
      ->transform(CLI::CheckedTransformer(words))
      ->option_text("FORMAT");
}

}  // namespace slipway::cli
