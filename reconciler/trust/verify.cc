#include "reconciler/trust/verify.h"

#include "reconciler/trust/program.h"
#include "reconciler/trust/words.h"

namespace slipway::trust {
namespace {

/// The runs of ssh-keygen over one signature.
class SshKeygen {
 public:
  SshKeygen(const SignedObject& object, const KeySet& keys, const std::vector<std::string>& revoked)
      : object_(object), files_{keys.allowed_signers, object.signature} {
    files_.insert(files_.end(), revoked.begin(), revoked.end());
  }

  Result<Ended> FindPrincipals() const {
    return Run({"ssh-keygen", "-Y", "find-principals", "-f", PathOf(0), "-s", PathOf(1)});
  }
  /// Whether it fits, whoever made it.
  Result<Ended> Check() const {
    return Run({"ssh-keygen", "-Y", "check-novalidate", "-n", "git", "-s", PathOf(1)});
  }
  /// Whatever is revoked.
  Result<Ended> Verify(const std::string& principal) const { return Run(Words(principal)); }
  /// ssh-keygen takes one file of revoked keys at a time: the first that is against it, or the last.
  Result<Ended> VerifyUnrevoked(const std::string& principal) const {
    Result<Ended> ended = HasRevoked() ? Result<Ended>(Ended()) : Verify(principal);
    for (size_t file = kRevoked; file < files_.size(); ++file) {
      std::vector<std::string> words = Words(principal);
      words.insert(words.end(), {"-r", PathOf(file)});
      ended = Run(std::move(words));
      if (!ended || ended->code != 0) break;
    }
    return ended;
  }
  bool HasRevoked() const { return files_.size() > kRevoked; }

 private:
  static constexpr size_t kRevoked = 2;  ///< the first file of them

  static std::vector<std::string> Words(const std::string& principal) {
    return {"ssh-keygen", "-Y", "verify", "-n", "git", "-f", PathOf(0), "-I", principal, "-s", PathOf(1)};
  }
  Result<Ended> Run(std::vector<std::string> words) const {
    Program program;
    program.words = std::move(words);
    program.files = files_;
    program.input = object_.payload;
    return RunProgram(program);
  }

  const SignedObject& object_;
  std::vector<std::string> files_;
};

/// Nobody who is allowed made it: then why not, and whose key is it?
Result<Verdict> ExplainStranger(const SshKeygen& keygen, const Ended& found) {
  const auto checked = keygen.Check();
  if (!checked) return tl::make_unexpected(checked.error());
  if (checked->code != 0) return Verdict{ReadSshRefusal(checked->err, Finding::kDamaged), "", ""};
  const Verdict whose = ReadSshGood(checked->out);
  return Verdict{ReadSshRefusal(found.err, Finding::kUnknownKey), "", whose.key};
}

Result<Verdict> VerifySsh(const SignedObject& object, const KeySet& keys) {
  const auto revoked = RevocationFiles(keys.revoked_keys);
  if (!revoked) return FixInput("a list of revoked keys is damaged; write it with ssh-keygen -k");
  const SshKeygen keygen(object, keys, *revoked);
  const auto found = keygen.FindPrincipals();
  if (!found) return tl::make_unexpected(found.error());
  const auto principals = found->code == 0 ? ReadPrincipals(found->out) : std::vector<std::string>();
  if (principals.empty()) return ExplainStranger(keygen, *found);
  Verdict refused{Finding::kDamaged, "", ""};
  for (const std::string& principal : principals) {
    const auto verified = keygen.VerifyUnrevoked(principal);
    if (!verified) return tl::make_unexpected(verified.error());
    if (verified->code == 0) return ReadSshGood(verified->out);
    refused.finding = ReadSshRefusal(verified->err, Finding::kDamaged);
    if (refused.finding != Finding::kDamaged || !keygen.HasRevoked()) continue;
    const auto without = keygen.Verify(principal);
    if (!without) return tl::make_unexpected(without.error());
    if (without->code == 0) return Verdict{Finding::kRevoked, "", ReadSshGood(without->out).key};
  }
  return refused;
}

Result<Verdict> RunGpgv(const SignedObject& object, const std::string& keyring) {
  Program program;
  program.words = {"gpgv",    "--homedir", "/nonexistent", "--status-fd", "1", "--keyring", PathOf(0),
                   PathOf(1), "-"};
  program.files = {keyring, object.signature};
  program.input = object.payload;
  const auto ended = RunProgram(program);
  if (!ended) return tl::make_unexpected(ended.error());
  Verdict verdict = ReadGpgvStatus(ended->out);
  if (verdict.good() && ended->code != 0) verdict = {Finding::kDamaged, "", verdict.key};
  return verdict;
}

/// Of a key that stands in a keyring twice, gpgv sees the first copy alone: the one of the host's file may be
/// older than the revocation in the repository. So each block is asked by itself, once any knows the key.
Result<Verdict> VerifyPgp(const SignedObject& object, const KeySet& keys) {
  const auto blocks = DearmorKeys(keys.pgp_keys);
  if (!blocks) {
    return FixInput("the OpenPGP keys are damaged; write them with gpg --armor --export, whole");
  }
  std::string keyring;
  for (const std::string& block : *blocks) keyring += block;
  auto first = RunGpgv(object, keyring);
  if (!first || blocks->size() < 2) return first;
  const bool known = first->good() || first->finding == Finding::kExpired;
  for (const std::string& block : known ? *blocks : std::vector<std::string>()) {
    auto verdict = RunGpgv(object, block);
    if (!verdict || verdict->finding == Finding::kRevoked) return verdict;
    if (verdict->good()) first = std::move(verdict);  // prolonged in this copy
  }
  return first;
}

}  // namespace

Result<Verdict> VerifySignature(const SignedObject& object, const KeySet& keys) {
  switch (object.kind) {
    case SignatureKind::kNone:
      return Verdict{};
    case SignatureKind::kSsh:
      return VerifySsh(object, keys);
    case SignatureKind::kPgp:
      return VerifyPgp(object, keys);
    case SignatureKind::kOther:
      break;
  }
  return Verdict{Finding::kUnsupported, "", ""};
}

}  // namespace slipway::trust
