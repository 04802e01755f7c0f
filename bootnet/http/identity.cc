#include "bootnet/http/identity.h"

#include <string>

#include "bootnet/catalog/request_path.h"

namespace slipway::http {
namespace {

constexpr int kMaxPairs = 32;

void KeepFirst(std::string& field, const std::string& value) {
  if (field.empty()) field = value;
}

}  // namespace

void ReadIdentity(std::string_view target, BootEvent& event) {
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return;
  std::string_view rest = target.substr(mark + 1);
  rest = rest.substr(0, rest.find('#'));
  std::string manufacturer;
  std::string product;
  for (int i = 0; i < kMaxPairs && !rest.empty(); ++i) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = pair.substr(0, equals);
    std::optional<std::string> value = PercentDecode(pair.substr(equals + 1));
    if (!value || value->empty()) continue;
    if (value->size() > kMaxFact) value->resize(kMaxFact);
    if (name == "mac" && !event.mac) event.mac = Mac::Parse(*value);
    if (name == "uuid") KeepFirst(event.uuid, *value);
    if (name == "serial") KeepFirst(event.serial, *value);
    if (name == "manufacturer") KeepFirst(manufacturer, *value);
    if (name == "product") KeepFirst(product, *value);
    if (name == "arch" || name == "buildarch") KeepFirst(event.arch, *value);
  }
  if (event.product.empty()) {
    event.product = manufacturer + (manufacturer.empty() || product.empty() ? "" : " ") + product;
  }
}

}  // namespace slipway::http
