#include "schema/contract/manifest.h"

#include <algorithm>

#include "schema/contract/json_text.h"
#include "schema/contract/manifest_boot.h"
#include "schema/contract/manifest_network.h"
#include "schema/contract/manifest_words.h"

namespace slipway {
namespace {

void AppendFile(std::string& out, const FileEntry& file) {
  out += '{';
  AppendField(out, "path", file.path);
  out += ",\"sha256\":\"";
  out += file.digest.ToHex();
  out += "\",\"size\":";
  out += std::to_string(file.size);
  out += ',';
  AppendField(out, "kind", ToString(file.kind));
  out += '}';
}

template <class List, class Append>
void AppendLines(std::string& out, std::string_view key, const List& list, Append append) {
  out += '"';
  out += key;
  out += "\":[";
  bool first = true;
  for (const auto& item : list) {
    out += first ? "\n" : ",\n";
    first = false;
    append(out, item);
  }
  out += "\n]";
}

/// What the gate, the DHCP server and the DNS responder go by; left out where it is the default.
/// A line of its own, where there is something to say.
void AppendOptional(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  AppendField(out, key, value);
  out += ",\n";
}

void AppendNetwork(std::string& out, const Manifest& manifest) {
  out += "\"configWindow\":" + std::to_string(manifest.config_window_seconds) + ",\n";
  if (manifest.dns.enabled) {
    AppendField(out, "dnsDomain", manifest.dns.domain);
    out += ",\n\"dnsTtl\":" + std::to_string(manifest.dns.ttl_seconds) + ",\n";
  }
  const auto rows = [&out](std::string_view key, const auto& list, auto append) {
    if (list.empty()) return;
    AppendLines(out, key, list, append);
    out += ",\n";
  };
  rows("subnets", manifest.subnets, AppendSubnet);
  rows("names", manifest.names, AppendName);
  rows("clusters", manifest.clusters, AppendCluster);
}

}  // namespace

std::string_view ToString(FileKind kind) {
  switch (kind) {
    case FileKind::kEntryScript:
      return "entryScript";
    case FileKind::kMachineScript:
      return "machineScript";
    case FileKind::kMachineConfig:
      return "machineConfig";
    case FileKind::kAsset:
      return "asset";
    case FileKind::kLoaderConfig:
      return "loaderConfig";
    case FileKind::kLocalBoot:
      return "localBoot";
    case FileKind::kWipeScript:
      return "wipeScript";
  }
  return "";
}

std::optional<FileKind> ParseFileKind(std::string_view text) {
  for (const FileKind kind :
       {FileKind::kEntryScript, FileKind::kMachineScript, FileKind::kMachineConfig, FileKind::kAsset,
        FileKind::kLoaderConfig, FileKind::kLocalBoot, FileKind::kWipeScript}) {
    if (ToString(kind) == text) return kind;
  }
  return std::nullopt;
}

const FileEntry* Manifest::FindFile(std::string_view path) const {
  const auto it =
      std::lower_bound(files.begin(), files.end(), path,
                       [](const FileEntry& file, std::string_view key) { return file.path < key; });
  return it != files.end() && it->path == path ? &*it : nullptr;
}

const BootEntry* Manifest::FindMac(const Mac& mac) const {
  const auto it = std::lower_bound(boot.begin(), boot.end(), mac,
                                   [](const BootEntry& entry, const Mac& key) { return entry.mac < key; });
  return it != boot.end() && it->mac == mac ? &*it : nullptr;
}

std::string EncodeManifest(const Manifest& manifest) {
  std::string out;
  out.reserve(512 + manifest.files.size() * 180 + manifest.boot.size() * 300);
  out += "{\n";
  AppendField(out, "format", kManifestFormat);
  out += ",\n";
  AppendField(out, "site", manifest.site);
  out += ",\n";
  AppendField(out, "bootServer", manifest.boot_server.ToString());
  out += ",\n";
  AppendField(out, "unknownMachines", ToString(manifest.unknown_machines));
  out += ",\n";
  AppendField(out, "configAccess", ToString(manifest.config_access));
  out += ",\n";
  AppendNetwork(out, manifest);
  AppendLines(out, "files", manifest.files, AppendFile);
  out += ",\n";
  AppendLines(out, "boot", manifest.boot, AppendBoot);
  out += "\n}\n";
  return out;
}

TrustBase TrustBaseOf(const RevisionInfo& revision) {
  TrustBase base = revision.trust;
  if (base.commit.empty()) base = {revision.commit, "", "", ""};
  return base;
}

std::string EncodeRevision(const RevisionInfo& revision) {
  std::string out = "{\n";
  AppendField(out, "format", kRevisionFormat);
  out += ",\n\"number\":" + std::to_string(revision.number) + ",\n";
  AppendField(out, "revision", revision.revision);
  out += ",\n";
  AppendField(out, "commit", revision.commit);
  out += ",\n";
  AppendField(out, "author", revision.author);
  out += ",\n";
  AppendField(out, "subject", revision.subject);
  out += ",\n\"committedAt\":" + std::to_string(revision.committed_at);
  out += ",\n\"publishedAt\":" + std::to_string(revision.published_at) + ",\n";
  AppendField(out, "treeDigest", revision.tree_digest);
  out += ",\n";
  const TrustBase& trust = revision.trust;
  AppendOptional(out, "signer", revision.signer);
  AppendOptional(out, "pullRequest", revision.pull_request);
  AppendOptional(out, "commits", revision.commits);
  AppendOptional(out, "restoredFrom", revision.restored_from);
  AppendOptional(out, "restoredBy", revision.restored_by);
  AppendOptional(out, "guards", revision.guards);
  AppendOptional(out, "acceptedBy", revision.accepted_by);
  AppendOptional(out, "trustCommit", trust.commit);
  AppendOptional(out, "allowedSigners", trust.allowed_signers);
  AppendOptional(out, "revokedKeys", trust.revoked_keys);
  AppendOptional(out, "pgpKeys", trust.pgp_keys);
  AppendLines(out, "retainedAssets", revision.retained_assets, AppendFile);
  out += "\n}\n";
  return out;
}

std::string TreeDigest(std::string_view encoded_manifest) { return TreeDigest(Sha256::Of(encoded_manifest)); }
std::string TreeDigest(const Sha256& of_manifest) { return "sha256:" + of_manifest.ToHex(); }

std::string MachineScriptPath(const Mac& mac) { return "nodes/" + mac.ToHyphens() + ".ipxe"; }
std::string_view SuffixOf(Loader loader) {
  switch (loader) {
    case Loader::kIpxe:
      return ".ipxe";
    case Loader::kGrub:
      return ".grub.cfg";
    case Loader::kPxelinux:
      return ".pxelinux.cfg";
  }
  return "";
}
std::string MachineWipePath(const Mac& mac, Loader loader) {
  return "nodes/" + mac.ToHyphens() + ".wipe" + std::string(SuffixOf(loader));
}
std::string MachineGrubPath(const Mac& mac) { return "nodes/" + mac.ToHyphens() + ".grub.cfg"; }
std::string MachinePxelinuxPath(const Mac& mac) { return "nodes/" + mac.ToHyphens() + ".pxelinux.cfg"; }
std::string MachineConfigPath(const Mac& mac) { return "talos/configs/" + mac.ToHyphens() + ".yaml"; }
std::string AssetPath(const Sha256& digest, std::string_view name) {
  return "assets/" + digest.ToHex() + '/' + std::string(name);
}

}  // namespace slipway
