#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reconciler/import/imported.h"
#include "reconciler/import/patch_order.h"
#include "schema/fleet/fleet.h"

namespace slipway::imports {

/// An import under way: what it has written and remarked so far.
class Draft {
 public:
  explicit Draft(std::string file) : file_(std::move(file)) {}

  void Lost(Mark mark, std::string what, std::string advice);
  void ToDo(Mark mark, std::string what, std::string advice);
  void Note(Mark mark, std::string what, std::string advice);

  /// Adds a file; when the path is taken by other bytes, under the next free name. Returns its path.
  std::string AddFile(const std::string& path, std::string bytes);

  /// Adds a resource, or several of one file; `head` are lines of a comment.
  void AddResources(const std::string& path, const std::vector<const yaml::Value*>& resources,
                    const std::vector<std::string>& head = {});

  /// Where the text of a patch goes.
  enum class Place {
    kShortest,  ///< into the resource when it is one mapping, else into a file
    kFile,      ///< `patches/<name>.yaml`: a file can be encrypted, a resource cannot
  };
  /// A patch of these documents; a list is a JSON patch. Returns its place in patches().
  size_t AddPatch(Scope scope, const std::string& name, std::vector<yaml::Value> documents,
                  Place place = Place::kShortest);
  /// A patch that is a file already. `documents` are empty when nobody can look inside.
  size_t AddPatchFile(Scope scope, const std::string& path, std::vector<yaml::Value> documents);

  const std::vector<PatchItem>& patches() const { return patches_; }
  const std::string& file() const { return file_; }
  const std::map<std::string, std::string>& files() const { return out_.files; }

  /// Sorts the remarks and hands everything over.
  Imported Finish();

 private:
  void Add(RemarkKind kind, Mark mark, std::string what, std::string advice);

  std::string file_;
  Imported out_;
  std::vector<PatchItem> patches_;
  std::set<std::string> said_;
};

/// `{kernel, initramfs}` for Cluster.spec.boot and Node.spec.boot, and the Assets that they name.
class BootFiles {
 public:
  /// `factory` is the image factory's address, `https://factory.talos.dev`.
  explicit BootFiles(std::string factory) : factory_(std::move(factory)) {}

  /// The boot files that the image factory makes of a schematic, each an Asset under a name of its own.
  yaml::Value Of(const std::string& schematic, const TalosVersion& version, Arch arch);
  /// The Assets, sorted by name. Their digests are zeros: only who downloads a file can know its own.
  const std::map<std::string, yaml::Value>& assets() const { return assets_; }

 private:
  std::string factory_;
  std::map<std::string, yaml::Value> assets_;
};

/// Writes site.yaml and assets.yaml with what the user must fill in, and says so.
void AddSiteAndAssets(Draft& draft, const std::string& name, const BootFiles& boot_files);

/// `[{file: …}, {inline: …}]` for a list of places in draft.patches().
yaml::Value PatchList(const Draft& draft, const std::vector<size_t>& items);

/// Puts the patches of a placement into the Cluster's and the Nodes' specs.
void AttachPatches(const Draft& draft, const Placement& placement, yaml::Value& cluster_spec,
                   const std::vector<yaml::Value*>& node_specs);

}  // namespace slipway::imports
