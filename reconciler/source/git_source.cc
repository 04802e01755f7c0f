#include "reconciler/source/git_source.h"

#include "reconciler/source/git_handle.h"
#include "reconciler/source/git_remote.h"
#include "reconciler/source/git_tree.h"
#include "reconciler/source/mirror.h"

namespace slipway {
namespace {

/// What to ask a remote for, once its references are known.
struct Wanted {
  std::string reference;  ///< full name; "" when a bare commit is wanted
  std::string label;      ///< in the revision's name: "main"
  std::string commit;
};

std::string ShortName(const std::string& reference) {
  for (const char* prefix : {"refs/heads/", "refs/tags/"}) {
    if (reference.starts_with(prefix)) return reference.substr(std::string_view(prefix).size());
  }
  return reference;
}

SourceResult<Wanted> ChooseReference(const SourceConfig& config, const Advertisement& refs,
                                     const std::string& url) {
  if (refs.empty()) {
    return SourceFailure(SourceReason::kEmptyRepository, Reaction::kRetry,
                         url + " is empty; push a first commit with a Site to it");
  }
  std::string name;
  if (!config.tag.empty()) name = "refs/tags/" + config.tag;
  if (!config.branch.empty())
    name = config.branch.starts_with("refs/") ? config.branch : "refs/heads/" + config.branch;
  if (name.empty()) {
    const auto head = refs.find("HEAD");
    if (head == refs.end()) {
      return SourceFailure(SourceReason::kReferenceNotFound, Reaction::kRetry,
                           url + " has no HEAD; name the branch in source.branch");
    }
    name = head->second.symbolic_target;
    // A detached HEAD, which some servers say of every HEAD: no branch is guessed from its commit.
    if (name.empty()) return Wanted{"HEAD", "HEAD", head->second.commit};
  }
  const auto found = refs.find(name);
  if (found == refs.end()) {
    return SourceFailure(
        SourceReason::kReferenceNotFound, Reaction::kRetry,
        url + " has no " + name + "; was it deleted or renamed? Correct source.branch or source.tag");
  }
  return Wanted{name, ShortName(name), found->second.commit};
}

}  // namespace

struct GitSource::Impl {
  Impl(SourceConfig a_config, std::string mirror_path)
      : config(std::move(a_config)), mirror(std::move(mirror_path)) {}

  SourceResult<Revision> FetchOnce();
  SourceResult<git_repository*> CloneAgain();
  SourceResult<Revision> FetchCommit(git_repository* repository);
  bool Has(git_repository* repository, const std::string& commit) const;
  SourceResult<Revision> Describe(git_repository* repository, const std::string& commit,
                                  const std::string& label) const;

  SourceConfig config;
  Mirror mirror;
  std::optional<RemoteUrl> url;
  RemoteAccess access;
  std::string display;
};

GitSource::GitSource(SourceConfig config, std::string mirror_path)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(mirror_path))) {
  const SourceConfig& c = impl_->config;
  impl_->url = ParseRemoteUrl(c.url);
  impl_->display = impl_->url ? impl_->url->display : "the configured URL";
  if (impl_->url) {
    impl_->access = {*impl_->url, {c.ssh_key, c.known_hosts, c.timeout},
                     c.username,  c.password_file,
                     c.ca_file,   c.timeout};
  }
}

GitSource::~GitSource() = default;

const std::string& GitSource::display_url() const { return impl_->display; }

bool GitSource::Impl::Has(git_repository* repository, const std::string& commit) const {
  git_oid oid;
  git_commit* found = nullptr;
  if (git_oid_fromstr(&oid, commit.c_str()) != 0 || git_commit_lookup(&found, repository, &oid) != 0)
    return false;
  git_commit_free(found);
  return true;
}

SourceResult<Revision> GitSource::Impl::Describe(git_repository* repository, const std::string& commit,
                                                 const std::string& label) const {
  git_oid oid;
  git_commit* found = nullptr;
  int code = git_oid_fromstr(&oid, commit.c_str());
  if (code == 0) code = git_commit_lookup(&found, repository, &oid);
  if (code != 0) return LastGitError(code, "reading commit " + commit);
  const git::Commit holder(found);
  Revision revision;
  revision.commit = commit;
  revision.name = (label.empty() ? "" : label + "@") + "sha1:" + commit;
  const git_signature* author = git_commit_author(found);
  if (author != nullptr) revision.author = std::string(author->name) + " <" + author->email + ">";
  const char* summary = git_commit_summary(found);
  revision.subject = summary == nullptr ? "" : summary;
  const char* message = git_commit_message(found);
  revision.message = std::string(message == nullptr ? "" : message).substr(0, 16U << 10U);
  revision.committed_at = git_commit_time(found);
  return revision;
}

SourceResult<Revision> GitSource::Impl::FetchCommit(git_repository* repository) {
  if (Has(repository, config.commit)) return Describe(repository, config.commit, "");
  RemoteConversation remote(access);
  if (auto refs = remote.Connect(repository); !refs) return tl::make_unexpected(refs.error());
  if (auto done = remote.Download("+refs/heads/*:refs/heads/*"); !done)
    return tl::make_unexpected(done.error());
  if (!Has(repository, config.commit)) {
    return SourceFailure(
        SourceReason::kReferenceNotFound, Reaction::kRetry,
        "no branch of " + display + " contains commit " + config.commit + "; correct source.commit");
  }
  return Describe(repository, config.commit, "");
}

SourceResult<Revision> GitSource::Impl::FetchOnce() {
  // Before a fetch, not after it: what was served last must still be there to compare with.
  if (auto compacted = mirror.CompactWhenScattered(); !compacted)
    return tl::make_unexpected(compacted.error());
  auto repository = mirror.Open();
  if (!repository) return tl::make_unexpected(repository.error());
  if (!config.commit.empty()) return FetchCommit(*repository);
  RemoteConversation remote(access);
  auto refs = remote.Connect(*repository);
  if (!refs) return tl::make_unexpected(refs.error());
  auto wanted = ChooseReference(config, *refs, display);
  if (!wanted) return tl::make_unexpected(wanted.error());
  if (!Has(*repository, wanted->commit)) {
    // The same name here as there: libgit2's local transport finds by it what need not be sent again.
    const std::string here = wanted->reference == "HEAD" ? "refs/slipway/HEAD" : wanted->reference;
    auto done = remote.Download("+" + wanted->reference + ":" + here);
    if (!done) return tl::make_unexpected(done.error());
  }
  return Describe(*repository, wanted->commit, wanted->label);
}

SourceResult<Revision> GitSource::Fetch() {
  if (!impl_->url) {
    return SourceFailure(
        SourceReason::kUrlInvalid, Reaction::kFixInput,
        "source.url is not a repository's address; write a path, file://, git://, http(s):// or ssh://");
  }
  auto revision = impl_->FetchOnce();
  if (revision || revision.error().reason != SourceReason::kDamaged) return revision;
  if (auto moved = impl_->mirror.MoveAside(); !moved) return tl::make_unexpected(moved.error());
  return impl_->FetchOnce();
}

SourceResult<git_repository*> GitSource::Impl::CloneAgain() {
  if (auto moved = mirror.MoveAside(); !moved) return tl::make_unexpected(moved.error());
  if (auto fetched = FetchOnce(); !fetched) return tl::make_unexpected(fetched.error());
  return mirror.Open();
}

SourceResult<std::unique_ptr<SourceTree>> GitSource::ReadTree(const Revision& revision) {
  Impl* impl = impl_.get();
  return ReadGitTree({[impl] { return impl->mirror.Open(); }, [impl] { return impl->CloneAgain(); }},
                     revision.commit, impl->config.path);
}

Ancestry GitSource::CompareWith(const Revision& newer, const std::string& older) {
  auto repository = impl_->mirror.Open();
  git_oid new_oid;
  git_oid old_oid;
  if (!repository || !impl_->Has(*repository, older) ||
      git_oid_fromstr(&new_oid, newer.commit.c_str()) != 0 || git_oid_fromstr(&old_oid, older.c_str()) != 0) {
    return Ancestry::kUnknown;
  }
  if (git_oid_equal(&new_oid, &old_oid) != 0) return Ancestry::kDescendant;
  const int result = git_graph_descendant_of(*repository, &new_oid, &old_oid);
  if (result < 0) return Ancestry::kUnknown;
  return result == 1 ? Ancestry::kDescendant : Ancestry::kRewritten;
}

}  // namespace slipway
