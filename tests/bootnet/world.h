#pragma once

#include <map>
#include <string>
#include <string_view>

#include "bootnet/catalog/decide.h"

/// A small site to ask questions of: two nodes, one asset, the programs of BIOS and UEFI x86-64.
namespace slipway::testing {

inline constexpr Mac kAlpha1{{0x02, 0, 0, 0, 0xa1, 0x01}};    ///< node alpha
inline constexpr Mac kAlpha2{{0x02, 0, 0, 0, 0xa1, 0x02}};    ///< node alpha, its second card
inline constexpr Mac kBeta{{0x02, 0, 0, 0, 0xbe, 0x0a}};      ///< node beta
inline constexpr Mac kStranger{{0x02, 0, 0, 0, 0xff, 0x01}};  ///< in no revision

/// Begins every config, so that a leak is found wherever it surfaces.
inline constexpr std::string_view kConfigMark = "machine: {token: SECRET-OF-";

struct SiteOptions {
  UnknownAction unknown = UnknownAction::kIgnore;
  ConfigAccess access = ConfigAccess::kNeighbor;
  std::string boot_url_host = "192.0.2.10";
  uint16_t boot_url_port = 8080;
};

/// Path → bytes of the generation.
std::map<std::string, std::string> SiteFiles();
Manifest SiteManifest(const SiteOptions& options = {});
/// Without files behind it.
Snapshot MakeSnapshot(const SiteOptions& options = {}, Ledger ledger = {});
std::string AssetPathOfSite();

/// Programs of random bytes, each in an anonymous file.
BootFiles MakeBootFiles();
BootFiles BootFilesOf(const std::map<std::string, std::string>& programs);  ///< name → bytes
std::string ProgramOf(size_t size);  ///< bytes that repeat nowhere near

/// Writes a state directory with one published generation below `root`; the manifest's path is returned.
void WriteState(const std::string& root, const SiteOptions& options = {});

/// A directory that removes itself.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ReadTestFile(const std::string& name);  ///< of tests/bootnet/testdata

}  // namespace slipway::testing
