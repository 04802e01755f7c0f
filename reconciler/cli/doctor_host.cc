// Interfaces, boot programs, clock, disk, the repository, identities: what else a boot needs of this host.
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "bootnet/catalog/boot_files.h"
#include "bootnet/catalog/catalog.h"
#include "bootnet/net/interface.h"
#include "reconciler/cli/doctor.h"
#include "reconciler/daemon/identities.h"
#include "reconciler/source/git_source.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr uint64_t kLowBytes = uint64_t{2} << 30U;  ///< a few releases' kernels and initramfs, twice
constexpr uint64_t kLowInodes = 50'000;             ///< some generations of ten thousand machines

std::vector<std::string> ProgramFolders(const BootSettings& boot) {
  std::vector<std::string> folders{boot.ipxe_dir};
  folders.insert(folders.end(), boot.loader_dirs.begin(), boot.loader_dirs.end());
  return folders;
}

/// What machines are told, against the addresses that there are.
Finding LookAtUrl(const BootServerUrl& url, const DaemonConfig& config, const std::vector<Ipv4>& own) {
  const std::string told = url.ToString();
  if (url.port != config.boot.http_port) {
    return {Level::kBad, "boot server URL",
            "the served revision tells machines " + told + ", and boot.http_port is " +
                std::to_string(config.boot.http_port),
            "make bootServer.url of the Site and boot.http_port agree"};
  }
  const auto address = Ipv4::Parse(url.host);
  if (!address)
    return {Level::kGood, "boot server URL", told + ": a name, which machines must be able to resolve", ""};
  if (std::find(own.begin(), own.end(), *address) == own.end()) {
    return {
        Level::kBad, "boot server URL",
        "the served revision tells machines " + told + ", which is no address of the provisioning interfaces",
        "correct bootServer.url of the Site, or give this host that address"};
  }
  return {Level::kGood, "boot server URL", told, ""};
}

}  // namespace

Findings LookAtInterfaces(const DaemonConfig& config) {
  Findings findings;
  std::vector<Ipv4> own;
  for (const std::string& name : config.boot.interfaces) {
    const auto found = FindInterface(name, config.boot.address);
    if (!found) {
      findings.push_back({Level::kBad, "interface " + name, "not there, down, or without an IPv4 address",
                          "bring it up (ip link set " + name + " up), or correct boot.interfaces"});
      continue;
    }
    own.push_back(found->address);
    findings.push_back({Level::kGood, "interface " + name, "up, " + found->address.ToString(), ""});
  }
  if (config.boot.interfaces.empty())
    findings.push_back({Level::kGood, "interfaces", "every one (boot.dhcp is off)", ""});
  const auto catalog = Catalog::Load(config.state_dir);
  if (catalog && !own.empty()) findings.push_back(LookAtUrl((*catalog)->manifest().boot_server, config, own));
  return findings;
}

Findings LookAtPrograms(const DaemonConfig& config) {
  const auto programs = BootFiles::Scan(ProgramFolders(config.boot));
  if (!programs) return {{Level::kBad, "boot programs", programs.error().message, "apt install ipxe"}};
  Findings findings;
  const auto look = [&](Platform platform, const char* fix) {
    const BootFile* file = programs->For(platform);
    const std::string what = "boot program for " + std::string(ToString(platform));
    if (file != nullptr) {
      findings.push_back({Level::kGood, what, file->name + ", " + std::to_string(file->size) + " bytes", ""});
    } else {
      findings.push_back({Level::kWarning, what, "none found: such machines get no answer", fix});
    }
  };
  look(Platform::kBios, "apt install ipxe (undionly.kpxe)");
  look(Platform::kEfiX64, "apt install ipxe (snponly.efi)");
  look(Platform::kEfiArm64, "put ipxe-arm64.efi into boot.ipxe_dir, or install grub-efi-arm64-signed");
  return findings;
}

Findings LookAtClock() {
  timex state{};
  const int code = ::adjtimex(&state);
  if (code == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    return {{Level::kWarning, "clock", "the kernel does not call it synchronised",
             "run an NTP client (systemd-timesyncd, chrony): certificates and the last day of a wipe depend "
             "on it"}};
  }
  return {{Level::kGood, "clock", "synchronised", ""}};
}

Findings LookAtDisk(const DaemonConfig& config) {
  fs::path folder = fs::absolute(config.state_dir);
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0)
    return {{Level::kBad, "disk", folder.string() + ": " + std::strerror(errno), "make the state directory"}};
  const uint64_t bytes = uint64_t{info.f_bavail} * info.f_frsize;
  const std::string room = std::to_string(bytes >> 20U) + " MiB and " + std::to_string(info.f_favail) +
                           " inodes free at " + folder.string();
  Findings findings;
  if (bytes < kLowBytes || (info.f_files > 0 && info.f_favail < kLowInodes)) {
    findings.push_back({Level::kWarning, "disk", room,
                        "free some: assets of several Talos releases, and generations, need a few GiB"});
  } else {
    findings.push_back({Level::kGood, "disk", room, ""});
  }
  if (::access(folder.c_str(), W_OK) != 0)
    findings.push_back({Level::kBad, "state directory", folder.string() + " cannot be written by this user",
                        "run as the daemon's user, or correct its owner"});
  return findings;
}

Findings LookAtRemote(const DaemonConfig& config) {
  const SourceSettings& from = config.source;
  SourceConfig source;
  source.url = from.url;
  source.branch = from.branch;
  source.tag = from.tag;
  source.commit = from.commit;
  source.path = from.path;
  source.timeout = from.timeout;
  source.ssh_key = from.ssh_key;
  source.known_hosts = from.known_hosts;
  source.username = from.username;
  source.password_file = from.password_file;
  source.ca_file = from.ca_file;
  const fs::path mirror =
      fs::temp_directory_path() / ("slipway-doctor-" + std::to_string(::getpid()) + ".git");
  GitSource git(source, mirror.string());
  const auto fetched = git.Fetch();
  std::error_code ignored;
  fs::remove_all(mirror, ignored);
  if (!fetched)
    return {
        {Level::kBad, "repository", fetched.error().error.message, "correct source.… in the daemon's file"}};
  return {{Level::kGood, "repository", git.display_url() + " at " + fetched->name, ""}};
}

Findings LookAtSecrets(const DaemonConfig& config) {
  IdentitySources sources;
  sources.files = config.identity_files;
  sources.environment = [](const char* name) -> const char* { return std::getenv(name); };
  const auto loaded = LoadIdentities(sources);
  if (!loaded) return {{Level::kBad, "identities", loaded.error().message, "see contrib/SECRETS.md"}};
  Findings findings;
  for (const std::string& note : loaded->notes) findings.push_back({Level::kGood, "identities", note, ""});
  if (findings.empty()) {
    findings.push_back({Level::kWarning, "identities",
                        "none: encrypted files of the repository cannot be opened",
                        "name a file in secrets.identity_files, where the repository holds encrypted files"});
  }
  return findings;
}

}  // namespace slipway::cli
