#include "schema/fleet/yaml_json.h"

#include <nlohmann/json.hpp>

namespace slipway::yaml {

bool IsJsonList(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '[' &&
         nlohmann::json::accept(text.begin(), text.end());
}

}  // namespace slipway::yaml
