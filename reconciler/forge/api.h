#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/forge/webhook.h"
#include "schema/fleet/result.h"

/// What Slipway says to a forge, as values: requests are built and answers read without a socket.
namespace slipway::forge {

enum class Method : uint8_t { kGet, kPost, kPut, kPatch };
std::string_view ToString(Method method);  ///< "GET", …

struct ApiRequest {
  Method method = Method::kGet;
  std::string path;   ///< below the API's root, begins with '/', percent-encoded, with its query
  std::string body;   ///< JSON; "" for GET
  std::string doing;  ///< "setting the status of 3f2c9d1e0ab4", for messages
  bool operator==(const ApiRequest&) const = default;
};

struct ApiResponse {
  int status = 0;       ///< of HTTP; 0 where none came, then `problem` says why
  std::string problem;  ///< never holds the token
  std::string body;
  // Fields of the head, "" where they were not sent.
  std::string retry_after;  ///< RFC 9110 §10.2.3: seconds or a date
  std::string remaining;    ///< X-RateLimit-Remaining (GitHub, Gitea), RateLimit-Remaining (GitLab)
  std::string reset;        ///< X-RateLimit-Reset, RateLimit-Reset: Unix seconds
  std::string location;     ///< RFC 9110 §10.2.2, where a redirect points
  std::string link;         ///< RFC 8288: the other pages of a list
};

/// Whether the list goes on behind this answer: what its Link field says, and without one whether the page is
/// full. Only the field is right where a forge's pages
/// are smaller than asked for.
bool GoesOn(const ApiResponse& response, size_t items, size_t page_size);

enum class CommitState : uint8_t { kPending, kSuccess, kFailure };
std::string_view ToString(CommitState state);  ///< "pending", "success", "failure"
std::optional<CommitState> ParseCommitState(std::string_view text);

struct CommitStatus {
  std::string commit;  ///< full hash
  CommitState state = CommitState::kPending;
  std::string description;
  std::string page;        ///< where the status links to; "" for nowhere
  bool overtaken = false;  ///< not its last word: what is served later may hold it
  bool operator==(const CommitStatus&) const = default;
};
inline constexpr std::string_view kStatusContext = "slipway/served";

enum class PullState : uint8_t { kOpen, kMerged, kClosed };

struct Pull {
  int64_t number = 0;
  PullState state = PullState::kOpen;
  std::string head;         ///< commit
  std::string head_branch;  ///< in the head's repository
  std::string base_branch;
  std::string title;  ///< somebody else's words
  std::string url;    ///< for people
  bool from_fork = false;
  bool operator==(const Pull&) const = default;
};

struct Comment {
  int64_t id = 0;
  std::string body;
  bool operator==(const Comment&) const = default;
};

struct NewPull {
  std::string branch;
  std::string base;
  std::string title;
  std::string body;
};

/// One forge's API for one repository. Pure: requests are values, answers are texts. Errors of the Read
/// functions (kRetry): what came is not what the API documents.
class Api {
 public:
  virtual ~Api() = default;

  using Field = std::pair<std::string, std::string>;
  /// The field that carries the token.
  virtual Field Authorization(const std::string& token) const = 0;
  /// The media type that is asked for, and the version of the API where the forge has several.
  virtual std::vector<Field> Dialect() const { return {{"Accept", "application/json"}}; }
  /// The description is cut to what the forge takes.
  virtual ApiRequest SetStatus(const CommitStatus& status) const = 0;

  virtual ApiRequest ListOpenPulls(const std::string& base, int page) const = 0;
  /// Those that come, or came, from a branch of the repository itself; others may be among the answer.
  virtual ApiRequest ListPullsOf(const std::string& branch, int page) const = 0;
  virtual ApiRequest GetPull(int64_t number) const = 0;
  virtual ApiRequest OpenPull(const NewPull& pull) const = 0;
  virtual Result<std::vector<Pull>> ReadPulls(std::string_view body) const = 0;
  virtual Result<Pull> ReadPull(std::string_view body) const = 0;
  /// Under which reference the repository itself has the head of a pull request, also of one from a fork.
  virtual std::string HeadReference(int64_t number) const = 0;

  virtual ApiRequest ListComments(int64_t number, int page) const = 0;
  /// Gitea gives all comments at once, whatever the page.
  virtual bool comments_have_pages() const { return true; }
  virtual ApiRequest AddComment(int64_t number, const std::string& body) const = 0;
  virtual ApiRequest UpdateComment(int64_t number, int64_t comment, const std::string& body) const = 0;
  virtual Result<std::vector<Comment>> ReadComments(std::string_view body) const = 0;
  virtual Result<Comment> ReadComment(std::string_view body) const = 0;

  virtual ApiRequest MakeBranch(const std::string& branch, const std::string& commit) const = 0;
  virtual ApiRequest AddFile(const std::string& branch, const std::string& path, const std::string& text,
                             const std::string& message) const = 0;

  virtual size_t page_size() const = 0;      ///< so many of a list in one answer
  virtual size_t comment_limit() const = 0;  ///< most bytes of a comment
};

/// `repository` is owner/name, with GitLab also group/subgroup/name. kGeneric has no API: nullptr.
std::unique_ptr<const Api> MakeApi(Kind kind, const std::string& repository);

}  // namespace slipway::forge
