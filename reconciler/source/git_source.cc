#include "reconciler/source/git_source.h"

#include "reconciler/source/git_changes.h"
#include "reconciler/source/git_handle.h"
#include "reconciler/source/git_history.h"
#include "reconciler/source/git_remote.h"
#include "reconciler/source/git_tree.h"
#include "reconciler/source/merge.h"
#include "reconciler/source/mirror.h"

namespace slipway {
namespace {

/// What to ask a remote for, once its references are known.
struct Wanted {
  std::string reference;  ///< full name; "" when a bare commit is wanted
  std::string label;      ///< in the revision's name: "main"
  std::string commit;
};

constexpr size_t kMostTags = 16;

/// The annotated tags of that prefix that point at the commit.
std::map<std::string, std::string> TagsOf(const Advertisement& refs, const std::string& prefix,
                                          const std::string& commit) {
  std::map<std::string, std::string> tags;
  if (prefix.empty()) return tags;
  for (auto ref = refs.lower_bound(prefix); ref != refs.end() && ref->first.starts_with(prefix); ++ref) {
    const bool annotated = !ref->second.tag.empty() && ref->second.commit == commit;
    if (annotated && tags.size() < kMostTags) tags[ref->first] = ref->second.tag;
  }
  return tags;
}

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

  SourceConfig config;
  Mirror mirror;
  std::optional<RemoteUrl> url;
  RemoteAccess access;
  std::string display;
  std::string missed;  ///< the commit that the mirror was last cloned again for
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

SourceResult<Revision> GitSource::Impl::FetchCommit(git_repository* repository) {
  if (Has(repository, config.commit)) return DescribeCommit(repository, config.commit, "");
  RemoteConversation remote(access);
  if (auto refs = remote.Connect(repository); !refs) return tl::make_unexpected(refs.error());
  if (auto done = remote.Download({"+refs/heads/*:refs/heads/*"}); !done)
    return tl::make_unexpected(done.error());
  if (!Has(repository, config.commit)) {
    return SourceFailure(
        SourceReason::kReferenceNotFound, Reaction::kRetry,
        "no branch of " + display + " contains commit " + config.commit + "; correct source.commit");
  }
  return DescribeCommit(repository, config.commit, "");
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
  std::vector<std::string> missing;
  if (!Has(*repository, wanted->commit)) {
    // The same name here as there: libgit2's local transport finds by it what need not be sent again.
    const std::string here = wanted->reference == "HEAD" ? "refs/slipway/HEAD" : wanted->reference;
    missing.push_back("+" + wanted->reference + ":" + here);
  }
  std::vector<std::string> tags;
  for (const auto& [reference, tag] : TagsOf(*refs, config.tag_prefix, wanted->commit)) {
    if (!HasObject(*repository, tag)) missing.push_back("+" + reference + ":" + reference);
    tags.push_back(tag);
  }
  if (!missing.empty()) {
    auto done = remote.Download(missing);
    if (!done) return tl::make_unexpected(done.error());
  }
  auto revision = DescribeCommit(*repository, wanted->commit, wanted->label);
  if (revision) revision->tags = std::move(tags);
  return revision;
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

SourceResult<std::vector<std::string>> GitSource::FirstParents(const std::string& newer,
                                                               const std::string& older, size_t most) {
  auto repository = impl_->mirror.Open();
  if (!repository) return tl::make_unexpected(repository.error());
  const bool known = !older.empty() && impl_->Has(*repository, older);
  auto line = ListFirstParents(*repository, newer, known ? older : "", most);
  if (line || line.error().reason != SourceReason::kDamaged) return line;
  repository = impl_->CloneAgain();
  if (!repository) return tl::make_unexpected(repository.error());
  return ListFirstParents(*repository, newer, impl_->Has(*repository, older) ? older : "", most);
}

SourceResult<std::vector<CommitChanges>> GitSource::ChangesSince(const Revision& newer,
                                                                 const std::string& older) {
  auto repository = impl_->mirror.Open();
  if (!repository) return tl::make_unexpected(repository.error());
  return ListChangesSince(*repository, newer.commit, older, impl_->config.path);
}

SourceResult<std::string> GitSource::ReadObject(const std::string& hash) {
  auto repository = impl_->mirror.Open();
  if (!repository) return tl::make_unexpected(repository.error());
  auto bytes = slipway::ReadObject(*repository, hash);
  if (bytes || bytes.error().reason != SourceReason::kDamaged) return bytes;
  repository = impl_->CloneAgain();
  if (!repository) return tl::make_unexpected(repository.error());
  return slipway::ReadObject(*repository, hash);
}

void GitSource::Keep(const std::string& commit) {
  const auto repository = impl_->mirror.Open();
  if (repository && impl_->Has(*repository, commit)) PointAt(*repository, "refs/slipway/served", commit);
}

SourceResult<Revision> GitSource::Merge(const Revision& base, const Revision& head) {
  auto repository = impl_->mirror.Open();
  if (!repository) return tl::make_unexpected(repository.error());
  auto merged = MergeCommits(*repository, base.commit, head.commit);
  if (!merged) return tl::make_unexpected(merged.error());
  Revision revision = head;
  revision.commit = std::move(*merged);
  return revision;
}

Ancestry GitSource::CompareWith(const Revision& newer, const std::string& older) {
  auto repository = impl_->mirror.Open();
  if (!repository) return Ancestry::kUnknown;
  const Ancestry ancestry = CompareCommits(*repository, newer.commit, older);
  if (ancestry != Ancestry::kUnknown || impl_->missed == older) return ancestry;
  impl_->missed = older;  // a damaged mirror is no rewritten branch; a whole one misses it again
  repository = impl_->CloneAgain();
  return repository ? CompareCommits(*repository, newer.commit, older) : Ancestry::kUnknown;
}

}  // namespace slipway
