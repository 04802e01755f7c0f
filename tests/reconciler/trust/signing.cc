#include "tests/reconciler/trust/signing.h"

#include <fstream>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway::testing {

SigningFixture::SigningFixture() {
  Run("mkdir -m 700 gnupg keys && git init -q -b main work && cd work && git commit -q --allow-empty -m "
      "begin");
}

SigningFixture::~SigningFixture() { Run("gpgconf --homedir $PWD/gnupg --kill all"); }

std::string SigningFixture::Run(const std::string& command) {
  return Sh(dir_.path(), "export GNUPGHOME=$PWD/gnupg; " + command);
}

std::string SigningFixture::MakeSshKey(const std::string& name) {
  Run("ssh-keygen -q -t ed25519 -N '' -C " + name + " -f keys/" + name);
  return Run("cut -d' ' -f1,2 keys/" + name + ".pub");
}

void SigningFixture::MakePgpKey(const std::string& name, const std::string& expires,
                                const std::string& options) {
  Run("gpg -q --batch --passphrase '' " + options + " --quick-gen-key '" + name + " <" + name +
      "@example.org>' ed25519 sign " + expires + " >/dev/null 2>&1");
}

std::string SigningFixture::PgpKey(const std::string& name) {
  return Run("gpg -q --batch --armor --export " + name + "@example.org 2>/dev/null") + "\n";
}

std::string SigningFixture::Commit(const std::string& git_options) {
  return Run("cd work && git " + git_options +
             " --allow-empty -m 'Change the fleet' && git cat-file commit HEAD") +
         "\n";
}

std::string SigningFixture::SshCommit(const std::string& key) {
  if (key.empty()) return Commit("commit -q");
  return Commit("-c gpg.format=ssh -c user.signingkey=" + (dir_ / ("keys/" + key)).string() +
                " commit -q -S");
}

std::string SigningFixture::PgpCommit(const std::string& key, const std::string& options) {
  const std::filesystem::path program = dir_ / "gpg";
  std::ofstream(program) << "#!/bin/sh\nexec gpg " << options << " \"$@\"\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  return Commit("-c gpg.program=" + program.string() + " -c user.signingkey=" + key +
                "@example.org commit -q -S");
}

}  // namespace slipway::testing
