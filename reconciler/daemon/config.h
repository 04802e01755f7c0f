#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/forge/target.h"
#include "reconciler/trust/decide.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/result.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// What a revision must fulfil before it is loaded (contrib/TRUST.md).
struct VerifySettings {
  trust::Mode mode = trust::Mode::kOff;
  trust::HistoryRule history = trust::HistoryRule::kFastForward;
  std::string allowed_signers;  ///< files of this host; their keys count whatever the repository says
  std::string revoked_keys;
  std::string pgp_keys;
  bool operator==(const VerifySettings&) const = default;
};

struct SourceSettings {
  std::string url;
  std::string branch;  ///< at most one of branch, tag, commit; none of them: the remote's HEAD
  std::string tag;
  std::string commit;
  std::string path = ".";
  std::chrono::seconds interval{30};
  std::chrono::seconds timeout{60};
  std::string ssh_key;
  std::string known_hosts;
  std::string username;
  std::string password_file;
  std::string ca_file;
  VerifySettings verify;
  bool operator==(const SourceSettings&) const = default;
};

enum class DhcpSetting { kProxy, kServer, kAuto, kObserve, kOff };
std::string_view ToString(DhcpSetting setting);  ///< "proxy", "server", "auto", "observe", "off"
enum class DhcpProbing { kArp, kOff };

struct BootSettings {
  std::vector<std::string> interfaces;  ///< empty: every interface, which only works with DHCP off
  std::optional<Ipv4> address;          ///< default: the interface's first IPv4 address
  DhcpSetting dhcp = DhcpSetting::kProxy;
  DhcpProbing dhcp_probe = DhcpProbing::kArp;
  std::chrono::seconds dhcp_quiet{3600};  ///< for kAuto
  uint16_t dhcp_port = 67;
  uint16_t pxe_port = 4011;
  uint16_t tftp_port = 69;
  bool tftp_single_port = false;
  std::pair<uint16_t, uint16_t> tftp_port_range;  ///< first and last; zeros: any free port
  uint16_t http_port = 8080;
  std::optional<uint16_t> https_port;  ///< with both files below, or without all three
  std::string tls_certificate;
  std::string tls_key;
  uint16_t dns_port = 53;
  std::string ipxe_dir = "/usr/lib/ipxe";
  /// Where Debian's signed shim and GRUB, and PXELINUX, are.
  std::vector<std::string> loader_dirs{"/usr/lib/shim", "/usr/lib/grub/x86_64-efi-signed",
                                       "/usr/lib/grub/arm64-efi-signed", "/usr/lib/PXELINUX",
                                       "/usr/lib/syslinux/modules/bios"};
  bool operator==(const BootSettings&) const = default;
};

/// What is told to the forge that the repository is on.
struct ForgeSettings {
  std::optional<forge::Target> target;  ///< none: nothing is told
  std::string token_file;
  std::string ca_file;   ///< default: source.ca_file
  std::string page_url;  ///< where commit statuses link to
  bool comments = false;
  bool propose = false;
  std::chrono::seconds interval{60};  ///< between two looks at the pull requests
  bool operator==(const ForgeSettings&) const = default;
};

/// slipway.yaml: how this host runs the daemon. What is served is in Git, never here.
struct DaemonConfig {
  SourceSettings source;
  std::string state_dir = "/var/lib/slipway";
  BootSettings boot;
  std::string control_host = "127.0.0.1";
  uint16_t control_port = 8470;
  std::vector<std::string> identity_files;  ///< age identities that encrypted files are opened with
  ForgeSettings forge;
  std::vector<std::string> hook_secret_files;  ///< one secret each; any of them signs a webhook
  std::string talos_schemas;                   ///< folder of Talos' official schemas; "" for none
  std::vector<std::string> file_roots;         ///< folders that file:// assets may come from
  bool operator==(const DaemonConfig&) const = default;
};

/// One key of the file, which is also a flag: `source.url` is `--source-url`.
struct ConfigKey {
  enum class Kind { kText, kNumber, kSwitch, kList };
  std::string_view path;  ///< dotted
  Kind kind = Kind::kText;
  std::string_view help;

  std::string Flag() const;  ///< "--source-url"
};
std::span<const ConfigKey> ConfigKeys();

/// Writes a flag's value over what the file says. Repeated values make a list.
void OverrideKey(yaml::Value& document, const ConfigKey& key, const std::vector<std::string>& values);

/// "30s", "5m", "1h", "500ms" is not accepted below a second. nullopt: not a duration.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

/// Checks against daemon.schema.json and for what a schema cannot say, and reads the values. `file` is for
/// messages. Relative paths are taken from the working directory.
tl::expected<DaemonConfig, Diagnostics> DecodeConfig(const yaml::Value& document, std::string_view file);

}  // namespace slipway
