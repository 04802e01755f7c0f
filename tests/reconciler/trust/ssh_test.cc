// Commits that git signed with keys of ssh-keygen, judged by ssh-keygen.
#include <gtest/gtest.h>

#include <fstream>

#include "reconciler/trust/verify.h"
#include "tests/reconciler/trust/signing.h"

namespace slipway::trust {
namespace {

class SshSignature : public slipway::testing::SigningFixture {
 protected:
  Verdict Judge(const std::string& commit, const std::string& allowed, const std::string& revoked = "") {
    const auto verdict = VerifySignature(SplitCommit(commit), {allowed, revoked, ""});
    EXPECT_TRUE(verdict) << verdict.error().message;
    return verdict.value_or(Verdict{});
  }

  static std::string ReadBytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string Fingerprint(const std::string& key) {
    return Run("ssh-keygen -l -f keys/" + key + ".pub | cut -d' ' -f2");
  }
};

#define EXPECT_FINDING(verdict, expected) EXPECT_EQ(ToString((verdict).finding), ToString(Finding::expected))

TEST_F(SshSignature, OfAnAllowedKeyNamesItsPrincipalAndKey) {
  const std::string key = MakeSshKey("ada");
  const std::string commit = SshCommit("ada");
  const Verdict verdict = Judge(commit, "ada@example.org,*@lab.example.org namespaces=\"git\" " + key + "\n");
  EXPECT_FINDING(verdict, kGood);
  EXPECT_EQ(verdict.signer, "ada@example.org, ED25519 key " + Fingerprint("ada"));
}

TEST_F(SshSignature, OfAKeyThatNothingAllowsIsUnknown) {
  const std::string ada = MakeSshKey("ada");
  MakeSshKey("eve");
  const std::string commit = SshCommit("eve");
  for (const std::string& allowed : {"ada@example.org " + ada + "\n", std::string()}) {
    const Verdict verdict = Judge(commit, allowed);
    EXPECT_FINDING(verdict, kUnknownKey);
    EXPECT_EQ(verdict.key, Fingerprint("eve"));
  }
}

TEST_F(SshSignature, IsMissingOnACommitWithoutOne) {
  const std::string key = MakeSshKey("ada");
  EXPECT_FINDING(Judge(SshCommit(""), "ada@example.org " + key + "\n"), kUnsigned);
}

TEST_F(SshSignature, CountsOnlyWhileItsKeyIsValidWhateverTimeTheCommitClaims) {
  const std::string key = MakeSshKey("ada");
  const std::string commit = SshCommit("ada");  // dated 2023
  const auto with = [&](const std::string& option) {
    return Judge(commit, "ada@example.org " + option + " " + key + "\n");
  };
  EXPECT_FINDING(with("valid-before=\"20240101\""), kExpired);
  EXPECT_FINDING(with("valid-after=\"29990101\""), kExpired);
  EXPECT_FINDING(with("valid-after=\"20240101\",valid-before=\"29990101\""), kGood);
}

TEST_F(SshSignature, OfARevokedKeyDoesNotCount) {
  const std::string ada = MakeSshKey("ada");
  const std::string eve = MakeSshKey("eve");
  const std::string commit = SshCommit("ada");
  const std::string allowed = "ada@example.org " + ada + "\n";
  const Verdict revoked = Judge(commit, allowed, eve + "\n" + ada + "\n");
  EXPECT_FINDING(revoked, kRevoked);
  EXPECT_EQ(revoked.key, Fingerprint("ada"));
  EXPECT_FINDING(Judge(commit, allowed, eve + "\n"), kGood);
}

TEST_F(SshSignature, OfAKeyThatARevocationListNamesDoesNotCountWhereverTheListStands) {
  const std::string ada = MakeSshKey("ada");
  const std::string eve = MakeSshKey("eve");
  const std::string commit = SshCommit("ada");
  const std::string allowed = "ada@example.org " + ada + "\n";
  const auto list = [this](const std::string& name, const std::string& words) {
    Run("cd keys && ssh-keygen -q -k -f " + name + " " + words);
    return AsText(ReadBytes(dir_ / "keys" / name));
  };
  std::ofstream(dir_ / "keys/by_hash") << "hash: " << Fingerprint("ada") << "\n";
  const std::string by_key = list("by_key.krl", "ada.pub");
  const std::string others = list("others.krl", "eve.pub");
  const std::string nobody = list("nobody.krl", "/dev/null");
  for (const std::string& revoked :
       {by_key, list("by_hash.krl", "by_hash"), Join({"", eve + "\n", ""}, {"", by_key, ""}).revoked_keys,
        Join({"", by_key, ""}, {"", eve, ""}).revoked_keys, others + by_key, by_key + others,
        Join({"", others, ""}, {"", ada, ""}).revoked_keys}) {
    const Verdict verdict = Judge(commit, allowed, revoked);
    EXPECT_FINDING(verdict, kRevoked) << revoked;
    EXPECT_EQ(verdict.key, Fingerprint("ada"));
  }
  for (const std::string& revoked : {others, nobody, others + nobody + eve + "\n"}) {
    EXPECT_FINDING(Judge(commit, allowed, revoked), kGood) << revoked;
  }
  EXPECT_FALSE(VerifySignature(SplitCommit(commit), {allowed, by_key.substr(0, by_key.size() / 2), ""}))
      << "a damaged list judges nothing";
}

TEST_F(SshSignature, OfACertificateWhoseSerialNumberARevocationListNamesDoesNotCount) {
  const std::string ca = MakeSshKey("ca");
  MakeSshKey("cert");
  const std::string line = "*@example.org cert-authority,namespaces=\"git\" " + ca + "\n";
  std::ofstream(dir_ / "keys/serials") << "serial: 7\n";
  Run("cd keys && ssh-keygen -q -k -f serials.krl -s ca.pub serials");
  const std::string revoked = AsText(ReadBytes(dir_ / "keys/serials.krl"));
  for (const char* serial : {"7", "8"}) {
    Run(std::string("cd keys && ssh-keygen -q -s ca -I id -n cy@example.org -z ") + serial + " cert.pub");
    const std::string commit = Commit(
        "-c gpg.format=ssh -c user.signingkey=" + (dir_ / "keys/cert-cert.pub").string() + " commit -q -S");
    EXPECT_FINDING(Judge(commit, line), kGood);
    EXPECT_EQ(Judge(commit, line, revoked).good(), *serial == '8');
  }
}

TEST_F(SshSignature, ForAnotherPurposeDoesNotCount) {
  const std::string key = MakeSshKey("ada");
  const std::string commit = SshCommit("ada");
  EXPECT_FINDING(Judge(commit, "ada@example.org namespaces=\"file\" " + key + "\n"), kNamespace);
  SignedObject object = SplitCommit(commit);
  std::ofstream(dir_ / "payload") << object.payload;
  Run("ssh-keygen -q -Y sign -n file -f keys/ada payload");
  object.signature = Run("cat payload.sig") + "\n";
  const auto verdict = VerifySignature(object, {"ada@example.org " + key + "\n", "", ""});
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_FINDING(*verdict, kNamespace);
  Run("rm payload.sig; ssh-keygen -q -Y sign -n git -f keys/ada payload");
  object.signature = Run("cat payload.sig") + "\n";
  EXPECT_FINDING(*VerifySignature(object, {"ada@example.org " + key + "\n", "", ""}), kGood)
      << "the same bytes, signed for Git";
}

TEST_F(SshSignature, OfACertificateCountsByItsAuthorityForItsPrincipalsAndTime) {
  const std::string ca = MakeSshKey("ca");
  const std::string cert = MakeSshKey("cert");
  Run("cd keys && ssh-keygen -q -s ca -I id -n cy@example.org -V -1h:+1h cert.pub");
  const std::string commit = Commit(
      "-c gpg.format=ssh -c user.signingkey=" + (dir_ / "keys/cert-cert.pub").string() + " commit -q -S");
  const std::string line = "*@example.org cert-authority,namespaces=\"git\" " + ca + "\n";
  const Verdict verdict = Judge(commit, line);
  EXPECT_FINDING(verdict, kGood);
  EXPECT_NE(verdict.signer.find("cy@example.org, ED25519-CERT key"), std::string::npos) << verdict.signer;
  EXPECT_FALSE(Judge(commit, "*@elsewhere.org cert-authority " + ca + "\n").good()) << "another principal";
  EXPECT_FALSE(Judge(commit, "cy@example.org " + ca + "\n").good())
      << "the authority's key, not as an authority";
  EXPECT_FALSE(Judge(commit, line, cert + "\n").good()) << "the key in the certificate is revoked";
  Run("cd keys && ssh-keygen -q -s ca -I id -n cy@example.org -V -2h:-1h cert.pub");
  EXPECT_FALSE(Judge(Commit("-c gpg.format=ssh -c user.signingkey=" + (dir_ / "keys/cert-cert.pub").string() +
                            " commit -q -S"),
                     line)
                   .good())
      << "the certificate has expired";
}

TEST_F(SshSignature, WithAnyByteOfTheCommitChangedDoesNotCount) {
  const std::string key = MakeSshKey("ada");
  const std::string allowed = "ada@example.org " + key + "\n";
  const std::string commit = SshCommit("ada");
  int changed_payloads = 0;
  for (size_t at = 0; at < commit.size(); at += commit.size() / 40) {
    std::string changed = commit;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const SignedObject object = SplitCommit(changed);
    const auto verdict = VerifySignature(object, {allowed, "", ""});
    ASSERT_TRUE(verdict) << verdict.error().message;
    const bool other = object.payload != SplitCommit(commit).payload;  // in the armor, some bits mean nothing
    EXPECT_FALSE(verdict->good() && other) << "at byte " << at << ":\n" << changed;
    changed_payloads += other ? 1 : 0;
  }
  EXPECT_GT(changed_payloads, 10);
  EXPECT_FINDING(Judge(commit, allowed), kGood);
}

TEST_F(SshSignature, OfAnotherCommitIsDamage) {
  const std::string key = MakeSshKey("ada");
  SignedObject first = SplitCommit(SshCommit("ada"));
  first.signature = SplitCommit(SshCommit("ada")).signature;
  first.payload += "and more\n";
  const auto verdict = VerifySignature(first, {"ada@example.org " + key + "\n", "", ""});
  ASSERT_TRUE(verdict);
  EXPECT_FINDING(*verdict, kDamaged);
}

}  // namespace
}  // namespace slipway::trust
