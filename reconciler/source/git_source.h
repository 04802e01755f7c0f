#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/source/git_error.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

struct SourceConfig {
  std::string url;
  std::string branch;  ///< at most one of branch, tag, commit; none: the remote's HEAD
  std::string tag;
  std::string commit;  ///< 40 hex digits
  std::string path = ".";
  std::chrono::seconds timeout{60};
  std::string ssh_key;
  std::string known_hosts;
  std::string username;
  std::string password_file;
  std::string ca_file;
  std::string tag_prefix;  ///< refs/tags/…: those that begin so and point at the revision come with it
};

/// A commit and what people want to know of it.
struct Revision {
  std::string commit;  ///< 40 hex digits
  std::string name;    ///< Flux's form: main@sha1:<commit>, sha1:<commit> where no reference was asked for
  std::string author;  ///< "Name <mail>"
  std::string subject;
  std::string message;            ///< the whole of it, at most 16 KiB
  int64_t committed_at = 0;       ///< Unix seconds
  std::vector<std::string> tags;  ///< hashes of the tag objects that config.tag_prefix asks for, at most 16
};

/// A commit of a first-parent line.
struct CommitChanges {
  Revision revision;
  std::vector<std::string> files;  ///< below config.path, against its first parent; sorted
  bool all_files = false;          ///< more than are listed: take it for all
};

enum class Ancestry { kDescendant, kRewritten, kUnknown };

/// The Git side of the path: a remote, and a bare mirror of the one reference that is wanted. Runs libgit2,
/// so only in the worker process: it may hang or crash on what a hostile remote says. Not thread-safe.
class GitSource {
 public:
  GitSource(SourceConfig config, std::string mirror_path);
  ~GitSource();
  GitSource(const GitSource&) = delete;
  GitSource& operator=(const GitSource&) = delete;

  /// The newest revision at the remote. Asks for one reference advertisement; downloads, and writes to the
  /// disk, only when the mirror does not have the commit. A damaged mirror is moved aside and cloned again
  /// within the call.
  SourceResult<Revision> Fetch();

  /// The files of a fetched revision below config.path. The source must outlive the tree.
  SourceResult<std::unique_ptr<SourceTree>> ReadTree(const Revision& revision);

  /// What merging `head` onto `base` would be; both were fetched into this source's mirror. kConflict where
  /// it cannot be merged. The revision's name is that of the head.
  SourceResult<Revision> Merge(const Revision& base, const Revision& head);

  /// Whether history went on from `older` (a commit hash), or was rewritten. kUnknown when the remote lacks
  /// `older`: a mirror that does is cloned again first.
  Ancestry CompareWith(const Revision& newer, const std::string& older);

  /// The first-parent line from `newer` down to what `older` reaches, `newer` included;
  /// oldest first. With `older` empty, or unknown to the mirror, the whole line. kTreeTooLarge when it has
  /// more than `most` commits.
  SourceResult<std::vector<std::string>> FirstParents(const std::string& newer, const std::string& older,
                                                      size_t most);

  /// What the commits of the first-parent line from `newer` down to what `older` reaches changed, newest
  /// first: at most 64, those without any change below config.path left out. Repairs nothing: it is for
  /// people.
  SourceResult<std::vector<CommitChanges>> ChangesSince(const Revision& newer, const std::string& older);

  /// The bytes of a commit or a tag, at most 1 MiB. A damaged mirror is cloned again on the way.
  SourceResult<std::string> ReadObject(const std::string& hash);

  /// Keeps a commit and its history in the mirror even when the remote forgets it. Nothing where the mirror
  /// lacks it.
  void Keep(const std::string& commit);

  /// The configured URL without credentials.
  const std::string& display_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
