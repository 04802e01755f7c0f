#include "bootnet/catalog/cross_check.h"

#include <algorithm>
#include <string>

namespace slipway {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// 00112233-4455-6677-… → 33221100-5544-7766-…; anything else unchanged.
std::string OtherByteOrder(std::string uuid) {
  if (uuid.size() != 36) return uuid;
  const auto swap = [&](size_t a, size_t b) { std::swap_ranges(&uuid[a], &uuid[a] + 2, &uuid[b]); };
  swap(0, 6);
  swap(2, 4);
  swap(9, 11);
  swap(14, 16);
  return uuid;
}

bool RunsOn(Platform platform, Arch arch) {
  switch (platform) {
    case Platform::kBios:
    case Platform::kEfiX64:
      return arch == Arch::kAmd64;
    case Platform::kEfiArm64:
    case Platform::kUBootArm64:
      return arch == Arch::kArm64;
    case Platform::kEfiIa32:
    case Platform::kEfiRiscv64:
    case Platform::kEfiLoong64:
      return false;
    case Platform::kRaspberryPi:
    case Platform::kUnsupported:
      break;
  }
  return true;
}

}  // namespace

void CrossCheck(const BootEntry& entry, Platform platform, BootEvent& event) {
  std::string differs;
  const std::string uuid = Lower(event.uuid);
  if (!entry.uuid.empty() && !uuid.empty() && uuid != entry.uuid && OtherByteOrder(uuid) != entry.uuid) {
    differs += "; its UUID is " + uuid + ", the Node says " + entry.uuid;
  }
  if (!entry.serial.empty() && !event.serial.empty() && event.serial != entry.serial) {
    differs += "; its serial number is " + event.serial + ", the Node says " + entry.serial;
  }
  if (!RunsOn(platform, entry.arch)) {
    differs += "; it boots as " + std::string(ToString(platform)) + ", the Node says " +
               std::string(slipway::ToString(entry.arch));
  }
  if (differs.empty()) return;
  event.reason = "IdentityMismatch";
  event.message += differs;
}

}  // namespace slipway
