"""`slipway plan` in a checkout: every way that people name commits, and whoever the checkout belongs to."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

BINARY = os.environ["SLIPWAY_BINARY"]
REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))


class PlanTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-plan-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.checkout = os.path.join(self.folder, "fleet")
        shutil.copytree(os.path.join(REPOSITORY, "examples/homelab"), self.checkout)
        self.git("init", "-q", "--initial-branch", "main")
        self.commit("Begin")
        self.git("tag", "-m", "begin", "begin")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.git("checkout", "-q", "-b", "change")
        site = os.path.join(self.checkout, "site.yaml")
        with open(site) as file:
            text = file.read()
        with open(site, "w") as file:
            file.write(text.replace("action: report", "action: wait"))
        self.commit("Let unknown machines wait")

    def git(self, *words):
        done = subprocess.run(["git", "-C", self.checkout, "-c", "user.name=Lab", "-c", "user.email=lab@example.org", *words],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, subject):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)

    def plan(self, *words):
        identity = os.path.join(REPOSITORY, "examples/age.txt")
        done = subprocess.run([BINARY, "plan", *words, "-o", "json", "--identity", identity], cwd=self.checkout,
                              capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    def assert_sees_the_change(self, *words):
        code, plan, text = self.plan(*words)
        self.assertEqual(code, 1, text)
        self.assertEqual([field["path"] for field in plan["site"]], ["Site:unknownMachines"])
        self.assertEqual(plan["unchanged"] > 0, True)

    def test_commits_are_named_as_git_names_them(self):
        for base in ("main", "origin/main", "HEAD~1", "begin", self.git("rev-parse", "main"),
                     self.git("rev-parse", "--short", "main")):
            with self.subTest(base):
                self.assert_sees_the_change(base)
                self.assert_sees_the_change(base, "HEAD")

    def test_nothing_changes_against_itself(self):
        code, plan, text = self.plan("HEAD", "change")
        self.assertEqual(code, 0, text)
        self.assertEqual(plan["site"], [])

    def test_a_commit_that_is_not_there_is_said(self):
        code, _, text = self.plan("nowhere")
        self.assertEqual(code, 2)
        self.assertIn("no commit `nowhere`", text)

    def test_a_checkout_may_belong_to_somebody_else(self):
        if os.geteuid() != 0:
            self.skipTest("giving a checkout away needs root")
        for folder, _, files in os.walk(self.checkout):
            for name in [".", *files]:
                os.chown(os.path.join(folder, name), 65534, 65534)
        self.assert_sees_the_change("main", "change")


if __name__ == "__main__":
    unittest.main()
