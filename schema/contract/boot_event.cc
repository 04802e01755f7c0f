#include "schema/contract/boot_event.h"

#include "schema/contract/json_text.h"

namespace slipway {
namespace {

constexpr size_t kUsualLine = 384;  ///< bytes that few lines exceed

}  // namespace

std::string_view ToString(Door door) {
  switch (door) {
    case Door::kDhcp:
      return "dhcp";
    case Door::kPxe:
      return "pxe";
    case Door::kTftp:
      return "tftp";
    case Door::kHttp:
      return "http";
    case Door::kInstall:
      return "install";
  }
  return "";
}

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAnswered:
      return "answered";
    case Outcome::kIgnored:
      return "ignored";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kFailed:
      return "failed";
  }
  return "";
}

std::string EncodeBootEvent(const BootEvent& event) {
  std::string out;
  out.reserve(kUsualLine);
  out += "{\"time\":";
  out += std::to_string(event.time_ms);
  const auto field = [&out](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out += ",\"";
    out += key;
    out += "\":";
    AppendJsonString(out, value);
  };
  field("door", ToString(event.door));
  field("outcome", ToString(event.outcome));
  field("reason", event.reason);
  field("message", event.message);
  if (event.mac) field("mac", event.mac->ToColons());
  if (event.address) field("address", event.address->ToString());
  field("node", event.node);
  field("request", event.request);
  field("answer", event.answer);
  if (event.bytes > 0) out += ",\"bytes\":" + std::to_string(event.bytes);
  if (event.count > 1) out += ",\"count\":" + std::to_string(event.count);
  field("arch", event.arch);
  field("vendorClass", event.vendor_class);
  field("userClass", event.user_class);
  field("uuid", event.uuid);
  field("serial", event.serial);
  field("product", event.product);
  out += '}';
  return out;
}

}  // namespace slipway
