#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// A resource as its own document says it: nothing is known of the others yet. Exactly one of the pointers is
/// set.
struct Resource {
  std::string name;  ///< "" when it has no usable one
  Mark name_mark;
  std::shared_ptr<const Site> site;
  std::shared_ptr<const Asset> asset;
  std::shared_ptr<const Cluster> cluster;
  std::shared_ptr<const Node> node;  ///< before the Site's defaults

  std::string_view KindName() const;
  const Origin& origin() const;
};

/// All that one file says.
struct DecodedFile {
  std::vector<Resource>
      resources;  ///< whatever could be read, for checks across resources, even beside errors
  Diagnostics diagnostics;
};

/// Whether the bytes may hold a resource, judged without parsing; a false alarm costs only time.
bool MayHoldResources(std::string_view bytes);

/// Reads, checks and decodes a file. A file none of whose documents is meant as a resource gives nothing at
/// all.
DecodedFile DecodeFile(std::string_view bytes, std::string_view path);

/// Where diagnostics of one document go.
class Reporter {
 public:
  Reporter(std::string_view file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}
  void Error(Mark mark, int code, std::string message, std::string fix);
  void Warning(Mark mark, int code, std::string message, std::string fix);
  void Add(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }
  std::string_view file() const { return file_; }

 private:
  std::string_view file_;
  Diagnostics& diagnostics_;
};

/// The `spec` of each kind into what it means. The schema was checked before: a field of the wrong type is
/// passed over here, its diagnostic is there already. Wrong forms are reported.
void DecodeSite(const yaml::Value& spec, Reporter& reporter, Site& site);
/// `guards`, where the spec has them.
void DecodeGuards(const yaml::Value& spec, Reporter& reporter, Guards& guards);
/// One entry of `subnets`, appended where it is right.
void DecodeSubnet(const yaml::Value& item, Reporter& reporter, Site& site);
void DecodeAsset(const yaml::Value& spec, Reporter& reporter, Asset& asset);
void DecodeCluster(const yaml::Value& spec, Reporter& reporter, Cluster& cluster);
/// `spec.talos` of a Cluster.
void DecodeTalos(const yaml::Value& talos, Reporter& reporter, Cluster& cluster);
void DecodeTalosOptions(const yaml::Value& talos, Reporter& reporter, TalosOptions& options);
void DecodeNode(const yaml::Value& spec, Reporter& reporter, Node& node);

/// `exit` of `install`, and `wipe` of the spec; nothing where it is not said. A wipe is checked against the
/// node's `install_revision` and `install_disk`.
std::optional<LocalBoot> DecodeLocalBoot(const yaml::Value& install, Reporter& reporter);
std::optional<Wipe> DecodeWipe(const yaml::Value& spec, Reporter& reporter, const Node& node);

/// What only some nodes say; nullptr when this one says none of it. `node` has its MACs and its install disk.
std::shared_ptr<const NodeDetails> DecodeDetails(const yaml::Value& spec, const Node& node,
                                                 Reporter& reporter);
std::vector<NetworkInterface> DecodeInterfaces(const yaml::Value& network,
                                               const std::vector<Located<Mac>>& identity, Reporter& reporter);
std::vector<Volume> DecodeVolumes(const yaml::Value& spec, Reporter& reporter);

// What the four have in common.

/// The value below nested keys; nullptr where one is missing.
const yaml::Value* Dig(const yaml::Value& value, std::initializer_list<std::string_view> keys);
/// The items of the list under `key`; empty when it is none.
const yaml::Sequence& ItemsOf(const yaml::Value& value, std::string_view key);
/// The text under `key`; "" when it is none.
Located<std::string> TextOf(const yaml::Value& value, std::string_view key);
/// The boolean, or integer, under `key`; nothing when it is none.
std::optional<bool> FlagOf(const yaml::Value& value, std::string_view key);
std::optional<int64_t> NumberOf(const yaml::Value& value, std::string_view key);
/// The duration under `key`, in seconds; `otherwise` when it is none.
uint32_t SecondsOf(const yaml::Value& value, std::string_view key, uint32_t otherwise);
/// Text for a message: in back-ticks, shortened, without control characters.
std::string Tick(std::string_view text);
/// Likewise for a URL, without the credentials it may hold.
std::string TickUrl(std::string_view url);
std::vector<Patch> DecodePatches(const yaml::Value& parent, std::string_view key, Reporter& reporter);
/// The patches under `selectors`.
std::vector<PatchSelector> DecodePatchSelectors(const yaml::Value& patches, Reporter& reporter);
Located<std::string> DecodeFileRef(const yaml::Value& parent, std::string_view key, Reporter& reporter);
std::optional<Located<Ipv4>> DecodeHostAddress(const yaml::Value& value, std::string_view what,
                                               Reporter& reporter);
/// The DNS domain under `domain`; "" when there is none.
std::string DecodeDomain(const yaml::Value& parent, Reporter& reporter);
std::vector<Located<Ipv4>> DecodeNameservers(const yaml::Value& parent, Reporter& reporter);

}  // namespace slipway
