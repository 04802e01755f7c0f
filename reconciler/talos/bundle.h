#pragma once

#include <string>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/yaml.h"

#include <tl/expected.hpp>

namespace slipway::talos {

/// A certificate and its private key, as PEM text.
struct Identity {
  std::string crt;
  std::string key;
  bool operator==(const Identity&) const = default;
};

/// Every secret of a cluster: what `talosctl gen secrets` writes (pkg/machinery/config/generate/secrets). All
/// of it is to be kept from logs and messages.
struct Bundle {
  std::string cluster_id;  ///< opaque
  std::string cluster_secret;
  std::string bootstrap_token;
  std::string secretbox_secret;  ///< one of this and the next is empty
  std::string aescbc_secret;
  std::string trustd_token;
  Identity etcd;
  Identity kubernetes;
  Identity aggregator;
  std::string service_account_key;
  Identity os;
  bool operator==(const Bundle&) const = default;
};

/// What is wrong with a bundle, at its place; the texts hold no secret.
struct BundleProblem {
  Mark mark;
  int code = 0;  ///< code::kBundleField or code::kBundleKey
  std::string message;
  std::string fix;
};

/// Reads a bundle and checks it: every field is there, there is exactly one encryption secret, secrets and
/// tokens have their forms, every PEM text parses, each certificate is for its key. All problems at once.
/// Fields that Talos does not know are passed over, as it does.
tl::expected<Bundle, std::vector<BundleProblem>> ReadBundle(const yaml::Value& root);

/// The file that `talosctl gen secrets` would write; the same order of fields.
yaml::Value WriteBundle(const Bundle& bundle);

}  // namespace slipway::talos
