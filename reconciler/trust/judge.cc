#include "reconciler/trust/judge.h"

#include "schema/fleet/utf8.h"

namespace slipway::trust {
namespace {

constexpr int64_t kGoodFor = 600;  // seconds
constexpr size_t kMostKnown = 50'000;

/// "Name <mail>" of the header line `author`.
std::string AuthorOf(std::string_view payload) {
  const size_t at = payload.find("\nauthor ");
  const size_t headers = payload.find("\n\n");
  if (at == std::string_view::npos || at > headers) return {};
  const std::string_view line = payload.substr(at + 8, payload.find('\n', at + 1) - at - 8);
  return ForDisplay(line.substr(0, line.find('>') + 1), 100);
}

std::string SubjectOf(std::string_view payload) {
  const size_t headers = payload.find("\n\n");
  if (headers == std::string_view::npos) return {};
  const std::string_view message = payload.substr(headers + 2);
  return ForDisplay(message.substr(0, message.find('\n')), 100);
}

}  // namespace

const Verdict* VerdictCache::Find(const std::string& commit, const KeySet& keys, int64_t now) {
  const Sha256 digest = DigestOf(keys);
  if (digest != keys_ || known_.size() > kMostKnown) known_.clear();
  keys_ = digest;
  const auto found = known_.find(commit);
  const bool holds = found != known_.end() && now >= found->second.at && now - found->second.at < kGoodFor;
  return holds ? &found->second.verdict : nullptr;
}

void VerdictCache::Keep(const std::string& commit, const Verdict& verdict, int64_t now) {
  if (verdict.good()) known_[commit] = {verdict, now};
}

Result<std::vector<Judged>> JudgeCommits(const std::vector<std::string>& commits, const KeySet& keys,
                                         const ReadObject& read, const VerifyObject& verify, Depth depth,
                                         VerdictCache* cache, int64_t now) {
  std::vector<Judged> all;
  for (const std::string& commit : commits) {
    const auto object = read(commit);
    if (!object) return tl::make_unexpected(object.error());
    const SignedObject split = SplitCommit(*object);
    Judged judged{commit, AuthorOf(split.payload), SubjectOf(split.payload), {}};
    const Verdict* known = cache == nullptr ? nullptr : cache->Find(commit, keys, now);
    if (known != nullptr) {
      judged.verdict = *known;
    } else {
      auto verdict = verify(split, keys);
      if (!verdict) return Wrap("verifying commit " + commit.substr(0, 12), verdict.error());
      judged.verdict = std::move(*verdict);
      if (cache != nullptr) cache->Keep(commit, judged.verdict, now);
    }
    all.push_back(std::move(judged));
    if (depth == Depth::kFirstRefused && !all.back().verdict.good()) break;
  }
  return all;
}

}  // namespace slipway::trust
