#include "reconciler/daemon/trust_gate.h"

#include <chrono>
#include <utility>

#include "reconciler/daemon/files.h"
#include "reconciler/trust/verify.h"
#include "schema/fleet/key_file.h"

namespace slipway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostCommits = 10'000;
constexpr std::chrono::seconds kProgressEvery{3};

Result<std::string> ReadKeyFile(const char* setting, const std::string& path, KeyFile kind) {
  if (path.empty()) return std::string();
  const auto text = ReadSmallFile(path);
  const std::string doing = std::string("reading ") + setting;
  if (!text) return Wrap(doing, text.error());
  if (!*text) return FixInput(doing + ": there is no file " + path);
  if (const auto problem = FindKeyFileProblem(kind, **text)) {
    return FixInput(doing + ": " + path + ":" + std::to_string(problem->line) + ": " + problem->message +
                    "; " + problem->fix);
  }
  return **text;
}

template <class T>
Result<T> WithoutReason(SourceResult<T> result) {
  if (!result) return tl::make_unexpected(std::move(result.error().error));
  return std::move(*result);
}

}  // namespace

Result<trust::KeySet> ReadHostKeys(const VerifySettings& settings) {
  auto signers =
      ReadKeyFile("source.verify.allowed_signers", settings.allowed_signers, KeyFile::kAllowedSigners);
  if (!signers) return tl::make_unexpected(signers.error());
  auto revoked = ReadKeyFile("source.verify.revoked_keys", settings.revoked_keys, KeyFile::kRevokedKeys);
  if (!revoked) return tl::make_unexpected(revoked.error());
  auto pgp = ReadKeyFile("source.verify.pgp_keys", settings.pgp_keys, KeyFile::kPgpKeys);
  if (!pgp) return tl::make_unexpected(pgp.error());
  return trust::KeySet{std::move(*signers), trust::AsText(std::move(*revoked)), std::move(*pgp)};
}

trust::Descent TrustGate::DescentOf(const Revision& revision, const TrustBase& base) {
  if (base.commit.empty()) return trust::Descent::kFirst;
  if (base.commit == revision.commit) return trust::Descent::kSame;
  switch (source_.CompareWith(revision, base.commit)) {
    case Ancestry::kDescendant:
      return trust::Descent::kDescendant;
    case Ancestry::kRewritten:
      return trust::Descent::kElsewhere;
    case Ancestry::kUnknown:
      break;
  }
  return trust::Descent::kServedGone;
}

Result<trust::Decision> TrustGate::Check(const Revision& revision, const Served& served, int64_t now,
                                         const std::function<void()>& on_progress) {
  const auto host = ReadHostKeys(config_.source.verify);
  if (!host) return tl::make_unexpected(host.error());
  const TrustBase& base = served.base;
  trust::Question question;
  question.revision = revision.name;
  question.commit = revision.commit;
  question.baseline = base.commit;
  question.descent = DescentOf(revision, base);
  question.mode = config_.source.verify.mode;
  question.rule = config_.source.verify.history;
  question.chosen_by_host = !config_.source.commit.empty();
  question.keys = trust::Join(*host, {base.allowed_signers, base.revoked_keys, base.pgp_keys});
  const auto& accepted = served.acceptance;
  if (accepted && accepted->commit == revision.commit && accepted->after == base.commit) {
    question.accepted_by = accepted->by + ", slipway accept";
  }
  question.tags = revision.tags;
  question.range = [this, &revision, &base] {
    return WithoutReason(source_.FirstParents(revision.commit, base.commit, kMostCommits));
  };
  question.read = [this](const std::string& hash) { return WithoutReason(source_.ReadObject(hash)); };
  Clock::time_point said = Clock::now();
  question.verify = [&](const trust::SignedObject& object, const trust::KeySet& keys) {
    if (Clock::now() - said > kProgressEvery) {
      on_progress();
      said = Clock::now();
    }
    return trust::VerifySignature(object, keys);
  };
  question.cache = &cache_;
  question.now = now;
  return trust::Decide(question);
}

Result<TrustBase> ReadTrustBase(const std::string& commit, const Fleet& fleet, const SourceTree& tree) {
  TrustBase base{commit, "", "", ""};
  const VerifyFiles& files = fleet.site->verify;
  for (const auto& [ref, text] :
       {std::pair(&files.allowed_signers, &base.allowed_signers),
        std::pair(&files.revoked_keys, &base.revoked_keys), std::pair(&files.pgp_keys, &base.pgp_keys)}) {
    if (ref->value.empty()) continue;
    const SourceTree::Entry* entry = tree.Find(ref->value);
    if (entry == nullptr) return Bug("reading " + ref->value + ": the file was there when it was checked");
    auto bytes = tree.Read(*entry, kLargestKeyFile);
    if (!bytes) return tl::make_unexpected(bytes.error());
    *text = text == &base.revoked_keys ? trust::AsText(std::move(*bytes)) : std::move(*bytes);
  }
  return base;
}

}  // namespace slipway
