// Commits that git signed with keys of GnuPG, judged by gpgv.
#include <gtest/gtest.h>

#include "reconciler/trust/verify.h"
#include "tests/reconciler/trust/signing.h"

namespace slipway::trust {
namespace {

#define EXPECT_FINDING(verdict, expected) EXPECT_EQ(ToString((verdict).finding), ToString(Finding::expected))

class PgpSignature : public slipway::testing::SigningFixture {
 protected:
  Verdict Judge(const SignedObject& object, const std::string& keys) {
    const auto verdict = VerifySignature(object, {"", "", keys});
    EXPECT_TRUE(verdict) << verdict.error().message;
    return verdict.value_or(Verdict{});
  }
  Verdict Judge(const std::string& commit, const std::string& keys) {
    return Judge(SplitCommit(commit), keys);
  }
};

TEST_F(PgpSignature, OfAnAllowedKeyNamesItsUserAndFingerprint) {
  MakePgpKey("ada");
  MakePgpKey("bob");
  const Verdict verdict = Judge(PgpCommit("ada"), PgpKey("bob") + PgpKey("ada"));
  EXPECT_FINDING(verdict, kGood);
  EXPECT_EQ(verdict.signer, "ada <ada@example.org>, OpenPGP key " + verdict.key);
  EXPECT_EQ(verdict.key.size(), 40u);
}

TEST_F(PgpSignature, OfASubkeyNamesThePrimaryKey) {
  MakePgpKey("ada");
  const std::string fingerprint =
      Run("gpg --list-keys --with-colons ada@example.org 2>/dev/null | awk -F: '/^fpr/{print $10; exit}'");
  Run("gpg -q --batch --passphrase '' --quick-add-key " + fingerprint + " ed25519 sign never 2>&1");
  const Verdict verdict = Judge(PgpCommit("ada"), PgpKey("ada"));
  EXPECT_FINDING(verdict, kGood);
  EXPECT_EQ(verdict.key, fingerprint);
}

TEST_F(PgpSignature, OfAKeyThatNothingAllowsIsUnknown) {
  MakePgpKey("ada");
  MakePgpKey("eve");
  const std::string commit = PgpCommit("eve");
  for (const std::string& keys : {PgpKey("ada"), std::string()}) {
    const Verdict verdict = Judge(commit, keys);
    EXPECT_FINDING(verdict, kUnknownKey);
    EXPECT_FALSE(verdict.key.empty());
  }
}

TEST_F(PgpSignature, OfAnExpiredKeyDoesNotCountWhateverTimeItClaims) {
  MakePgpKey("old", "1d", "--faked-system-time 20200101T000000");
  const std::string commit = PgpCommit("old", "--faked-system-time 20200101T100000");
  EXPECT_FINDING(Judge(commit, PgpKey("old")), kExpired);
}

TEST_F(PgpSignature, OfARevokedKeyDoesNotCount) {
  MakePgpKey("ada");
  const std::string commit = PgpCommit("ada");
  const std::string before = PgpKey("ada");
  Run("sed 's/^:---/---/' gnupg/openpgp-revocs.d/*.rev | gpg -q --batch --import 2>&1");
  EXPECT_FINDING(Judge(commit, PgpKey("ada")), kRevoked);
  EXPECT_FINDING(Judge(commit, before + PgpKey("ada")), kRevoked) << "the key stands there unrevoked, too";
  EXPECT_FINDING(Judge(commit, PgpKey("ada") + before), kRevoked);
  EXPECT_FINDING(Judge(commit, before), kGood) << "nobody said so";
}

TEST_F(PgpSignature, OfAKeyThatWasProlongedCountsByTheNewerCopy) {
  MakePgpKey("ada", "1d", "--faked-system-time 20200101T000000");
  const std::string commit = PgpCommit("ada", "--faked-system-time 20200101T100000");
  const std::string before = PgpKey("ada");
  EXPECT_FINDING(Judge(commit, before), kExpired);
  Run("gpg -q --batch --passphrase '' --quick-set-expire $(gpg --list-keys --with-colons ada@example.org "
      "2>/dev/null | "
      "awk -F: '/^fpr/{print $10; exit}') never 2>&1");
  EXPECT_FINDING(Judge(commit, before + PgpKey("ada")), kGood);
  EXPECT_FINDING(Judge(commit, PgpKey("ada") + before), kGood);
}

TEST_F(PgpSignature, WithAnyByteOfTheCommitChangedDoesNotCount) {
  MakePgpKey("ada");
  const std::string keys = PgpKey("ada");
  const std::string commit = PgpCommit("ada");
  int changed_payloads = 0;
  for (size_t at = 0; at < commit.size(); at += commit.size() / 40) {
    std::string changed = commit;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const bool other = SplitCommit(changed).payload != SplitCommit(commit).payload;
    EXPECT_FALSE(Judge(changed, keys).good() && other) << "at byte " << at << ":\n" << changed;
    changed_payloads += other ? 1 : 0;
  }
  EXPECT_GT(changed_payloads, 10);
  SignedObject other = SplitCommit(commit);
  other.payload += "and more\n";
  EXPECT_FINDING(Judge(other, keys), kDamaged);
}

TEST_F(PgpSignature, ThatCarriesItsOwnMessageDoesNotCount) {
  MakePgpKey("ada");
  const std::string keys = PgpKey("ada");
  SignedObject object = SplitCommit(PgpCommit("ada"));
  const std::string good = object.signature;
  Run("printf innocent > m; gpg -q --batch --armor -u ada@example.org --sign -o inline.asc m 2>&1");
  object.signature = Run("sed 's/PGP MESSAGE/PGP SIGNATURE/' inline.asc") + "\n";
  EXPECT_FALSE(Judge(object, keys).good()) << "an inline signed message under the name of a signature";
  object.signature += good;
  EXPECT_FALSE(Judge(object, keys).good()) << "and a good one behind it";
  Run("gpg -q --batch -u ada@example.org --detach-sign -o a.sig m && cat a.sig a.sig | gpg --enarmor "
      "2>/dev/null | "
      "sed 's/PGP ARMORED FILE/PGP SIGNATURE/' > two.asc");
  object.signature = Run("cat two.asc") + "\n";
  object.payload = "innocent";
  EXPECT_FALSE(Judge(object, keys).good()) << "two signatures in one";
}

TEST_F(PgpSignature, CannotBeJudgedByDamagedKeys) {
  MakePgpKey("ada");
  const SignedObject object = SplitCommit(PgpCommit("ada"));
  std::string keys = PgpKey("ada");
  keys.resize(keys.size() - 60);
  const auto verdict = VerifySignature(object, {"", "", keys});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().reaction, Reaction::kFixInput);
  EXPECT_NE(verdict.error().message.find("gpg --armor --export"), std::string::npos);
}

}  // namespace
}  // namespace slipway::trust
