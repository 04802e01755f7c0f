#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/reconciler/temp_dir.h"

namespace slipway::testing {

/// A repository and keys of real programs: OpenSSH's ssh-keygen and GnuPG, whose agent ends with the test.
class SigningFixture : public ::testing::Test {
 protected:
  SigningFixture();
  ~SigningFixture() override;

  /// Makes an SSH key; the key as allowed signers want it, without principal.
  std::string MakeSshKey(const std::string& name);
  /// Makes an OpenPGP key for `<name>@example.org`; `options` go before --quick-gen-key, `expires` is gpg's
  /// word.
  void MakePgpKey(const std::string& name, const std::string& expires = "never",
                  const std::string& options = "");
  /// Its public part, in armor.
  std::string PgpKey(const std::string& name);

  /// The bytes of a new commit, signed by git itself with that SSH key, or "" for none.
  std::string SshCommit(const std::string& key);
  /// Likewise by an OpenPGP key; `options` are gpg's.
  std::string PgpCommit(const std::string& key, const std::string& options = "");
  std::string Commit(const std::string& git_options);

  std::string Run(const std::string& command);

  TempDir dir_;
};

}  // namespace slipway::testing
