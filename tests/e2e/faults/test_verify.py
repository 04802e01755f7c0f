"""`slipway verify`: what the daemon would refuse, said before the merge."""
import json
import os
import subprocess
import unittest

import harness
from trust_case import TrustCase


class VerifyTest(TrustCase):
    def setUp(self):
        super().setUp()
        self.keys.sign_ssh(self.fleet, "ada")
        self.first = harness.push_nodes(self.fleet, 3)

    def verify(self, *words, place=None, keys=True):
        flags = ["--allowed-signers", self.host] if keys else []
        done = subprocess.run([harness.BINARY, "verify", *words, *flags, "--repository", place or self.fleet.work],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_each_commit_is_named_with_its_signer_or_with_what_to_do(self):
        harness.push_nodes(self.fleet, 4)
        code, text = self.verify(self.first)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r'good    [0-9a-f]{12} "Approve node-4" by Lab <lab@example.org> is signed by ada@example.org')
        self.assertIn("0 of 1 commits would be refused", text)
        self.keys.sign_nothing(self.fleet)
        harness.push_nodes(self.fleet, 5)
        self.keys.sign_ssh(self.fleet, "ada")
        harness.push_nodes(self.fleet, 6)
        code, text = self.verify(self.first)
        self.assertEqual(code, 1, text)
        self.assertIn('"Approve node-5" by Lab <lab@example.org> is not signed', text)
        self.assertIn("git commit -S", text)
        self.assertIn("1 of 3 commits would be refused", text)
        self.assertEqual(self.verify(self.first, "--mode", "head")[0], 0)
        code, text = self.verify("HEAD~1", "HEAD", place=os.path.join(self.fleet.work, "nodes"))
        self.assertEqual(code, 0, text)

    def test_keys_come_from_the_base_and_never_from_the_head(self):
        eve = self.keys.ssh("eve")
        self.name_keys(allowedSigners=eve)
        adds = self.fleet.push("Allow eve")
        self.keys.sign_ssh(self.fleet, "eve")
        harness.push_nodes(self.fleet, 4)
        code, text = self.verify(self.first)
        self.assertEqual(code, 1, text)
        self.assertIn("which is not allowed", text)
        code, text = self.verify(adds, keys=False)
        self.assertEqual(code, 0, text)
        self.assertIn("signed by eve@example.org", text)

    def test_json_says_the_same(self):
        self.keys.sign_nothing(self.fleet)
        second = harness.push_nodes(self.fleet, 4)
        code, text = self.verify(self.first, "-o", "json")
        self.assertEqual(code, 1, text)
        answer = json.loads(text)
        self.assertEqual((answer["base"], answer["head"], answer["descends"], answer["trusted"]),
                         (self.first, second, True, False))
        self.assertEqual([(row["commit"], row["finding"]) for row in answer["commits"]], [(second, "Unsigned")])

    def test_history_that_does_not_go_on_is_refused(self):
        harness.push_nodes(self.fleet, 4)
        code, text = self.verify("HEAD", self.first)
        self.assertEqual(code, 1, text)
        self.assertIn("does not descend from HEAD@sha1:", text)
        code, text = self.verify("HEAD", self.first, "--history", "any")
        self.assertEqual(code, 0, text)

    def test_doctor_looks_at_keys_and_programs(self):
        def doctor(**options):
            words = {"--source-url": self.url(), "--state-dir": self.folder, "--boot-dhcp": "off", **self.flags()}
            return subprocess.run([harness.BINARY, "doctor", *(part for pair in words.items() for part in pair)],
                                  capture_output=True, text=True, **options).stdout
        self.assertIn("signatures: gpgv is there", doctor())
        self.assertIn("apt install openssh-client", doctor(env={"PATH": self.folder}))
        self.keys.write("allowed_signers", "x\n")
        self.assertIn(self.host + ":1: the line names no principal", doctor())

    def test_what_cannot_be_verified_is_said(self):
        for words, place, said in ((("nowhere",), None, "has no commit `nowhere`"),
                                   (("HEAD",), self.folder, "is no Git repository on this machine"),
                                   (("HEAD", "--pgp-keys", "/nonexistent"), None, "there is no file /nonexistent")):
            code, text = self.verify(*words, place=place)
            self.assertEqual(code, 2, text)
            self.assertIn(said, text)
        shallow = os.path.join(self.folder, "shallow")
        harness.push_nodes(self.fleet, 4)
        subprocess.run(["git", "clone", "-q", "--depth", "1", self.url(), shallow], check=True)
        code, text = self.verify(self.first, place=shallow)
        self.assertEqual(code, 2, text)
        self.assertIn("shallow clone", text)
        self.fleet.write("site.yaml", "kind: Site\napiVersion: slipway/v1alpha1\n")
        self.fleet.push("Break the Site")
        code, text = self.verify("HEAD")
        self.assertEqual(code, 2, text)
        self.assertIn("would be refused, so its keys never count", text)


if __name__ == "__main__":
    unittest.main()
