#include "schema/contract/merged_commits.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace slipway {
namespace {

using nlohmann::json;

MergedCommit CommitFrom(const json& j) {
  MergedCommit commit;
  commit.commit = j.at("commit").get<std::string>();
  commit.author = j.at("author").get<std::string>();
  commit.subject = j.at("subject").get<std::string>();
  commit.pull_request = j.value("pullRequest", "");
  commit.signer = j.value("signer", "");
  commit.committed_at = j.at("committedAt").get<int64_t>();
  commit.files = j.at("files").get<std::vector<std::string>>();
  return commit;
}

}  // namespace

std::string EncodeMerged(const std::vector<MergedCommit>& commits) {
  if (commits.empty()) return {};
  json list = json::array();
  for (const MergedCommit& commit : commits) {
    json j = {{"commit", commit.commit},
              {"author", commit.author},
              {"subject", commit.subject},
              {"committedAt", commit.committed_at},
              {"files", commit.files}};
    if (!commit.pull_request.empty()) j["pullRequest"] = commit.pull_request;
    if (!commit.signer.empty()) j["signer"] = commit.signer;
    list.push_back(std::move(j));
  }
  return list.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::vector<MergedCommit> DecodeMerged(std::string_view text) {
  if (text.empty()) return {};
  try {
    std::vector<MergedCommit> commits;
    for (const json& j : json::parse(text)) commits.push_back(CommitFrom(j));
    return commits;
  } catch (const json::exception&) {
    return {};
  }
}

const MergedCommit* CauseOf(const std::vector<MergedCommit>& commits, std::string_view node_file,
                            const std::set<std::string, std::less<>>& node_files) {
  for (const MergedCommit& commit : commits) {
    const bool touched = commit.files.empty() ||
                         std::find(commit.files.begin(), commit.files.end(), node_file) != commit.files.end();
    if (touched) return &commit;
  }
  for (const MergedCommit& commit : commits) {
    if (std::any_of(commit.files.begin(), commit.files.end(),
                    [&](const std::string& file) { return !node_files.contains(file); }))
      return &commit;
  }
  return nullptr;
}

}  // namespace slipway
