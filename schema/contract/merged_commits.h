#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace slipway {

/// A commit of the first-parent line of what is followed, as far as the log tells of it.
struct MergedCommit {
  std::string commit;  ///< 40 hex digits
  std::string author;  ///< "Name <mail>"
  std::string subject;
  std::string pull_request;  ///< as its forge writes it; "" where the message names none
  std::string signer;        ///< "" where nobody looked
  int64_t committed_at = 0;  ///< Unix seconds
  /// What it changed against its first parent, below source.path; empty: more than is listed.
  std::vector<std::string> files;
  bool operator==(const MergedCommit&) const = default;
};

/// For RevisionInfo::commits. "" for none.
std::string EncodeMerged(const std::vector<MergedCommit>& commits);
/// Nothing for a text in another form: the log then says less.
std::vector<MergedCommit> DecodeMerged(std::string_view text);

/// Which of the commits, newest first, changed a machine: the newest that touched its Node's file; otherwise
/// the newest that touched a file which is no Node's (a Cluster, a patch, a template); nullptr for none.
const MergedCommit* CauseOf(const std::vector<MergedCommit>& commits, std::string_view node_file,
                            const std::set<std::string, std::less<>>& node_files);

}  // namespace slipway
