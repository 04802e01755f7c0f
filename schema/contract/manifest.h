#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/contract/sha256.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/mac.h"
#include "schema/fleet/result.h"

namespace slipway {

/// What a published file is. It decides who may have it (bootnet/catalog/decide.h).
enum class FileKind : uint8_t {
  kEntryScript,    ///< boot.ipxe: for everybody
  kMachineScript,  ///< nodes/<mac>.ipxe: for that machine
  kMachineConfig,  ///< talos/configs/<mac>.yaml: for that machine, holds secrets
  kAsset,          ///< assets/<sha256>/…: for approved machines
  kLoaderConfig,   ///< nodes/<mac>.grub.cfg, .pxelinux.cfg: for that machine
  kLocalBoot,      ///< local/….ipxe: boots a disk; for approved machines
  kWipeScript,     ///< nodes/<mac>.wipe.ipxe: for that machine, and only when its wipe is due
};

struct FileEntry {
  std::string path;  ///< relative to the generation, `/`-separated
  Sha256 digest;
  uint64_t size = 0;
  FileKind kind = FileKind::kEntryScript;
  bool operator==(const FileEntry&) const = default;
};

/// One row of the boot table: a MAC that is approved, and what it gets.
struct BootEntry {
  Mac mac;
  std::string node;
  std::string cluster;
  Role role = Role::kWorker;
  Arch arch = Arch::kAmd64;
  std::string hostname;
  std::string uuid;    ///< cross-check only: a mismatch is reported, not refused. "" when not given
  std::string serial;  ///< likewise
  std::string script;  ///< path of its machine script
  std::string config;  ///< path of its machine config
  std::string source;  ///< provenance: `nodes/worker-02.yaml:1`, the file and line of its Node
  std::optional<Ipv4Prefix> address;  ///< its first static address inside a subnet of the Site
  Loader loader = Loader::kIpxe;
  uint32_t install_revision = 0;  ///< 0: installations are not counted, the script is served at every boot
  std::string local_script;       ///< path of what boots its disk once it is installed; "" where not counted
  std::string wipe_script;  ///< path of the script that wipes its disk first; "" where none is asked for
  int64_t wipe_until = 0;   ///< Unix seconds: from then on the wipe no longer counts
  bool operator==(const BootEntry&) const = default;
};

/// A name that the DNS responder answers for.
struct DnsName {
  std::string name;  ///< lower case, without a trailing dot
  std::vector<Ipv4> addresses;
  bool operator==(const DnsName&) const = default;
};

/// What the boot network must know of a cluster.
struct ClusterEntry {
  std::string name;
  std::string os_ca;  ///< PEM of the certificates that its Talos API is trusted by (machine.ca, acceptedCAs)
  bool operator==(const ClusterEntry&) const = default;
};

/// manifest.json of a generation: all that the boot network needs to know. A function of the tree alone.
struct Manifest {
  std::string site;
  BootServerUrl boot_server;
  UnknownAction unknown_machines = UnknownAction::kIgnore;
  ConfigAccess config_access = ConfigAccess::kNeighbor;
  uint32_t config_window_seconds = 900;
  DnsSettings dns;
  std::vector<Subnet> subnets;         ///< as in the Site
  std::vector<DnsName> names;          ///< sorted; empty where DNS is not enabled
  std::vector<ClusterEntry> clusters;  ///< sorted by name; those that count an installation
  std::vector<FileEntry> files;        ///< sorted by path
  std::vector<BootEntry> boot;         ///< sorted by MAC
  bool operator==(const Manifest&) const = default;

  const FileEntry* FindFile(std::string_view path) const;
  const BootEntry* FindMac(const Mac& mac) const;
};

/// What the next revision is measured by. It is part of revision.json, so that it moves with the rename that
/// makes a generation live and with nothing else.
struct TrustBase {
  std::string commit;  ///< the newest that was served: a rollback leaves it where it is
  std::string
      allowed_signers;  ///< texts of the key files that the Site of `commit` names; "" where it names none
  std::string revoked_keys;
  std::string pgp_keys;
  bool operator==(const TrustBase&) const = default;
};

/// revision.json beside it: what does not belong to the tree's identity.
struct RevisionInfo {
  uint64_t number = 0;   ///< of the generation, growing
  std::string revision;  ///< Flux's form: main@sha1:<40 hex>
  std::string commit;    ///< the hash alone
  std::string author;    ///< "Name <mail>"
  std::string subject;
  int64_t committed_at = 0;  ///< Unix seconds
  int64_t published_at = 0;  ///< Unix seconds
  std::string
      pull_request;  ///< that the commit merged, as its forge writes it: "#12", "!34"; "" where it says none
  std::string commits;  ///< what was merged since what was served before (merged_commits.h); "": it alone
  std::string restored_from;  ///< the generation that its files are of; "" where they were made for it
  std::string restored_by;    ///< an operator's part in what it changes: "a rollback of root"; "" for none
  std::string guards;         ///< what the next revision is measured by (guards_text.h)
  std::string tree_digest;    ///< "sha256:…" of the manifest's bytes
  std::string signer;         ///< who signed the commit; "" where nobody looked
  std::string accepted_by;    ///< whose word let it pass the checks; "" where none was needed
  TrustBase trust;            ///< see TrustBaseOf
  std::vector<FileEntry> retained_assets;  ///< named by a generation of the last 24 h, no more by this one
  bool operator==(const RevisionInfo&) const = default;
};

/// JSON, sorted keys, one file and one boot row a line so that `diff` is useful. Equal manifests give equal
/// bytes.
std::string EncodeManifest(const Manifest& manifest);
/// Strict: an unknown format version, a bad digest, an unsorted list or a path that could leave the
/// generation is an error. Meant to be fast: 20,000 files in well under 100 ms.
Result<Manifest> DecodeManifest(std::string_view json);

/// Its trust base; of a revision.json that has none, its own commit without keys.
TrustBase TrustBaseOf(const RevisionInfo& revision);

std::string EncodeRevision(const RevisionInfo& revision);
Result<RevisionInfo> DecodeRevision(std::string_view json);

/// "sha256:<hex>" of the encoded manifest: the identity of a generation's content.
std::string TreeDigest(std::string_view encoded_manifest);
std::string TreeDigest(const Sha256& of_manifest);

/// Names inside a state directory and a generation. The only place that spells them.
inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kRevisionName = "revision.json";
inline constexpr std::string_view kCurrentName = "current";
inline constexpr std::string_view kGenerationsName = "generations";
inline constexpr std::string_view kEntryScriptPath = "boot.ipxe";
inline constexpr std::string_view kUnknownPath =
    "unknown";  ///< no file: where unknown machines tell what they are
inline constexpr std::string_view kAssetStoreName = "assets";  ///< <state_dir>/assets/<sha256>
std::string MachineScriptPath(const Mac& mac);                 ///< nodes/6c-4b-….ipxe
std::string_view SuffixOf(Loader loader);                      ///< ".ipxe", ".grub.cfg", ".pxelinux.cfg"
std::string MachineWipePath(const Mac& mac, Loader loader);    ///< nodes/6c-4b-….wipe.ipxe
std::string MachineGrubPath(const Mac& mac);                   ///< nodes/6c-4b-….grub.cfg
std::string MachinePxelinuxPath(const Mac& mac);               ///< nodes/6c-4b-….pxelinux.cfg
std::string MachineConfigPath(const Mac& mac);                 ///< talos/configs/6c-4b-….yaml
std::string AssetPath(const Sha256& digest, std::string_view name);  ///< assets/<hex>/vmlinuz

}  // namespace slipway
