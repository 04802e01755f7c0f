#include "schema/fleet/fleet.h"

#include <charconv>

namespace slipway {

std::string_view ToString(Arch arch) { return arch == Arch::kAmd64 ? "amd64" : "arm64"; }
std::string_view ToString(Role role) { return role == Role::kControlPlane ? "controlplane" : "worker"; }
std::string_view ToString(UnknownAction action) {
  switch (action) {
    case UnknownAction::kIgnore:
      return "ignore";
    case UnknownAction::kReport:
      return "report";
    case UnknownAction::kWait:
      return "wait";
  }
  return "";
}
std::string_view ToString(Loader loader) {
  switch (loader) {
    case Loader::kIpxe:
      return "ipxe";
    case Loader::kGrub:
      return "grub";
    case Loader::kPxelinux:
      return "pxelinux";
  }
  return "";
}
std::string_view ToString(ConfigAccess access) {
  switch (access) {
    case ConfigAccess::kOpen:
      return "open";
    case ConfigAccess::kNeighbor:
      return "neighbor";
    case ConfigAccess::kWindow:
      return "window";
  }
  return "";
}

std::optional<Arch> ParseArch(std::string_view text) {
  if (text == "amd64") return Arch::kAmd64;
  if (text == "arm64") return Arch::kArm64;
  return std::nullopt;
}
std::optional<Role> ParseRole(std::string_view text) {
  if (text == "controlplane") return Role::kControlPlane;
  if (text == "worker") return Role::kWorker;
  return std::nullopt;
}
std::optional<UnknownAction> ParseUnknownAction(std::string_view text) {
  if (text == "ignore") return UnknownAction::kIgnore;
  if (text == "report") return UnknownAction::kReport;
  if (text == "wait") return UnknownAction::kWait;
  return std::nullopt;
}
std::optional<Loader> ParseLoader(std::string_view text) {
  for (const Loader loader : {Loader::kIpxe, Loader::kGrub, Loader::kPxelinux}) {
    if (ToString(loader) == text) return loader;
  }
  return std::nullopt;
}
std::optional<ConfigAccess> ParseConfigAccess(std::string_view text) {
  if (text == "open") return ConfigAccess::kOpen;
  if (text == "neighbor") return ConfigAccess::kNeighbor;
  if (text == "window") return ConfigAccess::kWindow;
  return std::nullopt;
}

std::string BootServerUrl::ToString() const {
  return "http://" + host + (port == 80 ? "" : ":" + std::to_string(port));
}

std::optional<TalosVersion> TalosVersion::Parse(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  TalosVersion version;
  int* const parts[] = {&version.major, &version.minor, &version.patch};
  for (int* part : parts) {
    if (part != parts[0]) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
    const auto used = static_cast<size_t>(end - text.data());
    if (error != std::errc{} || used == 0 || text.front() == '-' || (used > 1 && text.front() == '0')) {
      return std::nullopt;
    }
    text.remove_prefix(used);
  }
  if (text.empty()) return version;
  if (!text.starts_with('-') || text.size() == 1) return std::nullopt;
  for (const char c : text.substr(1)) {
    const bool word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
    if (!word) return std::nullopt;
  }
  version.prerelease = std::string(text.substr(1));
  return version;
}

std::string TalosVersion::ToString() const {
  std::string text = "v" + std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
  if (!prerelease.empty()) text += "-" + prerelease;
  return text;
}

}  // namespace slipway
