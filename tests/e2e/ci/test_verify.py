"""contrib/ci/verify.sh, and the lines by which each forge's CI calls it, in a checkout with real signatures."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CI = os.path.realpath(os.path.join(HERE, "../../../contrib/ci"))
sys.path.insert(0, os.path.join(HERE, "../faults"))

from signing import Keys  # noqa: E402

SITE = ("apiVersion: slipway/v1alpha1\nkind: Site\nmetadata: {name: home}\n"
        "spec:\n  bootServer: {url: \"http://10.0.5.10:8080\"}\n")


class VerifyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-ci-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.checkout = os.path.join(self.folder, "fleet")
        programs = os.path.join(self.folder, "bin")
        os.makedirs(self.checkout)
        os.makedirs(programs)
        os.symlink(os.environ["SLIPWAY_BINARY"], os.path.join(programs, "slipway"))
        self.environment = {**os.environ, "PATH": programs + ":" + os.environ["PATH"]}
        for name in ("GITHUB_ACTIONS", "SLIPWAY_VERIFY"):
            self.environment.pop(name, None)
        self.keys = Keys(self.folder)
        self.addCleanup(self.keys.close)
        self.ada = self.keys.ssh("ada")
        self.git("init", "-q", "--initial-branch", "main")
        self.keys.sign_ssh(self, "ada")
        self.commit("site.yaml", SITE)

    def git(self, *words):
        done = subprocess.run(["git", "-C", self.checkout, "-c", "user.name=Lab", "-c", "user.email=lab@example.org", *words],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, path, text):
        with open(os.path.join(self.checkout, path), "w") as file:
            file.write(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Change 100% of " + path)
        return self.git("rev-parse", "HEAD")

    def name_keys(self):
        self.commit("allowed_signers", self.ada)
        self.commit("site.yaml", SITE + "  verify: {allowedSigners: allowed_signers}\n")

    def pull_request(self):
        """A branch with a signed and an unsigned commit, beside a main that went on: the head."""
        self.git("checkout", "-q", "-b", "change")
        self.commit("one.txt", "1")
        self.keys.sign_nothing(self)
        head = self.commit("two.txt", "2")
        self.git("checkout", "-q", "main")
        self.keys.sign_ssh(self, "ada")
        self.commit("three.txt", "3")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        return head

    def run_it(self, *words, **variables):
        done = subprocess.run([CI + "/verify.sh", *words], cwd=self.checkout, env={**self.environment, **variables},
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_nothing_is_judged_where_the_base_names_no_keys(self):
        head = self.pull_request()
        code, text = self.run_it("main", head, SLIPWAY_VERIFY="require")
        self.assertEqual((code, "names no keys" in text), (0, True), text)

    def test_an_unsigned_commit_is_a_warning_or_is_refused_where_that_is_required(self):
        self.name_keys()
        head = self.pull_request()
        code, text = self.run_it("main", head)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r'warning: %s "Change 100%% of two.txt" by Lab <lab@example.org> is not signed' % head[:12])
        self.assertIn("1 of 2 commits", text)
        code, text = self.run_it("main", head, SLIPWAY_VERIFY="require", GITHUB_ACTIONS="true")
        self.assertEqual(code, 1, text)
        self.assertRegex(text, r'::error title=signatures::%s "Change 100%%25 of two.txt"' % head[:12])
        code, text = self.run_it("main", head + "~1", SLIPWAY_VERIFY="require")
        self.assertEqual((code, "1 of 1 commits" in text), (0, True), text)

    def test_keys_that_the_pull_request_adds_do_not_count(self):
        self.name_keys()
        self.git("checkout", "-q", "-b", "change")
        eve = self.keys.ssh("eve")
        self.keys.sign_ssh(self, "eve")
        head = self.commit("allowed_signers", self.ada + eve)
        code, text = self.run_it("main", head, SLIPWAY_VERIFY="require")
        self.assertEqual((code, "not allowed" in text), (1, True), text)

    def test_a_base_that_is_wrong_is_said_and_stops_no_pull_request_that_may_mend_it(self):
        self.commit("site.yaml", SITE.replace("http:", "gopher:"))
        head = self.pull_request()
        code, text = self.run_it("main", head)
        self.assertEqual((code, "cannot be judged" in text), (0, True), text)
        self.assertEqual(self.run_it("main", head, SLIPWAY_VERIFY="require")[0], 2)

    def test_every_forges_job_calls_it_with_the_base_and_the_pull_requests_own_head(self):
        self.name_keys()
        head = self.pull_request()
        github = {"github.base_ref": "main", "github.event.pull_request.head.sha": head}
        variables = {"github": {}, "gitea": {}, "woodpecker": {"CI_COMMIT_TARGET_BRANCH": "main", "CI_COMMIT_SHA": head},
                     "gitlab": {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": self.git("rev-parse", "main"),
                                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head}}
        for forge, values in variables.items():
            with self.subTest(forge), open("%s/%s.yml" % (CI, forge)) as file:
                call = re.search(r"/usr/share/slipway/ci/verify\.sh[^\n]*(\n\s+\"[^\n]*)?", file.read()).group()
                call = call.replace("/usr/share/slipway/ci", CI).replace("\n", " ")
                call = re.sub(r"\$\{\{ (.*?) \}\}", lambda word: github[word.group(1)], call)
                done = subprocess.run(["sh", "-c", call], cwd=self.checkout, capture_output=True, text=True,
                                      env={**self.environment, **values, "SLIPWAY_VERIFY": "require"})
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn("1 of 2 commits", done.stdout)


if __name__ == "__main__":
    unittest.main()
