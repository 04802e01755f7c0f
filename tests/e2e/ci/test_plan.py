"""`slipway plan` in a checkout: every way that people name commits, and whoever the checkout belongs to."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

BINARY = os.environ["SLIPWAY_BINARY"]
REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))

WORKER = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: more-%d}
spec:
  cluster: home
  role: worker
  identity: {macs: ["02:00:00:00:05:%02x"]}
  network: {addresses: [10.0.5.%d/24]}
  install: {disk: /dev/nvme0n1}
"""


class PlanCase(unittest.TestCase):
    """A checkout of a fleet, on the branch `change` beside main."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="slipway-plan-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.checkout = os.path.join(self.folder, "fleet")
        self.cache = os.path.join(self.folder, "cache")
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
                              env=dict(os.environ, XDG_CACHE_HOME=self.cache), capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    def assert_sees_the_change(self, *words):
        code, plan, text = self.plan(*words)
        self.assertEqual(code, 1, text)
        self.assertEqual([field["path"] for field in plan["site"]], ["Site:unknownMachines"])
        self.assertEqual(plan["unchanged"] > 0, True)


class PlanTest(PlanCase):
    def test_commits_are_named_as_git_names_them(self):
        for base in ("main", "origin/main", "HEAD~1", "begin", self.git("rev-parse", "main"),
                     self.git("rev-parse", "--short", "main")):
            with self.subTest(base):
                self.assert_sees_the_change(base)
                self.assert_sees_the_change(base, "HEAD")

    def test_the_line_for_machines_that_run_renders_what_was_planned(self):
        node = os.path.join(self.checkout, "nodes", sorted(os.listdir(os.path.join(self.checkout, "nodes")))[0])
        with open(node, "a") as file:
            file.write("  patches: [{inline: {machine: {sysctls: {vm.swappiness: \"1\"}}}}]\n")
        folder = self.plan("HEAD")[1]["groups"][0]["apply"]
        self.assertTrue(folder.startswith("slipway render . --to out && "), folder)
        identity = os.path.join(REPOSITORY, "examples/age.txt")
        rendered = os.path.join(self.folder, "out")
        subprocess.run(folder.split(" && ")[0].replace("slipway", BINARY).replace("out", rendered).split()
                       + ["--identity", identity], cwd=self.checkout, check=True, capture_output=True)
        self.assertTrue(os.path.exists(os.path.join(rendered, folder.rsplit("out/", 1)[1])))
        self.commit("Tune it")
        self.assertIn("slipway render --revision HEAD --to out", self.plan("HEAD~1", "HEAD")[1]["groups"][0]["apply"])

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


class MemoryTest(PlanCase):
    """What one run remembers makes the next one shorter, and changes nothing of what it says."""

    def setUp(self):
        super().setUp()
        for number in range(20):
            self.write("nodes/more-%d.yaml" % number, WORKER % (number, number, 100 + number))
        self.commit("Add workers")
        self.write("nodes/more-7.yaml", (WORKER % (7, 7, 107)).replace("nvme0n1", "sdb"))
        self.commit("Change one")

    def write(self, path, text):
        with open(os.path.join(self.checkout, path), "w") as file:
            file.write(text)

    def remembered(self):
        """The one file, and which one it is: looking at everything makes a new one."""
        folder = os.path.join(self.cache, "slipway")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        self.assertLessEqual(len(names), 1)
        return [(os.path.join(folder, name), os.stat(os.path.join(folder, name)).st_ino) for name in names]

    def plan_whole(self, *words):
        return self.plan(*words, "--no-cache")

    def test_the_next_run_says_the_same_of_commits_and_of_the_work_tree(self):
        self.assertEqual(self.plan_whole("HEAD~1", "HEAD")[1]["changed"], 1)
        self.assertEqual(self.remembered(), [])
        first = self.plan("HEAD~1", "HEAD")
        remembered = self.remembered()
        self.assertEqual(len(remembered), 1)
        self.assertEqual(first, self.plan_whole("HEAD~1", "HEAD"))
        self.write("nodes/more-8.yaml", (WORKER % (8, 8, 108)).replace("nvme0n1", "sdc"))
        for words in (("HEAD~1", "HEAD"), ("HEAD",), ("HEAD~1",), ("HEAD", "HEAD~1")):
            self.assertEqual(self.plan(*words), self.plan_whole(*words))
        self.assertEqual(self.remembered(), remembered, "nothing was looked at again")

    def test_what_collides_with_a_remembered_machine_is_refused_with_the_same_words(self):
        self.plan("HEAD~1", "HEAD")
        self.write("nodes/new.yaml", (WORKER % (30, 30, 130)).replace("10.0.5.130", "10.0.5.105"))
        code, _, text = self.plan("HEAD")
        self.assertEqual(code, 2)
        self.assertIn("the address `10.0.5.105` belongs to node `more-5` already", text)
        self.assertEqual((code, {}, text), self.plan_whole("HEAD"))

    def test_a_change_that_may_concern_everybody_is_looked_at_whole(self):
        self.plan("HEAD~1", "HEAD")
        remembered = self.remembered()
        self.assert_sees_the_change("HEAD~3", "HEAD")
        self.assertNotEqual(self.remembered(), remembered)

    def test_whatever_is_in_the_folder_does_no_harm(self):
        self.plan("HEAD~1", "HEAD")
        (path, _), = self.remembered()
        whole = self.plan_whole("HEAD~1", "HEAD")
        with open(path, "rb") as file:
            known = file.read()
        for bad in (b"", known[:-1], known.replace(b"more-7", b"more-9", 1), b"\0" * len(known), os.urandom(1000)):
            with open(path, "wb") as file:
                file.write(bad)
            self.assertEqual(self.plan("HEAD~1", "HEAD"), whole)
        os.chmod(os.path.dirname(path), 0o777)
        self.assertEqual(self.plan("HEAD~1", "HEAD"), whole)
        shutil.rmtree(self.cache)
        with open(self.cache, "w") as file:
            file.write("no folder")
        self.assertEqual(self.plan("HEAD~1", "HEAD"), whole)

    def test_the_folder_can_be_said(self):
        folder = os.path.join(self.folder, "of/ours")
        self.plan("HEAD~1", "HEAD", "--cache", folder)
        self.assertEqual(len(os.listdir(folder)), 1)
        self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
        self.assertEqual(self.remembered(), [])
        code, plan, text = self.plan("HEAD~1", "HEAD", "--cache", os.path.join(self.checkout, "site.yaml"))
        self.assertEqual((code, plan["changed"]), (1, 1))
        self.assertIn("nothing can be remembered in", text)


if __name__ == "__main__":
    unittest.main()
