#pragma once

#include <map>
#include <memory>
#include <string>

#include "reconciler/render/file_cache.h"
#include "reconciler/render/patch_cache.h"
#include "reconciler/talos/bundle.h"
#include "reconciler/talos/documents.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"

namespace slipway {

/// What the nodes of one role in one cluster start from.
struct BaseConfig {
  std::string path;        ///< where a problem with it is shown: the base file, or the Cluster's
  std::string content_id;  ///< equal for equal documents
  talos::Documents documents;
  std::string install_image;  ///< of a base that was made: for a node that brings the install disk
  bool wipe = false;
};

/// A base config out of a file of the user's.
std::shared_ptr<const BaseConfig> BaseFromFile(const LoadedBase& loaded);

/// The certificates in PEM that the Talos API of such a machine chains to: machine.ca and
/// machine.acceptedCAs.
/// "" where there are none that can be read.
std::string OsAuthorities(const BaseConfig& base);

/// What is wrong with a base file for a role, a version and a cluster's Kubernetes version.
Diagnostics CheckBaseFile(const YamlFile& file, Role role, const TalosVersion& version,
                          const Cluster& cluster);

/// `problems` but for those at lines that `diagnostics` say more of.
talos::Problems WithoutLinesOf(const Diagnostics& diagnostics, const talos::Problems& problems);

/// Makes base configs out of secrets bundles, each once per content of the bundle, cluster, role and version.
/// Entries that a pass did not use are dropped by EndPass(). Not thread-safe.
class BaseCache {
 public:
  /// The base config, decoded for its version, or what is wrong with the bundle, at its lines. `source` is
  /// that of the Cluster's file, for the marks of its options.
  tl::expected<std::shared_ptr<const BaseConfig>, Diagnostics> Get(const YamlFile& bundle_file,
                                                                   const Cluster& cluster, Role role,
                                                                   const TalosVersion& version,
                                                                   uint32_t source);

  void EndPass();
  size_t made() const { return made_; }  ///< how many base configs were made since the beginning

 private:
  struct Known {
    tl::expected<talos::Bundle, std::vector<talos::BundleProblem>> bundle;
    bool used = false;
  };
  struct Made {
    std::shared_ptr<const BaseConfig> base;
    bool used = false;
  };

  const Known& Read(const YamlFile& file);

  std::map<std::string, Known> bundles_;  ///< by content id and path
  std::map<std::string, Made> bases_;     ///< by fingerprint of all inputs
  size_t made_ = 0;
};

/// SW1423, when the configs for `version` do not hold the encryption secret of the bundle.
void CheckEncryption(const YamlFile& bundle_file, const TalosVersion& version, Diagnostics& diagnostics);

}  // namespace slipway
