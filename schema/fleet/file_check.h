#pragma once

#include <map>
#include <set>
#include <string>

#include "schema/fleet/decode.h"
#include "schema/fleet/key_file.h"
#include "schema/fleet/load.h"

namespace slipway {

/// Checks the files that resources refer to: each exists, is a plain file, and is YAML, or of keys. Keeps
/// what it found by content id, and looks at a file once however many resources name it.
class FileChecker {
 public:
  explicit FileChecker(const LoadLimits& limits) : limits_(limits) {}

  /// Begins with another tree; what is known of unchanged files stays known. Nothing is said of `reported`
  /// files: that they cannot be read was found out elsewhere.
  void Begin(const SourceTree& tree, std::set<std::string> reported);
  Result<void> Check(const Resource& resource, Diagnostics& diagnostics);
  /// Forgets files that nothing named since Begin.
  void End();

 private:
  struct Known {
    std::string content_id;
    Diagnostics problems;  ///< inside the file
    bool used = false;
  };

  /// The file, or nullptr once it was reported why there is none.
  const SourceTree::Entry* FindFile(const FileRef& ref, Reporter& reporter) const;
  Result<void> CheckRef(const FileRef& ref, const std::string& from, Diagnostics& diagnostics);
  Result<void> CheckPatches(const std::vector<Patch>& patches, const std::string& from,
                            Diagnostics& diagnostics);
  Result<void> CheckKeys(const FileRef& ref, KeyFile kind, const std::string& from, Diagnostics& diagnostics);
  void ReportMissing(const FileRef& ref, Reporter& reporter) const;

  LoadLimits limits_;
  const SourceTree* tree_ = nullptr;
  std::set<std::string> reported_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace slipway
