#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bootnet/catalog/unique_fd.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/result.h"

namespace slipway {

/// What kind of machine asks, as far as it decides which program it can run.
enum class Platform : uint8_t {
  kUnsupported,
  kBios,
  kEfiIa32,
  kEfiX64,
  kEfiArm64,
  kEfiRiscv64,
  kEfiLoong64,
  kUBootArm64,   ///< runs UEFI programs, but lends them no PXE protocol, without which shim finds nothing
  kRaspberryPi,  ///< its ROM claims to be an x86 BIOS; an x86 program must never reach it
};
std::string_view ToString(Platform platform);  ///< iPXE's words where it has them: "bios", "efi-x86_64", …

/// How far a machine has come.
enum class BootStage : uint8_t {
  kFirmware,         ///< PXE ROM or UEFI PXE: takes a program over TFTP
  kHttpBoot,         ///< UEFI HTTP boot: takes the URL of a program
  kIpxe,             ///< takes the URL of a script
  kIpxeWithoutHttp,  ///< an iPXE that cannot fetch our script: takes a program over TFTP
};

struct ClientClass {
  Platform platform = Platform::kUnsupported;
  BootStage stage = BootStage::kFirmware;
  bool operator==(const ClientClass&) const = default;
};

/// A boot program that was found at start. The descriptor stays open: an upgrade of the package that replaces
/// the file changes no byte of what is served until the next start.
struct BootFile {
  std::string name;  ///< snponly.efi
  uint64_t size = 0;
  Sha256 digest;
  UniqueFd fd;
};

/// The boot programs to hand out. Immutable once scanned; may be shared between threads.
struct BootFiles {
  std::vector<BootFile> files;

  /// Looks for the programs of every platform in `directories`, in that order. A missing program is not an
  /// error (its machines are ignored, with the reason NoBootFile), nor is a missing directory but the first;
  /// that is kFixInput, an unreadable file kRetry.
  static Result<BootFiles> Scan(std::span<const std::string> directories);

  const BootFile* Find(std::string_view name) const;
  /// The best program for a platform that was found; nullptr where there is none.
  const BootFile* For(Platform platform, Loader loader = Loader::kIpxe) const;
};

/// The names looked for, best first, for one platform and loader.
std::vector<std::string_view> BootFileNames(Platform platform, Loader loader = Loader::kIpxe);

/// A program's name as it is served, and as Debian installs it.
struct BootProgram {
  std::string_view name;
  std::string_view file;
};
std::vector<BootProgram> BootPrograms();

/// The folder under which the boot face serves them: /ipxe/snponly.efi.
inline constexpr std::string_view kBootFileFolder = "ipxe/";

}  // namespace slipway
