#include "schema/contract/manifest_boot.h"

#include "schema/contract/json_text.h"

namespace slipway {
namespace {

/// A parsed value into its place; false where there is none.
template <class T, class U>
bool Take(std::optional<T> parsed, U& out) {
  if (parsed) out = *parsed;
  return parsed.has_value();
}

/// What few machines have; left out where it is the default.
void AppendChoices(std::string& out, const BootEntry& entry) {
  const auto text = [&out](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out += ',';
    AppendField(out, key, value);
  };
  if (entry.address) text("address", entry.address->ToString());
  if (entry.loader != Loader::kIpxe) text("loader", ToString(entry.loader));
  if (entry.install_revision != 0) out += ",\"installRevision\":" + std::to_string(entry.install_revision);
  text("localScript", entry.local_script);
  text("wipeScript", entry.wipe_script);
  if (entry.wipe_until != 0) out += ",\"wipeUntil\":" + std::to_string(entry.wipe_until);
}

}  // namespace

void AppendBoot(std::string& out, const BootEntry& entry) {
  out += '{';
  AppendField(out, "mac", entry.mac.ToColons());
  out += ',';
  AppendField(out, "node", entry.node);
  out += ',';
  AppendField(out, "cluster", entry.cluster);
  out += ',';
  AppendField(out, "role", ToString(entry.role));
  out += ',';
  AppendField(out, "arch", ToString(entry.arch));
  out += ',';
  AppendField(out, "hostname", entry.hostname);
  out += ',';
  if (!entry.uuid.empty()) {
    AppendField(out, "uuid", entry.uuid);
    out += ',';
  }
  if (!entry.serial.empty()) {
    AppendField(out, "serial", entry.serial);
    out += ',';
  }
  AppendField(out, "script", entry.script);
  out += ',';
  AppendField(out, "config", entry.config);
  out += ',';
  AppendField(out, "source", entry.source);
  AppendChoices(out, entry);
  out += '}';
}

bool SetBootText(BootEntry& entry, std::string_view key, std::string_view value) {
  if (key == "mac") return Take(Mac::Parse(value), entry.mac);
  if (key == "role") return Take(ParseRole(value), entry.role);
  if (key == "arch") return Take(ParseArch(value), entry.arch);
  if (key == "loader") return Take(ParseLoader(value), entry.loader);
  if (key == "address") return Take(Ipv4Prefix::Parse(value), entry.address);
  using Member = std::string BootEntry::*;
  constexpr std::pair<std::string_view, Member> kTexts[] = {
      {"node", &BootEntry::node},
      {"cluster", &BootEntry::cluster},
      {"hostname", &BootEntry::hostname},
      {"uuid", &BootEntry::uuid},
      {"serial", &BootEntry::serial},
      {"script", &BootEntry::script},
      {"config", &BootEntry::config},
      {"source", &BootEntry::source},
      {"localScript", &BootEntry::local_script},
      {"wipeScript", &BootEntry::wipe_script},
  };
  for (const auto& [name, member] : kTexts) {
    if (name != key) continue;
    entry.*member = value;
    return true;
  }
  return false;
}

bool SetBootNumber(BootEntry& entry, std::string_view key, int64_t value) {
  if (value <= 0) return false;
  if (key == "wipeUntil") {
    entry.wipe_until = value;
    return true;
  }
  if (key != "installRevision" || value > 0xffffffffLL) return false;
  entry.install_revision = static_cast<uint32_t>(value);
  return true;
}

}  // namespace slipway
