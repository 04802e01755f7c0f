#include "reconciler/trust/signed_object.h"

#include <gtest/gtest.h>

namespace slipway::trust {
namespace {

constexpr const char* kHead = "tree 1111\nparent 2222\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n";
constexpr const char* kSsh = "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n";
constexpr const char* kPgp = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----\n";

TEST(SplitCommit, TakesTheSignatureOutOfTheHeadAndNothingElse) {
  const std::string rest = "encoding UTF-8\n\nSubject\n\ngpgsig in the message\n";
  const SignedObject ssh = SplitCommit(std::string(kHead) + kSsh + rest);
  EXPECT_EQ(ssh.kind, SignatureKind::kSsh);
  EXPECT_EQ(ssh.payload, kHead + rest);
  EXPECT_EQ(ssh.signature, "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
  const SignedObject pgp = SplitCommit(std::string(kHead) + kPgp + rest);
  EXPECT_EQ(pgp.kind, SignatureKind::kPgp);
  EXPECT_EQ(pgp.payload, kHead + rest);
  EXPECT_EQ(pgp.signature, "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
}

TEST(SplitCommit, LeavesOneWithoutSignatureWhole) {
  const std::string bare = std::string(kHead) + "\nSubject\n\n" + kSsh;
  EXPECT_EQ(SplitCommit(bare), (SignedObject{SignatureKind::kNone, bare, ""}))
      << "what a message says is no header";
  EXPECT_EQ(SplitCommit("").kind, SignatureKind::kNone);
}

TEST(SplitCommit, JudgesNeitherTwoSignaturesNorKindsItDoesNotKnow) {
  for (const std::string& signatures :
       {std::string(kSsh) + kSsh, std::string(kSsh) + kPgp, std::string("gpgsig-sha256 x\n"),
        std::string(kSsh) + "gpgsig-sha256 -----BEGIN SSH SIGNATURE-----\n AAAA\n",
        std::string("gpgsig -----BEGIN SIGNED MESSAGE-----\n x\n"), std::string("gpgsig \n"),
        "gpgsig -----BEGIN SSH SIGNATURE-----\n " + std::string(kLongestSignature, 'A') + "\n"}) {
    EXPECT_EQ(SplitCommit(kHead + signatures + "\nSubject\n").kind, SignatureKind::kOther)
        << signatures.substr(0, 100);
  }
}

TEST(SplitTag, CutsAtTheLastArmor) {
  const std::string tag = "object 11\ntype commit\ntag x\ntagger A <a@b> 1 +0000\n\nm\n";
  const std::string armor = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";
  EXPECT_EQ(SplitTag(tag + armor), (SignedObject{SignatureKind::kSsh, tag, armor}));
  EXPECT_EQ(SplitTag(tag + armor + armor), (SignedObject{SignatureKind::kSsh, tag + armor, armor}));
  EXPECT_EQ(SplitTag(tag + "-----BEGIN PGP SIGNATURE-----\nx").kind, SignatureKind::kPgp);
  EXPECT_EQ(SplitTag(tag + "-----BEGIN SIGNED MESSAGE-----\nx").kind, SignatureKind::kOther);
  EXPECT_EQ(SplitTag(tag + " " + armor).kind, SignatureKind::kNone) << "not at the beginning of a line";
  EXPECT_EQ(SplitTag(tag), (SignedObject{SignatureKind::kNone, tag, ""}));
  EXPECT_EQ(SplitTag("").kind, SignatureKind::kNone);
}

TEST(ReadTagHead, TakesTheFirstThreeLinesAndNoOthers) {
  const std::string hash(40, 'a');
  const std::string head = "object " + hash + "\ntype commit\ntag slipway/accept-x\ntagger A\n\nm";
  EXPECT_EQ(ReadTagHead(head), (TagHead{hash, "commit", "slipway/accept-x"}));
  for (const std::string& wrong :
       {std::string(), "object " + hash, "type commit\nobject " + hash + "\ntag x\n",
        "object " + hash.substr(1) + "\ntype commit\ntag x\n",
        "object " + std::string(40, 'A') + "\ntype commit\ntag x\n",
        "object " + hash + "\ntype commit\n\ntag x\n", "object " + hash + "\ntype commit\ntag x"}) {
    EXPECT_EQ(ReadTagHead(wrong), TagHead{}) << wrong;
  }
}

}  // namespace
}  // namespace slipway::trust
