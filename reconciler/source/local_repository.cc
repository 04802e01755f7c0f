#include "reconciler/source/local_repository.h"

#include "reconciler/source/git_handle.h"
#include "reconciler/source/git_history.h"
#include "reconciler/source/git_tree.h"
#include "schema/fleet/utf8.h"

namespace slipway {

struct LocalRepository::Impl {
  git::Repository repository;
};

LocalRepository::LocalRepository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalRepository::~LocalRepository() = default;

SourceResult<std::unique_ptr<LocalRepository>> LocalRepository::Open(const std::string& place) {
  git::Start();
  // It is only read, and nothing in it is run: in a container of a CI the checkout is often somebody else's.
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  git_repository* opened = nullptr;
  if (git_repository_open_ext(&opened, place.c_str(), 0, nullptr) != 0) {
    return SourceFailure(SourceReason::kUrlInvalid, Reaction::kFixInput,
                         place + " is no Git repository on this machine, and lies in none");
  }
  auto impl = std::make_unique<Impl>();
  impl->repository.reset(opened);
  return std::unique_ptr<LocalRepository>(new LocalRepository(std::move(impl)));
}

SourceResult<Revision> LocalRepository::Resolve(const std::string& word) const {
  git_object* found = nullptr;
  git_object* peeled = nullptr;
  int code = git_revparse_single(&found, impl_->repository.get(), word.c_str());
  const git::Object found_owner(found);
  if (code == 0) code = git_object_peel(&peeled, found, GIT_OBJECT_COMMIT);
  const git::Object peeled_owner(peeled);
  if (code != 0) {
    return SourceFailure(SourceReason::kReferenceNotFound, Reaction::kFixInput,
                         "the repository has no commit `" + ForDisplay(word) +
                             "`; fetch it first, with its history where this is a shallow clone");
  }
  Revision revision;
  revision.commit.resize(GIT_OID_HEXSZ);
  git_oid_fmt(revision.commit.data(), git_object_id(peeled));
  revision.name = word + "@sha1:" + revision.commit;
  return revision;
}

SourceResult<std::unique_ptr<SourceTree>> LocalRepository::ReadTree(const Revision& revision,
                                                                    const std::string& path) const {
  const auto open = [this]() -> SourceResult<git_repository*> { return impl_->repository.get(); };
  return ReadGitTree({open, open}, revision.commit, path);
}

Ancestry LocalRepository::CompareWith(const Revision& newer, const std::string& older) const {
  return CompareCommits(impl_->repository.get(), newer.commit, older);
}

SourceResult<std::vector<std::string>> LocalRepository::FirstParents(const std::string& newer,
                                                                     const std::string& older,
                                                                     size_t most) const {
  return ListFirstParents(impl_->repository.get(), newer, older, most);
}

SourceResult<std::string> LocalRepository::ReadObject(const std::string& hash) const {
  return slipway::ReadObject(impl_->repository.get(), hash);
}

}  // namespace slipway
