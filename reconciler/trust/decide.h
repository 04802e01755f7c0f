#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reconciler/trust/judge.h"
#include "schema/fleet/result.h"

namespace slipway::trust {

/// Which commits must be signed by an allowed key.
enum class Mode : uint8_t {
  kOff,
  kHead,   ///< the newest one
  kRange,  ///< every one of the first-parent line since the served revision
};

enum class HistoryRule : uint8_t {
  kFastForward,  ///< a revision must descend from the served one
  kAny,
};

/// How a revision stands to the served one.
enum class Descent : uint8_t {
  kFirst,  ///< nothing was served yet
  kSame,   ///< it is that one
  kDescendant,
  kElsewhere,   ///< the branch was rewritten, moved back, or deleted and made anew
  kServedGone,  ///< likewise, and the repository does not even have the served commit any more
};

/// All that the decision stands on. Functions are called only where the answer needs them.
struct Question {
  std::string revision;  ///< main@sha1:<hash>
  std::string commit;
  std::string baseline;  ///< the newest commit that was served; "" where none was
  Descent descent = Descent::kFirst;
  Mode mode = Mode::kOff;
  HistoryRule rule = HistoryRule::kFastForward;
  bool chosen_by_host = false;  ///< source.commit names it: going there is the host's own decision
  KeySet keys;
  std::string accepted_by;        ///< who accepted this commit on this host, "" where nobody did
  std::vector<std::string> tags;  ///< hashes of the tag objects that may accept it
  std::function<Result<std::vector<std::string>>()> range;  ///< that line, oldest first, without the baseline
  ReadObject read;
  VerifyObject verify;
  VerdictCache* cache = nullptr;
  int64_t now = 0;  ///< Unix seconds
};

struct Decision {
  bool trusted = false;
  bool strays = false;                         ///< it does not descend from the served one, trusted or not
  std::string signer;                          ///< of the newest commit, where its signature was judged
  std::map<std::string, std::string> signers;  ///< by commit, of all whose signature was judged
  std::string accepted_by;                     ///< whose word lifted the checks, "" where none was needed
  /// Where it is refused: HistoryRewritten or VerificationError, and what to do, for people.
  std::string reason;
  std::string message;
};

/// Whether the revision may be loaded at all. Errors are trouble outside: nothing is known.
Result<Decision> Decide(const Question& question);

}  // namespace slipway::trust
