#include <algorithm>

#include "schema/fleet/code_texts.h"
#include "schema/fleet/diagnostic.h"

namespace slipway {

std::string_view ExplainCode(int code) {
  for (const auto rows : {YamlCodes(), SchemaCodes(), FleetCodes(), FormCodes(), LinkCodes(),
                          RepositoryCodes(), RenderCodes(), SecretCodes(), TalosCodes(), BootCodes()}) {
    for (const CodeText& row : rows) {
      if (row.code == code) return row.text;
    }
  }
  return "";
}

std::vector<int> AllCodes() {
  std::vector<int> codes;
  for (const auto rows : {YamlCodes(), SchemaCodes(), FleetCodes(), FormCodes(), LinkCodes(),
                          RepositoryCodes(), RenderCodes(), SecretCodes(), TalosCodes(), BootCodes()}) {
    for (const CodeText& row : rows) codes.push_back(row.code);
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

std::string_view CodeTitle(int code) {
  std::string_view text = ExplainCode(code);
  text = text.substr(0, text.find('\n'));
  const size_t colon = text.find(": ");
  return colon == std::string_view::npos ? "" : text.substr(colon + 2);
}

}  // namespace slipway
