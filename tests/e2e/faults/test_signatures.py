"""Who signed a revision decides whether it is served."""
import os
import shutil
import subprocess
import unittest

import harness
from trust_case import TrustCase


class SignatureTest(TrustCase):
    def test_signed_commits_are_served_and_their_signer_is_kept(self):
        daemon = self.start_signed()
        self.assertEqual(daemon.condition("SourceVerified")["status"], "True")
        second = harness.push_nodes(self.fleet, 4)
        self.assert_served(daemon, second)
        self.assertTrue(self.revision(daemon)["signer"].startswith("ada@example.org, ED25519 key SHA256:"))
        self.assertEqual(self.revision(daemon)["trustCommit"], second)
        self.assertNotIn("acceptedBy", self.revision(daemon))
        served = daemon.status()["served"]
        self.assertEqual((served["signer"], served["acceptedBy"]), (self.revision(daemon)["signer"], ""))

    def test_before_anything_was_served_the_hosts_keys_decide(self):
        self.keys.ssh("eve")
        self.name_keys(allowedSigners=self.keys.ssh("mallory"))
        self.keys.sign_ssh(self.fleet, "mallory")
        harness.push_nodes(self.fleet, 3)
        daemon = self.start(flags=self.flags(), interval="1h")
        failed = daemon.wait_condition("VerificationFailed")
        self.assertIn("which is not allowed", failed["message"])
        self.assertEqual(harness.get(daemon.http, "/boot.ipxe")[0], 503)
        self.keys.sign_ssh(self.fleet, "ada")
        self.assert_served(daemon, harness.push_nodes(self.fleet, 4))

    def test_what_is_served_when_signatures_are_first_asked_for_goes_on_and_the_next_needs_one(self):
        daemon = self.start_served()
        before = daemon.everything()
        self.assertEqual(daemon.stop(), 0)
        daemon = self.start(interval="1h", flags=self.flags())
        condition = daemon.wait_condition("SourceVerified")
        self.assertEqual(condition["status"], "False")
        self.assertIn("since before signatures were asked for", condition["message"])
        self.assertEqual(daemon.condition("Ready")["status"], "True")
        self.assert_still_serves(daemon, before)
        unsigned = harness.push_nodes(self.fleet, 3)
        self.assert_refused(daemon, "VerificationFailed", unsigned[:12], "is not signed")
        self.push_at(self.first)
        self.keys.sign_ssh(self.fleet, "ada")
        self.assert_served(daemon, harness.push_nodes(self.fleet, 4))
        self.assertEqual(daemon.condition("SourceVerified")["status"], "True")

    def test_unsigned_commit_in_the_middle_of_a_push_refuses_all_of_it_until_it_is_accepted(self):
        daemon = self.start_signed()
        before = daemon.everything()
        harness.push_nodes(self.fleet, 4)
        self.keys.sign_nothing(self.fleet)
        unsigned = harness.push_nodes(self.fleet, 5)
        self.keys.sign_ssh(self.fleet, "ada")
        last = harness.push_nodes(self.fleet, 6)
        self.assert_refused(daemon, "VerificationFailed", unsigned[:12], '"Approve node-5" by Lab <lab@example.org>',
                            "is not signed", "git commit -S", "slipway accept " + last[:12])
        self.assert_still_serves(daemon, before)
        self.assertEqual(self.revision(daemon)["trustCommit"], self.first, "the baseline has not moved")
        code, text = daemon.ask("accept", unsigned[:12])
        self.assertEqual(code, 1)
        self.assertIn("the newest revision is main@sha1:" + last, text)
        code, text = daemon.ask("accept", last[:12])
        self.assertEqual((code, text), (0, "serving main@sha1:%s\n" % last))
        self.assertIn("slipway accept", self.revision(daemon)["acceptedBy"])
        self.assertIn("reconcile.accepted revision=main@sha1:" + last, daemon.text())
        self.assertEqual(daemon.condition("VerificationFailed"), {})
        self.assertEqual(daemon.stop(), 0)
        daemon = self.start(interval="1h", flags=self.flags())
        self.assertIn("is accepted by", daemon.wait_condition("SourceVerified")["message"])
        self.assertIn("slipway accept", self.revision(daemon)["acceptedBy"])
        self.keys.sign_nothing(self.fleet)
        harness.push_nodes(self.fleet, 7)
        self.assert_refused(daemon, "VerificationFailed", "is not signed")

    def test_key_that_a_push_adds_counts_only_once_that_is_served(self):
        daemon = self.start_signed()
        self.name_keys(allowedSigners=self.keys.ssh("eve"))
        adds = self.fleet.push("Allow eve")
        self.keys.sign_ssh(self.fleet, "eve")
        uses = harness.push_nodes(self.fleet, 4)
        self.assert_refused(daemon, "VerificationFailed", uses[:12], "which is not allowed",
                            "an allowed key signed, and served, first")
        self.push_at(adds)
        self.assert_served(daemon, adds)
        self.push_at(uses)
        self.assert_served(daemon, uses)
        self.assertTrue(self.revision(daemon)["signer"].startswith("eve@example.org, "))

    def test_key_that_was_removed_or_revoked_in_git_does_not_count_afterwards(self):
        eve = self.keys.ssh("eve")
        for how in ("removed", "revoked", "listed"):
            with self.subTest(how=how):
                self.name_keys(allowedSigners=eve)
                daemon = self.start_signed()
                if how == "removed":
                    self.fleet.site = ""
                    self.fleet.write_site("ignore")
                else:
                    self.name_keys(allowedSigners=eve, revokedKeys=eve.split(" ", 2)[2])
                if how == "listed":
                    shutil.copy(self.keys.krl("eve"), os.path.join(self.fleet.work, "keys/revokedKeys"))
                self.keys.sign_ssh(self.fleet, "eve")
                self.assert_served(daemon, self.fleet.push("Allow eve no more"))
                harness.push_nodes(self.fleet, {"removed": 4, "revoked": 5, "listed": 6}[how])
                self.assert_refused(daemon, "VerificationFailed",
                                    "which is not allowed" if how == "removed" else "which is revoked")
                self.assertEqual(daemon.stop(), 0)
                shutil.rmtree(daemon.state)

    def test_a_revocation_list_of_the_host_counts_beside_the_keys_that_the_repository_revokes(self):
        eve, mallory = self.keys.ssh("eve"), self.keys.ssh("mallory")
        host = self.keys.write("allowed_signers", self.ada + eve + mallory)
        revoked = os.path.join(self.folder, "revoked")
        shutil.copy(self.keys.krl("eve"), revoked)
        self.name_keys(allowedSigners=self.ada, revokedKeys=mallory.split(" ", 2)[2])
        daemon = self.start_signed(self.flags(**{"--source-verify-allowed-signers": host,
                                                 "--source-verify-revoked-keys": revoked}))
        for number, name in ((4, "eve"), (5, "mallory")):
            self.keys.sign_ssh(self.fleet, name)
            harness.push_nodes(self.fleet, number)
            self.assert_refused(daemon, "VerificationFailed", "which is revoked")
            self.push_at(self.first)
        self.keys.sign_ssh(self.fleet, "ada")
        self.assert_served(daemon, harness.push_nodes(self.fleet, 6))
        with open(revoked, "r+b") as file:
            file.truncate(60)
        harness.push_nodes(self.fleet, 7)
        self.assertEqual(daemon.sync()[0], 1)
        self.assertIn("source.verify.revoked_keys", daemon.explain())

    def test_forge_that_signs_its_merges_with_openpgp_vouches_for_unsigned_branches(self):
        forge = self.keys.write("forge.asc", self.keys.pgp("forge"))
        daemon = self.start_signed(self.flags(**{"--source-verify-pgp-keys": forge}))
        self.keys.sign_nothing(self.fleet)
        self.fleet.git("checkout", "-q", "-b", "change")
        self.fleet.add_node("node-4", harness.mac(4))
        self.fleet.git("add", "-A")
        self.fleet.git("commit", "-q", "-m", "Unsigned work")
        self.fleet.git("checkout", "-q", "main")
        self.keys.sign_pgp(self.fleet, "forge")
        self.fleet.git("merge", "-q", "--no-ff", "-m", "Merge pull request 1", "change")
        self.fleet.git("push", "-q", self.fleet.bare, "main")
        self.assert_served(daemon, self.fleet.git("rev-parse", "HEAD"))
        self.assertTrue(self.revision(daemon)["signer"].startswith("forge <forge@example.org>, OpenPGP key "))
        self.fleet.git("checkout", "-q", "-B", "change", "main")
        self.keys.sign_nothing(self.fleet)
        harness.push_nodes(self.fleet, 5)  # pushes main, which did not move
        self.fleet.git("push", "-q", self.fleet.bare, "change:main")
        self.assert_refused(daemon, "VerificationFailed", "is not signed")

    def test_keys_that_would_lock_everybody_out_are_refused_by_their_line(self):
        daemon = self.start_signed()
        self.name_keys(allowedSigners=self.ada + "eve@example.org AAAA\n")
        self.fleet.push("Allow eve, wrongly")
        code, text = daemon.sync()
        self.assertEqual(code, 1)
        self.assertIn("keys/allowedSigners:2:", text)
        self.assertIn("SW2010", text)
        self.assertEqual(daemon.codes(), {"SW2010"})
        self.keys.sign_nothing(self.fleet)
        harness.push_nodes(self.fleet, 4)
        self.assert_refused(daemon, "VerificationFailed", "is not signed")
        self.assertEqual(daemon.codes(), set(), "what was not read has no diagnostics")

    def test_keys_of_the_host_that_are_missing_or_wrong_are_named_and_read_again(self):
        daemon = self.start_signed()
        second = harness.push_nodes(self.fleet, 4)
        for damage, words in ((lambda: os.remove(self.host), "there is no file " + self.host),
                              (lambda: self.keys.write("allowed_signers", "x\n"), self.host + ":1:")):
            damage()
            code, text = daemon.sync()
            self.assertEqual(code, 1, text)
            self.assertIn(words, text)
            self.assertIn("source.verify.allowed_signers", text)
        self.keys.write("allowed_signers", self.ada)
        self.assert_served(daemon, second)

    def test_program_that_hangs_or_is_missing_delays_and_never_trusts(self):
        only = os.path.join(self.folder, "bin")
        os.makedirs(only)
        tool = os.path.join(only, "ssh-keygen")
        for number, (script, words) in enumerate((("#!/bin/sh\nexec /bin/sleep 600\n", "ssh-keygen: not done within"),
                                                  ("", "ssh-keygen: No such file or directory; install its package"))):
            with self.subTest(words=words):
                if script:
                    with open(tool, "w") as file:
                        file.write(script)
                    os.chmod(tool, 0o755)
                self.keys.sign_ssh(self.fleet, "ada")
                self.first = harness.push_nodes(self.fleet, 3 + number)
                daemon = self.start(interval="1h", flags=self.flags(), environment={"PATH": only})
                failed = daemon.wait_condition("VerificationFailed")
                self.assertIn(words, failed["message"])
                self.assertEqual(daemon.served(), "")
                if script:
                    os.remove(tool)
                os.symlink(shutil.which("ssh-keygen"), tool)
                self.assert_served(daemon, self.first)
                self.assertEqual(daemon.stop(), 0)
                os.remove(tool)
                shutil.rmtree(daemon.state)

    @unittest.skipUnless(harness.ALL, "SLIPWAY_TEST_ALL=yes: thousands of signatures take a minute")
    def test_thousands_of_signed_commits_are_verified_within_the_deadlines(self):
        daemon = self.start_signed()
        for number in range(2000):
            self.fleet.git("commit", "-q", "--allow-empty", "-m", "Commit %d" % number)
        last = harness.push_nodes(self.fleet, 4)
        code, text = daemon.ask("sync", "--timeout", "600", timeout=600)
        self.assertEqual(code, 0, text)
        self.assertEqual(daemon.served(), last)
        self.assertEqual(daemon.trouble(), "")


class MergeTest(TrustCase):
    def test_two_valid_changes_that_collide_once_merged_are_refused_as_a_whole(self):
        daemon = self.start_signed()
        before = daemon.everything()
        for branch, node in (("left", "left"), ("right", "right")):
            self.fleet.git("checkout", "-q", "-b", branch, self.first)
            self.fleet.add_node(node, harness.mac(9))
            self.fleet.git("add", "-A")
            self.fleet.git("commit", "-q", "-m", "Approve " + node)
            done = subprocess.run([harness.BINARY, "validate", self.fleet.work], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.fleet.git("checkout", "-q", "main")
        for branch in ("left", "right"):
            self.fleet.git("merge", "-q", "--no-ff", "-m", "Merge " + branch, branch)
        self.fleet.git("push", "-q", self.fleet.bare, "main")
        code, text = daemon.sync()
        self.assertEqual(code, 1, text)
        self.assertEqual(daemon.condition("ValidationFailed")["status"], "True")
        self.assertIn("SW1204", daemon.codes())
        for node in ("left", "right"):
            self.assertIn("nodes/%s.yaml" % node, text)
        self.assert_still_serves(daemon, before)
        self.assertEqual(self.revision(daemon)["trustCommit"], self.first, "signed, and yet not the baseline")
        self.fleet.git("rm", "-q", "nodes/right.yaml")
        self.assert_served(daemon, self.fleet.push("Keep one of them"))


if __name__ == "__main__":
    unittest.main()
