#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace slipway {

/// A place in a user's file. Lines and columns count from 1, columns in Unicode code points as editors
/// show them; 0 means "the file as a whole". `source` names the file where values of several files meet
/// (source_table.h); 0 is the file at hand.
struct Mark {
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t source = 0;

  auto operator<=>(const Mark&) const = default;
};

enum class Severity { kError, kWarning };

/// One problem in what users wrote. `code` is stable for ever once released: SW1xxx is about the user's
/// content, SW2xxx about the repository that holds it.
struct Diagnostic {
  std::string file;  ///< path inside the repository, "" for the repository itself
  Mark mark;
  int code = 0;  ///< printed as SW1042
  Severity severity = Severity::kError;
  std::string message;  ///< what is wrong, in one line
  std::string fix;      ///< what to do about it, in one line

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// Source order: by file, line, column, then code; equal entries are dropped.
void SortDiagnostics(Diagnostics& diagnostics);

bool HasErrors(const Diagnostics& diagnostics);

/// "SW1042".
std::string CodeName(int code);

/// `nodes/worker-2.yaml:12:14: SW1042 error: … ; fix: …`, control characters escaped.
std::string FormatText(const Diagnostic& diagnostic);

/// A JSON array of {file,line,column,code,severity,message,fix}.
std::string FormatJson(const Diagnostics& diagnostics);

/// SARIF 2.1.0, one run, one rule per code that occurs.
std::string FormatSarif(const Diagnostics& diagnostics);

/// The long text of a code for `slipway explain SW1042`; "" for an unknown code.
std::string_view ExplainCode(int code);

/// The code in a few words: "duplicate key"; "" for an unknown code.
std::string_view CodeTitle(int code);

/// Every code that exists, ascending.
std::vector<int> AllCodes();

}  // namespace slipway
