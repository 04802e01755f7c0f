#include "schema/fleet/diagnostic.h"

#include <algorithm>
#include <tuple>

namespace slipway {

void SortDiagnostics(Diagnostics& diagnostics) {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.file, d.mark, d.code, d.message, d.fix, d.severity);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
}

bool HasErrors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string CodeName(int code) { return "SW" + std::to_string(code); }

}  // namespace slipway
