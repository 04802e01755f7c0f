#include "schema/fleet/key_file.h"

#include <gtest/gtest.h>

#include <array>

#include "schema/fleet/codes.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

constexpr const char* kBlock =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFu\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";

std::string Problem(KeyFile kind, const std::string& text) {
  const auto problem = FindKeyFileProblem(kind, text);
  return problem ? std::to_string(problem->line) + ": " + problem->message : "";
}

TEST(KeyFile, AllowedSignersTakeEveryFormThatSshKeygenDoes) {
  for (const char* line :
       {"ada@example.org ssh-ed25519 AAAA", "ada@example.org,*@lab.example.org ssh-rsa AAAA comment here",
        "* cert-authority ssh-ed25519 AAAA", "a Namespaces=\"git,file\" ecdsa-sha2-nistp256 AAAA==",
        "a cert-authority,namespaces=\"git\",valid-after=\"20240101\",valid-before=\"20250101Z\" "
        "sk-ssh-ed25519@openssh.com AAAA",
        "a\tssh-ed25519\tAAAA\r"}) {
    EXPECT_EQ(Problem(KeyFile::kAllowedSigners, "# people\n\n" + std::string(line)), "") << line;
  }
}

TEST(KeyFile, AllowedSignersNameTheLineThatWouldBePassedOver) {
  const std::string good = "ada@example.org ssh-ed25519 AAAA\n";
  for (const auto& [line, why] : std::initializer_list<std::pair<const char*, const char*>>{
           {"ssh-ed25519 AAAA", "the line names no principal and SSH key"},
           {"ada@example.org AAAA", "the line names no principal and SSH key"},
           {"ada@example.org namespaces=\"git\" AAAA", "the line names no principal and SSH key"},
           {"ada@example.org ssh-ed25519 AA:AA", "the key is not base64"},
           {"ada@example.org valid-until=\"2024\" ssh-ed25519 AAAA", "there is no option `valid-until`"},
           {"ada@example.org namespaces=git ssh-ed25519 AAAA",
            "the option `namespaces` needs a value in quotes"},
           {"ada@example.org cert-authority=\"x\" ssh-ed25519 AAAA",
            "the option `cert-authority` has no value"},
           {"ada@example.org namespaces=\"git\"cert-authority ssh-ed25519 AAAA",
            "there is a comma missing after `namespaces`"}}) {
    EXPECT_EQ(Problem(KeyFile::kAllowedSigners, good + line), std::string("2: ") + why) << line;
  }
  EXPECT_EQ(Problem(KeyFile::kAllowedSigners, "# nobody\n"), "0: the file names nobody");
}

TEST(KeyFile, RevokedKeysAreOneALineAndMayBeNone) {
  EXPECT_EQ(Problem(KeyFile::kRevokedKeys, "# none yet\n"), "");
  EXPECT_EQ(Problem(KeyFile::kRevokedKeys, "ssh-ed25519 AAAA ada@laptop\n"), "");
  EXPECT_EQ(Problem(KeyFile::kRevokedKeys, "ssh-ed25519 AAAA\nada@example.org ssh-ed25519 AAAA\n"),
            "2: the line is no SSH public key");
}

/// Lists that ssh-keygen -k wrote: of a key; of a certificate's serial number and id; of fingerprints.
constexpr std::array kLists = {
    "5353484b524c0a00000000010000000000000000000000006b086c750000000000000000000000000000000002000000"
    "37000000330000000b7373682d65643235353139000000205aadb8a1d985b1af90ffc7cc744fa6137b144d126174a324"
    "9d354edb79b8e053",
    "5353484b524c0a00000000010000000000000000000000006b086c760000000000000000000000000000000001000000"
    "54000000330000000b7373682d6564323535313900000020bd1480f1e73eff67a0d50085bc5ee4a94f70af743a115ca7"
    "4100b6d842a84c640000000020000000080000000000000007230000000700000003666f6f",
    "5353484b524c0a00000000010000000000000000000000006b086c770000000000000000000000000000000003000000"
    "1800000014337c3cd4b45ef7b392f73d592b9aa0b2d2f1f906050000004800000020d8de9e856a5e71b9954b1b711e5f"
    "7f4bc612e8f99b59b237b0095e7687ea757d00000020ed68793dfc25d15ea0422b4c533ba261f06f35b5790a3c5844ff"
    "53d35fd43c4f"};

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

TEST(KeyFile, RevokedKeysMayBeAListOfSshKeygen) {
  constexpr size_t kHead = 44;  // a list that names nothing
  for (const char* hex : kLists) {
    const std::string list = Bytes(hex);
    EXPECT_EQ(Problem(KeyFile::kRevokedKeys, list), "");
    EXPECT_NE(Problem(KeyFile::kAllowedSigners, list), "");
    size_t whole = 0;
    for (size_t cut = 8; cut < list.size(); ++cut)
      whole += Problem(KeyFile::kRevokedKeys, list.substr(0, cut)).empty() ? 1 : 0;
    EXPECT_LE(whole, 3U) << "nothing, or fewer whole sections, and else half a list";
    EXPECT_EQ(Problem(KeyFile::kRevokedKeys, list.substr(0, kHead)), "");
    std::string other = list;
    other[kHead] = 4;
    EXPECT_EQ(Problem(KeyFile::kRevokedKeys, other), "0: a section of kind 4 is damaged or not known");
  }
  EXPECT_EQ(Problem(KeyFile::kRevokedKeys, std::string("SSHKRL\n\0\0", 9)),
            "0: the list is of a form that is not known");
  std::string short_hash = Bytes(kLists[2]);
  short_hash[0x34] = 0x13;  // nineteen bytes of SHA-1
  EXPECT_NE(Problem(KeyFile::kRevokedKeys, short_hash), "");
}

TEST(KeyFile, PgpKeysAreWholeBlocksInArmor) {
  EXPECT_EQ(Problem(KeyFile::kPgpKeys, std::string("Ada:\n") + kBlock + kBlock), "");
  EXPECT_EQ(Problem(KeyFile::kPgpKeys, "binary"), "0: there is no block of OpenPGP public keys");
  EXPECT_EQ(Problem(KeyFile::kPgpKeys, std::string(kBlock).substr(0, std::string(kBlock).find("-----END"))),
            "0: the last block of keys has no end");
  EXPECT_EQ(Problem(KeyFile::kPgpKeys, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nb:\n"),
            "3: the line is not base64");
  EXPECT_EQ(Problem(KeyFile::kPgpKeys, std::string(kBlock) + "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"),
            "6: this is a private key: whoever can read the repository has it now");
}

LoadOutcome LoadWith(Files files) {
  FleetLoader loader;
  const auto tree = MakeMemoryTree(files);
  auto outcome = loader.Load(*tree);
  EXPECT_TRUE(outcome);
  return outcome.value_or(LoadOutcome{});
}

TEST(KeyFile, IsCheckedWhereTheSiteNamesIt) {
  Files files = SampleFleet();
  files["site.yaml"] +=
      "  verify: {allowedSigners: keys/signers, revokedKeys: keys/revoked, pgpKeys: keys/pgp.asc}\n";
  files["keys/signers"] = "ada@example.org ssh-ed25519 AAAA\n";
  files["keys/revoked"] = "";
  files["keys/pgp.asc"] = kBlock;
  const LoadOutcome good = LoadWith(files);
  ASSERT_TRUE(good.fleet) << FormatText(good.diagnostics.front());
  EXPECT_EQ(good.fleet->site->verify.pgp_keys.value, "keys/pgp.asc");
  files["keys/signers"] = std::string(kLargestKeyFile + 1, '#');
  files.erase("keys/revoked");
  const LoadOutcome bad = LoadWith(files);
  EXPECT_FALSE(bad.fleet);
  std::vector<int> codes;
  for (const Diagnostic& diagnostic : bad.diagnostics) codes.push_back(diagnostic.code);
  EXPECT_EQ(codes, (std::vector<int>{code::kBadKeyFile, code::kMissingFile}))
      << "keys/signers, then site.yaml";
}

}  // namespace
}  // namespace slipway
