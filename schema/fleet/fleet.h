#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/guards.h"
#include "schema/fleet/install.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/label_selector.h"
#include "schema/fleet/links.h"
#include "schema/fleet/located.h"
#include "schema/fleet/mac.h"
#include "schema/fleet/network.h"
#include "schema/fleet/talos_options.h"
#include "schema/fleet/volumes.h"
#include "schema/fleet/yaml.h"

/// What users write, once it is known to be right. Plain values, compared with ==.
namespace slipway {

/// Where a resource came from.
struct Origin {
  std::string file;
  Mark mark;  ///< of the document's first line
  bool operator==(const Origin&) const = default;
};

enum class Arch : uint8_t { kAmd64, kArm64 };
enum class Role : uint8_t { kControlPlane, kWorker };
enum class UnknownAction : uint8_t { kIgnore, kReport, kWait };
enum class SaidBy : uint8_t { kNode, kSite };
enum class ConfigAccess : uint8_t { kOpen, kNeighbor, kWindow };

/// The program that firmware starts, which then starts the system.
enum class Loader : uint8_t { kIpxe, kGrub, kPxelinux };
std::string_view ToString(Loader loader);  ///< "ipxe", "grub", "pxelinux"
std::optional<Loader> ParseLoader(std::string_view text);

std::string_view ToString(Arch arch);             ///< "amd64", "arm64"
std::string_view ToString(Role role);             ///< "controlplane", "worker"
std::string_view ToString(UnknownAction action);  ///< "ignore", "report", "wait"
std::string_view ToString(ConfigAccess access);   ///< "open", "neighbor", "window"
std::optional<Arch> ParseArch(std::string_view text);
std::optional<Role> ParseRole(std::string_view text);
std::optional<UnknownAction> ParseUnknownAction(std::string_view text);
std::optional<ConfigAccess> ParseConfigAccess(std::string_view text);

/// `http://host[:port]`, the URL machines are told. No path, no query, no credentials.
struct BootServerUrl {
  std::string host;  ///< an IPv4 literal or a DNS name
  uint16_t port = 80;
  bool operator==(const BootServerUrl&) const = default;
  std::string ToString() const;  ///< without a trailing slash; the port is left out when it is 80
};

/// Files of the repository with the keys that may sign the revisions after the one that names them; "" where
/// there is none.
struct VerifyFiles {
  Located<std::string> allowed_signers;
  Located<std::string> revoked_keys;
  Located<std::string> pgp_keys;
  bool operator==(const VerifyFiles&) const = default;
};

struct Site {
  Origin origin;
  std::string name;
  BootServerUrl boot_server;
  UnknownAction unknown_machines = UnknownAction::kIgnore;
  ConfigAccess config_access = ConfigAccess::kNeighbor;
  uint32_t config_window_seconds = 900;  ///< for ConfigAccess::kWindow, and for machines behind a relay
  std::vector<Subnet> subnets;
  DnsSettings dns;
  Guards guards;
  VerifyFiles verify;
  bool require_encrypted_secrets = false;  ///< clear secrets are an error instead of a warning
  bool operator==(const Site&) const = default;
};

struct Asset {
  Origin origin;
  std::string name;
  std::string url;     ///< https://, http:// or file://
  std::string sha256;  ///< 64 lower-case hex digits
  bool operator==(const Asset&) const = default;
};

/// v1.11.6 or v1.14.0-rc.1. `minor` chooses Talos' version contract.
struct TalosVersion {
  int major = 1;
  int minor = 0;
  int patch = 0;
  std::string prerelease;  ///< "rc.1", "" for a release
  bool operator==(const TalosVersion&) const = default;
  static std::optional<TalosVersion> Parse(std::string_view text);  ///< with or without the leading v
  std::string ToString() const;                                     ///< with it
};

/// A file of the repository that a resource refers to, by path from the configured folder.
using FileRef = Located<std::string>;

/// A patch written in place, with the marks of the resource's own file: the documents of a strategic merge
/// patch, or one list of JSON patch operations.
struct InlinePatch {
  std::vector<yaml::Value> documents;
  bool json = false;  ///< given as a text that is JSON
  bool operator==(const InlinePatch&) const = default;
};

/// A patch of the machine config: a file, or written in place.
struct Patch {
  std::variant<FileRef, InlinePatch> body;
  Mark mark;
  bool operator==(const Patch& other) const { return body == other.body; }
};

/// Patches for the nodes whose labels match.
struct PatchSelector {
  LabelSelector selector;
  std::vector<Patch> patches;
  bool operator==(const PatchSelector&) const = default;
};

struct BootAssets {
  Located<std::string> kernel;  ///< names of Assets
  Located<std::string> initramfs;
  bool operator==(const BootAssets&) const = default;
};

struct BootMenu {
  bool enabled = false;
  int timeout_seconds = 10;
  bool operator==(const BootMenu&) const = default;
};

struct Cluster {
  Origin origin;
  std::string name;
  std::string endpoint;  ///< https://host:port
  TalosVersion talos_version;
  std::string kubernetes_version;  ///< "v1.34.1"; "" when not given
  FileRef base_controlplane;       ///< "" when no node of the cluster needs it, and beside `secrets`
  FileRef base_worker;
  FileRef secrets;  ///< a secrets bundle to make the base configs from; "" where they are files
  FileRef schema;   ///< Talos' own JSON schema of the cluster's version; "" when it is not given
  TalosOptions talos;
  std::map<Arch, BootAssets> boot;
  std::vector<std::string> kernel_args;  ///< after the defaults; a leading "-" removes a default
  BootMenu menu;
  std::vector<Volume> volumes;
  std::vector<Patch> patches_all;
  std::vector<Patch> patches_controlplane;
  std::vector<Patch> patches_worker;
  std::vector<PatchSelector>
      patch_selectors;  ///< applied in this order, after the role's and before the node's
  bool operator==(const Cluster&) const = default;
};

/// Chooses the install disk by what it is (v1alpha1 InstallDiskSelector), or by CEL from Talos 1.14.
struct DiskSelector {
  std::vector<std::pair<std::string, Located<std::string>>> fields;  ///< by the v1alpha1 names; never `match`
  Located<std::string> match;
  Mark mark;
  bool operator==(const DiskSelector& other) const { return fields == other.fields && match == other.match; }
};

using TextMap = std::vector<std::pair<std::string, Located<std::string>>>;  ///< in source order

/// What only some nodes say: apart, so that ten thousand plain ones stay small.
struct NodeDetails {
  std::vector<std::string> search_domains;
  std::vector<NetworkInterface> interfaces;
  std::optional<DiskSelector> disk_selector;
  std::optional<Located<TalosVersion>> talos_version;  ///< instead of the cluster's
  std::string schematic;
  std::string install_image;
  std::optional<BootAssets> boot;  ///< instead of the cluster's
  std::optional<Loader> loader;    ///< default: iPXE; on arm64 GRUB too
  std::optional<LocalBoot> exit;   ///< default: back to the firmware
  std::optional<Wipe> wipe;
  TextMap labels;
  TextMap annotations;
  TextMap taints;
  std::vector<Volume> volumes;
  std::string text;  ///< all of the above as the user's YAML, in one form: equal texts say the same
  bool operator==(const NodeDetails& other) const { return text == other.text; }
};

struct Node {
  Origin origin;
  std::string name;
  Labels labels;
  Located<std::string> cluster;
  Role role = Role::kWorker;
  Arch arch = Arch::kAmd64;
  std::vector<Located<Mac>>
      macs;                   ///< at least one; the first is the node's own in file names shown to people
  Located<std::string> uuid;  ///< lower case; "" when not given
  Located<std::string> serial;
  Located<std::string> hostname;  ///< default: name
  std::vector<Located<Ipv4Prefix>> addresses;
  std::optional<Located<Ipv4>> gateway;  ///< after the Site's subnet defaults
  std::vector<Located<Ipv4>> nameservers;
  SaidBy gateway_by = SaidBy::kNode;  ///< whose file the places are in
  SaidBy nameservers_by = SaidBy::kNode;
  Located<std::string> install_disk;           ///< "" keeps the base's
  uint32_t install_revision = 0;               ///< 0: installations are not counted
  std::shared_ptr<const NodeDetails> details;  ///< what few nodes say; nullptr when it says none of it
  std::vector<Patch> patches;
  bool operator==(const Node& other) const;

  const NodeDetails& Details() const;  ///< an empty one when there are none
};

/// Everything a valid revision says. Resources are shared with the loader's cache and never change.
struct Fleet {
  std::shared_ptr<const Site> site;
  std::map<std::string, std::shared_ptr<const Cluster>, std::less<>> clusters;
  std::map<std::string, std::shared_ptr<const Asset>, std::less<>> assets;
  std::vector<std::shared_ptr<const Node>> nodes;  ///< sorted by name
};

}  // namespace slipway
