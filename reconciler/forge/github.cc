// GitHub (docs.github.com/en/rest, API version 2022-11-28), and Gitea and Forgejo (docs.gitea.com/api), which
// took most of its shape over.
#include "reconciler/forge/api_text.h"
#include "reconciler/talos/base64.h"

namespace slipway::forge {
namespace {

using nlohmann::json;

std::optional<Pull> PullFrom(const json& j) {
  Pull pull;
  pull.number = NumberAt(j, "number");
  pull.head = TextAt(j, "head.sha");
  pull.head_branch = TextAt(j, "head.ref");
  // Gitea's, once the branch is gone: only the label still names it.
  if (pull.head_branch.starts_with("refs/pull/")) pull.head_branch = TextAt(j, "head.label");
  pull.base_branch = TextAt(j, "base.ref");
  pull.title = TextAt(j, "title");
  pull.url = TextAt(j, "html_url");
  // The head's repository is null where the fork was deleted.
  pull.from_fork = TextAt(j, "head.repo.full_name") != TextAt(j, "base.repo.full_name");
  if (TextAt(j, "state") == "closed") {
    // Lists of GitHub have no `merged`, only its time; Gitea has both.
    pull.state = TextAt(j, "merged_at").empty() ? PullState::kClosed : PullState::kMerged;
  }
  if (pull.number <= 0 || pull.head.empty()) return std::nullopt;
  return pull;
}

std::optional<Comment> CommentFrom(const json& j) {
  Comment comment{NumberAt(j, "id"), TextAt(j, "body")};
  if (comment.id <= 0) return std::nullopt;
  return comment;
}

class GitHub : public Api {
 public:
  explicit GitHub(const std::string& repository) : repo_("/repos/" + PercentEncode(repository, "/")) {
    owner_ = repository.substr(0, repository.find('/'));
  }

  std::pair<std::string, std::string> Authorization(const std::string& token) const override {
    return {"Authorization", "Bearer " + token};
  }

  std::vector<Field> Dialect() const override {
    return {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}};
  }

  ApiRequest SetStatus(const CommitStatus& status) const override {
    constexpr size_t kLongest = 140;  // GitHub refuses more
    json body = {{"state", ToString(status.state)},
                 {"context", kStatusContext},
                 {"description", CutTo(status.description, kLongest)}};
    if (!status.page.empty()) body["target_url"] = status.page;
    return Send(Method::kPost, repo_ + "/statuses/" + PercentEncode(status.commit), body,
                "setting the status of " + status.commit.substr(0, 12));
  }

  ApiRequest ListOpenPulls(const std::string& base, int page) const override {
    return Get(repo_ + "/pulls?state=open&base=" + PercentEncode(base) + Page(page),
               "listing the open pull requests");
  }

  ApiRequest ListPullsOf(const std::string& branch, int page) const override {
    return Get(repo_ + "/pulls?state=all&head=" + PercentEncode(owner_ + ':' + branch) + Page(page),
               "looking for the pull request of " + branch);
  }

  ApiRequest GetPull(int64_t number) const override {
    return Get(repo_ + "/pulls/" + std::to_string(number),
               "looking at pull request " + std::to_string(number));
  }

  ApiRequest OpenPull(const NewPull& pull) const override {
    return Send(Method::kPost, repo_ + "/pulls",
                {{"title", pull.title}, {"body", pull.body}, {"head", pull.branch}, {"base", pull.base}},
                "opening a pull request for " + pull.branch);
  }

  Result<std::vector<Pull>> ReadPulls(std::string_view body) const override {
    return ReadList<Pull>(body, PullFrom);
  }
  Result<Pull> ReadPull(std::string_view body) const override { return ReadOne<Pull>(body, PullFrom); }

  std::string HeadReference(int64_t number) const override {
    return "refs/pull/" + std::to_string(number) + "/head";
  }

  ApiRequest ListComments(int64_t number, int page) const override {
    return Get(Comments(number) + "?" + Page(page).substr(1), "listing the comments of " + Name(number));
  }
  ApiRequest AddComment(int64_t number, const std::string& body) const override {
    return Send(Method::kPost, Comments(number), {{"body", body}}, "commenting " + Name(number));
  }
  ApiRequest UpdateComment(int64_t number, int64_t comment, const std::string& body) const override {
    return Send(Method::kPatch, repo_ + "/issues/comments/" + std::to_string(comment), {{"body", body}},
                "updating the comment of " + Name(number));
  }
  Result<std::vector<Comment>> ReadComments(std::string_view body) const override {
    return ReadList<Comment>(body, CommentFrom);
  }
  Result<Comment> ReadComment(std::string_view body) const override {
    return ReadOne<Comment>(body, CommentFrom);
  }

  ApiRequest MakeBranch(const std::string& branch, const std::string& commit) const override {
    return Send(Method::kPost, repo_ + "/git/refs", {{"ref", "refs/heads/" + branch}, {"sha", commit}},
                "making the branch " + branch);
  }

  ApiRequest AddFile(const std::string& branch, const std::string& path, const std::string& text,
                     const std::string& message) const override {
    return Send(Method::kPut, Contents(path), FileBody(branch, text, message), "adding " + path);
  }

  size_t page_size() const override { return 100; }
  size_t comment_limit() const override { return 65'536; }

 protected:
  virtual std::string Page(int page) const { return "&per_page=100&page=" + std::to_string(page); }
  static json FileBody(const std::string& branch, const std::string& text, const std::string& message) {
    return {{"message", message}, {"content", talos::EncodeBase64(text)}, {"branch", branch}};
  }
  std::string Contents(const std::string& path) const {
    return repo_ + "/contents/" + PercentEncode(path, "/");
  }
  std::string Comments(int64_t number) const {
    return repo_ + "/issues/" + std::to_string(number) + "/comments";
  }
  static std::string Name(int64_t number) { return "pull request " + std::to_string(number); }
  const std::string& repo() const { return repo_; }

 private:
  std::string repo_;
  std::string owner_;
};

class Gitea : public GitHub {
 public:
  explicit Gitea(const std::string& repository) : GitHub(repository) {}

  std::pair<std::string, std::string> Authorization(const std::string& token) const override {
    return {"Authorization", "token " + token};
  }
  std::vector<Field> Dialect() const override { return Api::Dialect(); }
  ApiRequest ListOpenPulls(const std::string& /*base*/, int page) const override {
    return Get(repo() + "/pulls?state=open" + Page(page), "listing the open pull requests");
  }
  /// It cannot ask for those of one branch: the newest come first.
  ApiRequest ListPullsOf(const std::string& branch, int page) const override {
    return Get(repo() + "/pulls?state=all&sort=recentupdate" + Page(page),
               "looking for the pull request of " + branch);
  }
  ApiRequest MakeBranch(const std::string& branch, const std::string& commit) const override {
    return Send(Method::kPost, repo() + "/branches", {{"new_branch_name", branch}, {"old_ref_name", commit}},
                "making the branch " + branch);
  }
  ApiRequest AddFile(const std::string& branch, const std::string& path, const std::string& text,
                     const std::string& message) const override {
    return Send(Method::kPost, Contents(path), FileBody(branch, text, message), "adding " + path);
  }
  ApiRequest ListComments(int64_t number, int /*page*/) const override {
    return Get(Comments(number), "listing the comments of " + Name(number));
  }
  bool comments_have_pages() const override { return false; }
  /// MAX_RESPONSE_ITEMS of its default configuration.
  size_t page_size() const override { return 50; }

 protected:
  std::string Page(int page) const override { return "&limit=50&page=" + std::to_string(page); }
};

}  // namespace

std::unique_ptr<const Api> MakeGitHub(const std::string& repository) {
  return std::make_unique<GitHub>(repository);
}

std::unique_ptr<const Api> MakeGitea(const std::string& repository) {
  return std::make_unique<Gitea>(repository);
}

}  // namespace slipway::forge
