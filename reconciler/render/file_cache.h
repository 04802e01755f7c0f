#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/secrets/decryptor.h"
#include "schema/fleet/result.h"
#include "schema/fleet/source_tree.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// A YAML file of the repository that is not a resource: a base config or a patch.
struct YamlFile {
  std::string path;
  std::string content_id;
  yaml::Stream stream;  ///< decrypted
  secrets::Encryption encryption = secrets::Encryption::kNone;
  std::vector<std::string> secrets;  ///< texts that were encrypted in it
};

/// Reads, decrypts and parses the files that resources refer to, each once per content. Entries that a pass
/// did not use are dropped by EndPass(). Not thread-safe.
class FileCache {
 public:
  explicit FileCache(secrets::Decryptor decryptor = {}) : decryptor_(std::move(decryptor)) {}

  /// The parsed file; its problems are in `stream.problems`. An error is trouble with reading, or a missing
  /// file (which loading has ruled out). The pointer stays valid while shared.
  Result<std::shared_ptr<const YamlFile>> Get(const SourceTree& tree, std::string_view path);

  void EndPass();

 private:
  struct Slot {
    std::shared_ptr<const YamlFile> file;
    bool used = false;
  };
  secrets::Decryptor decryptor_;
  std::map<std::string, Slot, std::less<>> slots_;  ///< by path
};

}  // namespace slipway
