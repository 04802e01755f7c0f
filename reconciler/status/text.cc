#include <array>
#include <cstdio>
#include <ctime>

#include "reconciler/status/view.h"

namespace slipway {

std::string Ago(int64_t then, int64_t now) {
  if (then == 0) return "never";
  const int64_t seconds = now > then ? now - then : 0;
  if (seconds < 120) return std::to_string(seconds) + " s ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h ago";
  return std::to_string(seconds / 86'400) + " days ago";
}

std::string UtcTime(int64_t unix_seconds) {
  if (unix_seconds == 0) return {};
  const auto time = static_cast<time_t>(unix_seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string ShortRevision(const std::string& revision) {
  constexpr size_t kShown = 12;
  const size_t at = revision.find("sha1:");
  if (at == std::string::npos) return revision;
  return revision.substr(0, at) + revision.substr(at + 5, kShown);
}

ConfigState RunsServedConfig(const MachineRecord& machine, const Manifest& manifest) {
  const BootEntry* entry = manifest.FindMac(machine.mac);
  const FileEntry* config = entry == nullptr ? nullptr : manifest.FindFile(entry->config);
  if (config == nullptr || machine.booted_config.empty()) return ConfigState::kUnknown;
  return config->digest.ToHex() == machine.booted_config ? ConfigState::kServed : ConfigState::kOlder;
}

std::string ApplyCommand(const BootEntry& entry, const MachineRecord& machine, const std::string& state_dir) {
  const std::string address = entry.address ? entry.address->address.ToString() : machine.address;
  return "talosctl apply-config --nodes " + (address.empty() ? "ADDRESS" : address) + " --file " + state_dir +
         "/current/" + entry.config;
}

std::string HumanBytes(uint64_t bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits.at(unit));
  return text.data();
}

namespace {

/// A phone on the LAN that only has its address from us is no machine that waits for approval.
bool OnlyLeases(const MachineRecord& machine) {
  if (!machine.arch.empty() || machine.last_outcome != "answered") return false;
  const std::string& reason = machine.last_reason;
  return reason == "Leased" || reason == "Offered" || reason == "Informed" || reason == "Released";
}

}  // namespace

std::vector<const MachineRecord*> UnknownMachines(const StatusView& view) {
  std::vector<const MachineRecord*> unknown;
  for (const MachineRecord& machine : view.machines) {
    if (OnlyLeases(machine)) continue;
    if (!view.manifest || view.manifest->FindMac(machine.mac) == nullptr) unknown.push_back(&machine);
  }
  return unknown;
}

}  // namespace slipway
