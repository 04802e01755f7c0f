// What forges really answered, met by our client over a socket; what others really asked them, beside what we
// ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>
#include <strings.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "calls.h"
#include "reconciler/forge/verdict.h"
#include "replay_server.h"

namespace slipway::forge::testing {
namespace {

using nlohmann::json;

json Load(const std::string& name) {
  std::ifstream file(std::string(std::getenv("SLIPWAY_RECORDINGS")) + '/' + name);
  return json::parse(file);
}

std::string FieldOf(const json& exchange, const std::string& name) {
  for (const auto& field : exchange["head"]) {
    if (strcasecmp(field[0].get<std::string>().c_str(), name.c_str()) == 0) return field[1];
  }
  return "";
}

class Replay : public ::testing::Test {
 protected:
  Replay() {
    const std::string token = ::testing::TempDir() + "/replay-token";
    std::ofstream(token) << "T0KEN\n";
    settings_ = {server_.root(), token, ""};
  }

  ApiResponse Meet(const ApiRequest& request, const json& exchange) {
    const auto api = MakeApi(KindOf(exchange), "o/r");
    return server_.Meet(Client(*api, settings_), request, exchange);
  }

  ReplayServer server_;
  ClientSettings settings_;
  const json exchanges_ = Load("exchanges.json");
};

/// All recordings of one call.
struct Met {
  std::vector<std::string> sources;
  std::set<std::string> ours;    ///< fields of the body and names of the query that we send
  std::set<std::string> theirs;  ///< and those that a forge took from others
};

/// Method, path and body of ours against those that a forge took from somebody else.
void CompareRequests(const ApiRequest& ours, const json& theirs, Met& met) {
  EXPECT_EQ(ToString(ours.method), theirs["method"].get<std::string>());
  EXPECT_EQ(PlainPath(ours.path), PlainPath(theirs["path"]));
  const json body = ours.body.empty() ? json::object() : json::parse(ours.body);
  for (const auto& [name, value] : body.items()) {
    if (name == "context") continue;  // ours has a name of its own
    const auto& sent = theirs["body"];
    if (sent.is_object() && sent.contains(name)) {
      EXPECT_EQ(value, sent[name]) << name;
    }
    met.ours.insert(name);
  }
  for (const std::string& name : QueryNames(ours.path)) met.ours.insert('?' + name);
  for (const std::string& name : QueryNames(theirs["path"])) met.theirs.insert('?' + name);
  if (!theirs["body"].is_object()) return;
  for (const auto& [name, value] : theirs["body"].items()) met.theirs.insert(name);
}

void CheckPull(const Pull& pull, const json& reply, Kind kind) {
  const bool gitlab = kind == Kind::kGitLab;
  EXPECT_EQ(pull.number, reply[gitlab ? "iid" : "number"].get<int64_t>());
  EXPECT_EQ(pull.title, reply["title"].get<std::string>());
  EXPECT_EQ(pull.url, reply[gitlab ? "web_url" : "html_url"].get<std::string>());
  const bool merged = reply.contains("merged_at") && reply["merged_at"].is_string();
  const std::string state = reply["state"];
  const bool open = state == "open" || state == "opened";
  EXPECT_EQ(pull.state, open ? PullState::kOpen : merged ? PullState::kMerged : PullState::kClosed);
  if (gitlab && !reply.contains("sha")) return;  // view=simple, for which we do not ask
  EXPECT_THAT(pull.head, ::testing::MatchesRegex("[0-9a-f]{40}"));
  EXPECT_EQ(pull.base_branch, (gitlab ? reply["target_branch"] : reply["base"]["ref"]).get<std::string>());
  EXPECT_FALSE(pull.head_branch.empty());
  const bool same = gitlab ? reply["source_project_id"] == reply["target_project_id"]
                           : !reply["head"]["repo"].is_null() &&
                                 reply["head"]["repo"]["full_name"] == reply["base"]["repo"]["full_name"];
  EXPECT_EQ(pull.from_fork, !same);
}

void CheckComments(const Result<std::vector<Comment>>& comments, const json& reply) {
  ASSERT_TRUE(comments);
  ASSERT_EQ(comments->size(), reply.size());
  for (size_t i = 0; i < reply.size(); ++i) {
    EXPECT_EQ((*comments)[i].id, reply[i]["id"].get<int64_t>());
    EXPECT_EQ((*comments)[i].body, reply[i]["body"].get<std::string>());
  }
}

void CheckReply(const json& exchange, const ApiResponse& response, Holds holds) {
  const Kind kind = KindOf(exchange);
  const auto api = MakeApi(kind, "o/r");
  const json reply = json::parse(exchange["text"].get<std::string>());
  if (holds == Holds::kPull) {
    const auto pull = api->ReadPull(response.body);
    ASSERT_TRUE(pull);
    CheckPull(*pull, reply, kind);
  } else if (holds == Holds::kPulls) {
    const auto pulls = api->ReadPulls(response.body);
    ASSERT_TRUE(pulls);
    ASSERT_EQ(pulls->size(), reply.size());
    for (size_t i = 0; i < reply.size(); ++i) CheckPull((*pulls)[i], reply[i], kind);
  } else if (holds == Holds::kComment) {
    const auto comment = api->ReadComment(response.body);
    ASSERT_TRUE(comment);
    EXPECT_EQ(comment->id, reply["id"].get<int64_t>());
    EXPECT_EQ(comment->body, reply["body"].get<std::string>());
  } else if (holds == Holds::kComments) {
    CheckComments(api->ReadComments(response.body), reply);
  } else if (holds == Holds::kDiscussions) {
    for (const auto& discussion : reply)
      CheckComments(api->ReadComments(discussion["notes"].dump()), discussion["notes"]);
  }
}

TEST_F(Replay, EveryRecordedExchangeOfACallOfOursIsAskedAlikeAndUnderstood) {
  std::map<std::string, Met> met;
  for (const auto& exchange : exchanges_) {
    const int status = exchange["status"];
    const auto call = OurCall(exchange);
    if (!call || status < 200 || status >= 300) continue;
    SCOPED_TRACE(exchange["source"].get<std::string>() + ": " + exchange["path"].get<std::string>());
    const std::string name = exchange["forge"].get<std::string>() + ' ' + call->name;
    ApiRequest request = call->request;
    if (request.path.empty()) {
      request.path = exchange["path"];
    } else {
      CompareRequests(request, exchange, met[name]);
    }
    const ApiResponse response = Meet(request, exchange);
    ASSERT_EQ(response.problem, "");
    const Verdict verdict = Judge(request, response, 0);
    EXPECT_EQ(verdict.kind, Verdict::Kind::kDone) << verdict.message;
    CheckReply(exchange, response, call->holds);
    met[name].sources.push_back(exchange["source"]);
  }
  for (const auto& [name, call] : met) {
    std::cout << name << ": " << call.sources.size() << " recorded\n";
    for (const std::string& source : call.sources) std::cout << "    " << source << '\n';
    for (const std::string& field : call.ours) {
      if (!call.theirs.contains(field))
        std::cout << "    in no recorded request: " << field
                  << "; held against the API's description alone\n";
    }
  }
  for (const char* kind : {"github", "gitlab", "gitea"}) {
    for (const char* call : {"SetStatus", "ListPulls", "GetPull", "OpenPull", "ListComments", "AddComment",
                             "UpdateComment", "MakeBranch", "AddFile"}) {
      const std::string name = std::string(kind) + ' ' + call;
      if (!met.contains(name))
        std::cout << name << ": no recording; held against the API's description alone\n";
    }
  }
  EXPECT_GE(met.size(), Least(14)) << "all calls of GitHub, lists of GitLab and Gitea";
}

TEST_F(Replay, OurFieldsAreThoseThatTheRecordedClientsSentAndTheForgesAnswered) {
  std::set<std::string> schemes;
  std::set<std::string> versions;
  std::set<std::string> types;
  for (const auto& exchange : exchanges_) {
    if (exchange["forge"] != "github") continue;
    const auto& fields = exchange["fields"];
    const std::string authorization = fields.value("authorization", "");
    schemes.insert(authorization.substr(0, authorization.find(' ')));
    versions.insert(FieldOf(exchange, "X-GitHub-Api-Version-Selected"));
    types.insert(fields.value("content-type", ""));
  }
  const ApiRequest request{Method::kPost, "/repos/o/r/git/refs", "{}", "asking"};
  Meet(request, {{"forge", "github"}, {"status", 201}, {"head", json::array()}, {"text", "{}"}});
  const auto& asked = server_.asked();
  EXPECT_EQ(asked.get_header_value("Authorization"), "Bearer T0KEN");
  if (Least(1) > 0) {
    EXPECT_TRUE(schemes.contains("Bearer"));
    EXPECT_TRUE(versions.contains(asked.get_header_value("X-GitHub-Api-Version")));
    EXPECT_TRUE(types.contains(asked.get_header_value("Content-Type")));
  }
  EXPECT_THAT(asked.get_header_value("Accept"), ::testing::MatchesRegex("application/vnd\\.github.*\\+json"));
  EXPECT_FALSE(asked.get_header_value("User-Agent").empty()) << "GitHub refuses requests without";
}

TEST_F(Replay, TheNextPageIsTheOneThatTheForgeNames) {
  size_t lists = 0;
  size_t ends = 0;
  for (const auto& exchange : exchanges_) {
    const std::string link = FieldOf(exchange, "Link");
    const json reply = json::parse(exchange["text"].get<std::string>(), nullptr, false);
    if (link.empty() || !reply.is_array()) continue;
    SCOPED_TRACE(exchange["source"].get<std::string>());
    const ApiResponse response = Meet({Method::kGet, exchange["path"], "", "listing"}, exchange);
    const bool on = GoesOn(response, reply.size(), 100);
    std::string page = "1";
    std::string next;
    RE2::PartialMatch(exchange["path"].get<std::string>(), "[?&]page=(\\d+)", &page);
    RE2::PartialMatch(link, "[?&]page=(\\d+)[^>]*>; rel=\"next\"", &next);
    EXPECT_EQ(on, !next.empty()) << link;
    if (on) {
      EXPECT_EQ(std::stoi(next), std::stoi(page) + 1) << "pages are counted as we count them";
    }
    ++(on ? lists : ends);
  }
  EXPECT_GE(lists, Least(4));
  EXPECT_GE(ends, Least(1));
}

TEST_F(Replay, RateLimitsAreReadFromEveryForgesFields) {
  std::map<std::string, size_t> seen;
  for (const auto& exchange : exchanges_) {
    std::string remaining = FieldOf(exchange, "X-RateLimit-Remaining");
    if (remaining.empty()) remaining = FieldOf(exchange, "RateLimit-Remaining");
    if (remaining.empty()) continue;
    const ApiResponse response = Meet({Method::kGet, exchange["path"], "", "asking"}, exchange);
    EXPECT_EQ(response.remaining, remaining);
    ++seen[exchange["forge"]];
  }
  EXPECT_GE(seen["github"], Least(50));
  EXPECT_GE(seen["gitlab"], Least(3));
}

Verdict::Kind Expected(const json& exchange) {
  const int status = exchange["status"];
  const std::string text = exchange["text"];
  if (status >= 500 || status == 429 || status == 409) return Verdict::Kind::kLater;
  if (text.find("ate Limit") != std::string::npos || text.find("abuse detection") != std::string::npos)
    return Verdict::Kind::kLater;
  const std::string method = exchange["method"];
  if (method != "GET" && method != "DELETE" &&
      (text.find("already_exists") != std::string::npos || text.find("already exists") != std::string::npos))
    return Verdict::Kind::kExists;
  if (status == 404 && (method == "PATCH" || method == "PUT")) return Verdict::Kind::kGone;
  return Verdict::Kind::kRefused;
}

TEST_F(Replay, EveryRecordedRefusalIsJudgedAndSaysWhatTheForgeSaid) {
  const std::map<std::string, Method> methods = {
      {"GET", Method::kGet}, {"POST", Method::kPost}, {"PUT", Method::kPut}, {"PATCH", Method::kPatch}};
  std::map<int, size_t> judged;
  for (const auto& exchange : exchanges_) {
    const int status = exchange["status"];
    const auto method = methods.find(exchange["method"]);
    if (status < 300 || method == methods.end()) continue;
    SCOPED_TRACE(exchange["source"].get<std::string>() + ' ' +
                 exchange["text"].get<std::string>().substr(0, 300));
    const ApiRequest request{method->second, exchange["path"], method->second == Method::kGet ? "" : "{}",
                             "asking"};
    const ApiResponse response = Meet(request, exchange);
    ASSERT_EQ(response.status, status) << response.problem;
    const Verdict verdict = Judge(request, response, 0);
    EXPECT_EQ(verdict.kind, Expected(exchange)) << verdict.message;
    const json reply = json::parse(exchange["text"].get<std::string>(), nullptr, false);
    const bool told = verdict.kind == Verdict::Kind::kRefused && status >= 400;
    if (told && reply.is_object() && reply.contains("message") && reply["message"].is_string()) {
      const std::string said = reply["message"];
      EXPECT_THAT(verdict.message,
                  ::testing::HasSubstr(said.substr(0, std::min<size_t>(said.find('\n'), 100))));
    }
    ++judged[status];
  }
  for (const auto& [status, count] : judged) std::cout << status << ": " << count << " judged\n";
  EXPECT_GE(judged.size(), Least(12));
}

TEST_F(Replay, ARepositoryThatWasRenamedIsToldApartFromAnApiThatMoved) {
  size_t renamed = 0;
  size_t moved = 0;
  for (const auto& exchange : exchanges_) {
    const int status = exchange["status"];
    if (status != 301 && status != 307) continue;
    const ApiRequest request{Method::kGet, exchange["path"], "", "asking"};
    const ApiResponse response = Meet(request, exchange);
    EXPECT_EQ(response.location, FieldOf(exchange, "Location"));
    const std::string message = Judge(request, response, 0).message;
    if (response.location.find("/repositories/") != std::string::npos) {
      EXPECT_THAT(message, ::testing::HasSubstr("forge.repository")) << exchange["source"];
      ++renamed;
    } else {
      ++moved;
    }
  }
  EXPECT_GE(renamed, Least(2));
  std::cout << renamed << " renamed repositories, " << moved << " other redirects\n";
}

}  // namespace
}  // namespace slipway::forge::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
