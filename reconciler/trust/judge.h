#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/trust/keys.h"
#include "reconciler/trust/signed_object.h"
#include "reconciler/trust/verdict.h"
#include "schema/fleet/result.h"

namespace slipway::trust {

using ReadObject = std::function<Result<std::string>(const std::string& hash)>;
using VerifyObject = std::function<Result<Verdict>(const SignedObject& object, const KeySet& keys)>;

/// What is known of one commit.
struct Judged {
  std::string commit;
  std::string author;   ///< "Name <mail>" as the commit says, for people
  std::string subject;  ///< first line of its message
  Verdict verdict;
};

/// Remembers good verdicts, so that a revision that is looked at again, or grows by one commit, is not
/// verified from its beginning. A verdict holds for those keys and for ten minutes: keys expire.
class VerdictCache {
 public:
  const Verdict* Find(const std::string& commit, const KeySet& keys, int64_t now);
  void Keep(const std::string& commit, const Verdict& verdict, int64_t now);

 private:
  struct Known {
    Verdict verdict;
    int64_t at = 0;
  };
  Sha256 keys_;
  std::map<std::string, Known> known_;
};

enum class Depth : uint8_t {
  kAll,
  kFirstRefused,  ///< no further than the first that is not good
};

/// Judges the signatures of `commits` one after the other. `now`: Unix seconds. `cache` may be nullptr.
Result<std::vector<Judged>> JudgeCommits(const std::vector<std::string>& commits, const KeySet& keys,
                                         const ReadObject& read, const VerifyObject& verify, Depth depth,
                                         VerdictCache* cache, int64_t now);

}  // namespace slipway::trust
