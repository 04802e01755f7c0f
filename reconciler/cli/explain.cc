#include <charconv>
#include <cstdio>
#include <memory>

#include "reconciler/cli/command.h"
#include "schema/fleet/diagnostic.h"

namespace slipway::cli {
namespace {

int Explain(std::string text) {
  if (text.empty()) {
    for (const int code : AllCodes()) {
      const std::string_view whole = ExplainCode(code);
      const std::string_view title = whole.substr(0, whole.find('\n'));
      std::printf("%.*s\n", static_cast<int>(title.size()), title.data());
    }
    return kOk;
  }
  const std::string digits = text.substr(text.starts_with("SW") || text.starts_with("sw") ? 2 : 0);
  int code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  if (error != std::errc{} || end != digits.data() + digits.size() || ExplainCode(code).empty()) {
    return Fail("there is no code '" + text + "'; `slipway explain` lists them all");
  }
  const std::string_view explanation = ExplainCode(code);
  std::fwrite(explanation.data(), 1, explanation.size(), stdout);
  return kOk;
}

}  // namespace

void AddExplain(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("explain", "Say what a diagnostic code means and how to mend it");
  const auto code = std::make_shared<std::string>();
  command->add_option("CODE", *code, "a code such as SW1042; without one, all are listed");
  command->callback([&run, code] { run = [code] { return Explain(*code); }; });
}

}  // namespace slipway::cli
