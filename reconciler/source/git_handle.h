#pragma once

#include <git2.h>

#include <memory>

/// Owners of libgit2's objects. Private to this room.
namespace slipway::git {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Repository = std::unique_ptr<git_repository, Deleter<git_repository_free>>;
using Remote = std::unique_ptr<git_remote, Deleter<git_remote_free>>;
using Commit = std::unique_ptr<git_commit, Deleter<git_commit_free>>;
using Tree = std::unique_ptr<git_tree, Deleter<git_tree_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Deleter<git_tree_entry_free>>;
using Object = std::unique_ptr<git_object, Deleter<git_object_free>>;
using Blob = std::unique_ptr<git_blob, Deleter<git_blob_free>>;
using PackBuilder = std::unique_ptr<git_packbuilder, Deleter<git_packbuilder_free>>;
using RevWalk = std::unique_ptr<git_revwalk, Deleter<git_revwalk_free>>;
using Diff = std::unique_ptr<git_diff, Deleter<git_diff_free>>;
using Odb = std::unique_ptr<git_odb, Deleter<git_odb_free>>;

/// Initialises libgit2 once in the process, with our options. Call before anything else.
void Start();

}  // namespace slipway::git
