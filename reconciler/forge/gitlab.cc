// GitLab (docs.gitlab.com/api, version 4): commit statuses, merge requests, notes, branches, commits.
#include "reconciler/forge/api_text.h"

namespace slipway::forge {
namespace {

using nlohmann::json;

std::optional<Pull> PullFrom(const json& j) {
  Pull pull;
  pull.number = NumberAt(j, "iid");
  pull.head = TextAt(j, "sha");
  pull.head_branch = TextAt(j, "source_branch");
  pull.base_branch = TextAt(j, "target_branch");
  pull.title = TextAt(j, "title");
  pull.url = TextAt(j, "web_url");
  pull.from_fork = NumberAt(j, "source_project_id") != NumberAt(j, "target_project_id");
  const std::string state = TextAt(j, "state");
  if (state == "merged") pull.state = PullState::kMerged;
  if (state == "closed") pull.state = PullState::kClosed;
  if (pull.number <= 0 || state.empty()) return std::nullopt;
  return pull;
}

std::optional<Comment> NoteFrom(const json& j) {
  Comment comment{NumberAt(j, "id"), TextAt(j, "body")};
  if (comment.id <= 0) return std::nullopt;
  return comment;
}

std::string_view StateWord(CommitState state) {
  return state == CommitState::kFailure ? "failed" : ToString(state);
}

class GitLab : public Api {
 public:
  explicit GitLab(const std::string& repository) : project_("/projects/" + PercentEncode(repository)) {}

  std::pair<std::string, std::string> Authorization(const std::string& token) const override {
    return {"PRIVATE-TOKEN", token};
  }

  ApiRequest SetStatus(const CommitStatus& status) const override {
    constexpr size_t kLongest = 255;
    json body = {{"state", StateWord(status.state)},
                 {"name", kStatusContext},
                 {"description", CutTo(status.description, kLongest)}};
    if (!status.page.empty()) body["target_url"] = status.page;
    return Send(Method::kPost, project_ + "/statuses/" + PercentEncode(status.commit), body,
                "setting the status of " + status.commit.substr(0, 12));
  }

  ApiRequest ListOpenPulls(const std::string& base, int page) const override {
    return Get(project_ + "/merge_requests?state=opened&target_branch=" + PercentEncode(base) + Page(page),
               "listing the open merge requests");
  }
  ApiRequest ListPullsOf(const std::string& branch, int page) const override {
    return Get(project_ + "/merge_requests?state=all&source_branch=" + PercentEncode(branch) + Page(page),
               "looking for the merge request of " + branch);
  }
  ApiRequest GetPull(int64_t number) const override {
    return Get(MergeRequest(number), "looking at " + Name(number));
  }
  ApiRequest OpenPull(const NewPull& pull) const override {
    return Send(Method::kPost, project_ + "/merge_requests",
                {{"source_branch", pull.branch},
                 {"target_branch", pull.base},
                 {"title", pull.title},
                 {"description", pull.body},
                 {"remove_source_branch", true}},
                "opening a merge request for " + pull.branch);
  }
  Result<std::vector<Pull>> ReadPulls(std::string_view body) const override {
    return ReadList<Pull>(body, PullFrom);
  }
  Result<Pull> ReadPull(std::string_view body) const override { return ReadOne<Pull>(body, PullFrom); }
  std::string HeadReference(int64_t number) const override {
    return "refs/merge-requests/" + std::to_string(number) + "/head";
  }

  ApiRequest ListComments(int64_t number, int page) const override {
    return Get(MergeRequest(number) + "/notes?sort=asc&order_by=created_at" + Page(page),
               "listing the notes of " + Name(number));
  }
  ApiRequest AddComment(int64_t number, const std::string& body) const override {
    return Send(Method::kPost, MergeRequest(number) + "/notes", {{"body", body}},
                "commenting " + Name(number));
  }
  ApiRequest UpdateComment(int64_t number, int64_t comment, const std::string& body) const override {
    return Send(Method::kPut, MergeRequest(number) + "/notes/" + std::to_string(comment), {{"body", body}},
                "updating the note of " + Name(number));
  }
  Result<std::vector<Comment>> ReadComments(std::string_view body) const override {
    return ReadList<Comment>(body, NoteFrom);
  }
  Result<Comment> ReadComment(std::string_view body) const override {
    return ReadOne<Comment>(body, NoteFrom);
  }

  ApiRequest MakeBranch(const std::string& branch, const std::string& commit) const override {
    return Send(Method::kPost, project_ + "/repository/branches", {{"branch", branch}, {"ref", commit}},
                "making the branch " + branch);
  }
  ApiRequest AddFile(const std::string& branch, const std::string& path, const std::string& text,
                     const std::string& message) const override {
    const json action = {{"action", "create"}, {"file_path", path}, {"content", text}};
    return Send(Method::kPost, project_ + "/repository/commits",
                {{"branch", branch}, {"commit_message", message}, {"actions", json::array({action})}},
                "adding " + path);
  }

  size_t page_size() const override { return 100; }
  size_t comment_limit() const override { return 1'000'000; }

 private:
  static std::string Page(int page) { return "&per_page=100&page=" + std::to_string(page); }
  static std::string Name(int64_t number) { return "merge request " + std::to_string(number); }
  std::string MergeRequest(int64_t number) const {
    return project_ + "/merge_requests/" + std::to_string(number);
  }

  std::string project_;
};

}  // namespace

std::unique_ptr<const Api> MakeGitLab(const std::string& repository) {
  return std::make_unique<GitLab>(repository);
}

}  // namespace slipway::forge
