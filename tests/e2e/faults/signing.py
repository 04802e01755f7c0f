"""Keys of the real programs, and a fleet repository whose commits they sign."""
import os
import subprocess


class Keys:
    """SSH keys by ssh-keygen and OpenPGP keys by gpg, in a folder of their own."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "keys")
        self.gnupg = os.path.join(self.folder, "gnupg")
        os.makedirs(self.gnupg, mode=0o700)

    def run(self, *words, given=None):
        done = subprocess.run(words, input=given, capture_output=True, text=True,
                              env={**os.environ, "GNUPGHOME": self.gnupg})
        if done.returncode != 0:
            raise AssertionError("%s: %s" % (" ".join(words), done.stderr))
        return done.stdout

    def ssh(self, name):
        """Makes a key; its line for allowed signers."""
        path = os.path.join(self.folder, name)
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path)
        with open(path + ".pub") as file:
            key = " ".join(file.read().split()[:2])
        return "%s@example.org namespaces=\"git\" %s\n" % (name, key)

    def krl(self, *names):
        """A key revocation list of those keys: its path."""
        path = os.path.join(self.folder, "-".join(names) + ".krl")
        self.run("ssh-keygen", "-q", "-k", "-f", path, *(os.path.join(self.folder, name + ".pub") for name in names))
        return path

    def pgp(self, name, expires="never"):
        """Makes a key; its public part in armor."""
        self.run("gpg", "-q", "--batch", "--passphrase", "", "--quick-gen-key", "%s <%s@example.org>" % (name, name),
                 "ed25519", "sign", expires)
        return self.run("gpg", "-q", "--batch", "--armor", "--export", name + "@example.org")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def close(self):
        """gpg leaves its agent running."""
        subprocess.run(["gpgconf", "--homedir", self.gnupg, "--kill", "all"], check=False, capture_output=True)

    def sign_ssh(self, fleet, name):
        """From now on the fleet's commits and tags are signed by that key."""
        fleet.git("config", "gpg.format", "ssh")
        fleet.git("config", "user.signingkey", os.path.join(self.folder, name))
        fleet.git("config", "commit.gpgsign", "true")

    def sign_pgp(self, fleet, name):
        program = self.write("gpg-of-the-test", "#!/bin/sh\nGNUPGHOME='%s' exec gpg \"$@\"\n" % self.gnupg)
        os.chmod(program, 0o755)
        fleet.git("config", "gpg.format", "openpgp")
        fleet.git("config", "gpg.program", program)
        fleet.git("config", "user.signingkey", name + "@example.org")
        fleet.git("config", "commit.gpgsign", "true")

    @staticmethod
    def sign_nothing(fleet):
        fleet.git("config", "commit.gpgsign", "false")
