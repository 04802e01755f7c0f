"""Histories that do not go on: refused, unless the host or a keyholder accepts them."""
import concurrent.futures
import os
import shutil
import subprocess
import unittest

import harness
from trust_case import TrustCase


class HistoryTest(TrustCase):
    """No signatures are asked for: a rewritten branch is refused all the same."""

    def serve_two(self, flags=None):
        daemon = self.start_served(interval="1h", flags=flags or {})
        self.second = harness.push_nodes(self.fleet, 3)
        self.assert_served(daemon, self.second)
        return daemon

    def rewrite(self):
        self.fleet.git("reset", "-q", "--hard", self.first)
        self.fleet.add_node("node-4", harness.mac(4))
        self.fleet.git("add", "-A")
        self.fleet.git("commit", "-q", "-m", "Another history")
        self.push_at("HEAD")
        return self.fleet.git("rev-parse", "HEAD")

    def test_branch_that_was_rewritten_or_moved_back_is_refused_until_it_is_put_back(self):
        daemon = self.serve_two()
        before = daemon.everything()
        for act in (self.rewrite, lambda: self.push_at(self.first)):
            act()
            message = self.assert_refused(daemon, "HistoryRewritten", "does not descend from the served " + self.second,
                                          "git push --force origin %s:main" % self.second)
            self.assertIn("git tag -s", message)
            self.assert_still_serves(daemon, before)
            self.push_at(self.second)
            self.assert_served(daemon, self.second)
            self.assertEqual(daemon.condition("HistoryRewritten"), {})
        self.assert_served(daemon, harness.push_nodes(self.fleet, 5))

    def test_rewritten_branch_is_refused_after_a_restart_and_at_every_poll_without_a_new_log_line(self):
        daemon = self.serve_two()
        self.rewrite()
        self.assert_refused(daemon, "HistoryRewritten")
        self.assertEqual(daemon.stop(), 0)
        again = self.start(interval="1s")
        again.wait_condition("HistoryRewritten")
        self.assertEqual(again.served(), self.second)
        looks = set()
        harness.wait_until(lambda: looks.add(again.status()["reconcile"]["lastFetch"]) or len(looks) > 3, "some polls")
        self.assertEqual(again.condition("HistoryRewritten")["status"], "True")
        self.assertEqual(again.text().count("condition=HistoryRewritten"), 1)

    def test_branch_that_was_deleted_and_made_anew_is_refused_and_served_once_accepted(self):
        daemon = self.serve_two()
        self.fleet.git("checkout", "-q", "--orphan", "anew")
        self.fleet.git("commit", "-q", "-m", "A history of its own")
        anew = self.fleet.git("rev-parse", "HEAD")
        bare = ["git", "--git-dir", self.fleet.bare]
        subprocess.run([*bare, "update-ref", "-d", "refs/heads/main"], check=True)
        self.assertEqual(daemon.sync()[0], 1)
        self.fleet.git("push", "-q", self.fleet.bare, "anew:main")
        self.assert_refused(daemon, "HistoryRewritten", "deleted and made anew", "slipway accept " + anew[:12])
        code, text = daemon.ask("accept", "not-a-commit")
        self.assertEqual(code, 1)
        self.assertIn("at least 7 digits", text)
        code, text = daemon.ask("accept", anew)
        self.assertEqual(code, 0, text)
        self.assertEqual(daemon.served(), anew)
        self.assertIn("slipway accept", self.revision(daemon)["acceptedBy"])
        self.push_at(self.second)
        self.assert_refused(daemon, "HistoryRewritten", "does not descend from the served " + anew)

    def test_deleted_mirror_accepts_nothing_silently(self):
        daemon = self.serve_two()
        self.assertEqual(daemon.stop(), 0)
        mirror = os.path.join(daemon.state, "mirror.git")
        shutil.rmtree(mirror)
        third = harness.push_nodes(self.fleet, 4)
        again = self.start(interval="1h")
        again.wait_served(third)
        self.assertEqual(again.stop(), 0)
        shutil.rmtree(mirror)
        self.rewrite()
        subprocess.run(["git", "--git-dir", self.fleet.bare, "gc", "-q", "--prune=now"], check=True)
        last = self.start(interval="1h")
        refused = last.wait_condition("HistoryRewritten")
        self.assertIn("which the repository does not have any more", refused["message"])
        self.assertEqual(last.served(), third)

    def test_history_any_serves_what_was_rewritten_with_a_warning(self):
        daemon = self.serve_two({"--source-verify-history": "any"})
        rewritten = self.rewrite()
        self.assert_served(daemon, rewritten)
        self.assertEqual(harness.get(daemon.http, harness.config_of(3))[0], 404)
        warning = daemon.condition("HistoryRewritten")
        self.assertEqual(warning["status"], "True")
        self.assertIn("does not descend from the served " + self.second, warning["message"])
        self.assertIn("does not descend from the served", daemon.page())
        self.assert_served(daemon, harness.push_nodes(self.fleet, 5))
        self.assertEqual(daemon.condition("HistoryRewritten"), {})

    def test_rollback_leaves_what_the_next_revision_is_measured_by(self):
        daemon = self.serve_two()
        self.assertEqual(daemon.ask("rollback", "previous")[0], 0)
        self.assertEqual(self.revision(daemon)["trustCommit"], self.second)
        rewritten = self.rewrite()  # descends from what was gone back to, not from the newest that was served
        self.assert_refused(daemon, "HistoryRewritten", "does not descend from the served " + self.second)
        self.assertEqual(daemon.ask("resume")[0], 1)
        self.assertEqual(daemon.served(), self.second, "what was served before the rollback is served again")
        self.assertEqual(self.revision(daemon)["trustCommit"], self.second)
        self.assertEqual(daemon.ask("rollback", "previous")[0], 0)
        self.push_at(self.second)
        third = harness.push_nodes(self.fleet, 5)
        self.assertEqual(daemon.ask("resume")[0], 0)
        self.assertEqual(daemon.served(), third)
        self.assertNotEqual(third, rewritten)


class CrashTest(TrustCase):
    """kill -9 within an acceptance: the branch is refused or served, and measured by what is served."""

    def setUp(self):
        super().setUp()
        daemon = self.start_served(interval="1h")
        self.assertEqual(daemon.stop(), 0)
        self.fleet.git("commit", "-q", "--amend", "-m", "Another history")
        self.push_at("HEAD")
        self.rewritten = self.fleet.git("rev-parse", "HEAD")

    def kill_at(self, operation):
        """One life of the daemon. True when its first worker died there."""
        state = os.path.join(self.folder, "s-%d" % operation)
        shutil.copytree(os.path.join(self.folder, "state"), state, symlinks=True)
        daemon = harness.Daemon(self.folder, self.url(), state=state, interval="1h",
                                environment={"SLIPWAY_CRASH_AT": "%d:after" % operation})
        try:
            daemon.wait_condition("HistoryRewritten")
            code, text = daemon.ask("accept", self.rewritten)
            if code != 0:
                self.assertIn("Killed", text)
                harness.wait_until(lambda: daemon.sync()[0] == 0 or daemon.condition("HistoryRewritten"),
                                   "the next worker's word", explain=daemon.explain)
            revision = self.revision(daemon)
            self.assertIn(revision["commit"], (self.first, self.rewritten))
            self.assertEqual(revision["trustCommit"], revision["commit"])
            if revision["commit"] == self.first:
                self.assertEqual(daemon.ask("accept", self.rewritten)[0], 0, daemon.tail())
            self.assertEqual(daemon.served(), self.rewritten)
            self.assertIn("slipway accept", self.revision(daemon)["acceptedBy"])
            harness.assert_complete(self, state)
            return "ended by signal Killed" in daemon.text()
        finally:
            self.assertEqual(daemon.stop(), 0, daemon.tail())
            shutil.rmtree(state)

    def test_killed_within_an_acceptance_it_is_whole_or_not_at_all(self):
        step = 1 if harness.ALL else 3
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for first in range(1, 400, 3 * step):
                died = list(pool.map(self.kill_at, range(first, first + 3 * step, step)))
                if not all(died):
                    break
        print("killed within an acceptance, up to operation %d" % first)
        self.assertGreater(first, 10, "the acceptance and its publication take some dozens of operations")


class TagTest(TrustCase):
    def rewrite(self):
        self.fleet.git("commit", "-q", "--amend", "-m", "Another history")
        self.push_at("HEAD")
        return self.fleet.git("rev-parse", "HEAD")

    def tag(self, name, commit, *how):
        self.fleet.git("tag", "-f", "-m", "accepted", *how, name, commit)
        self.fleet.git("push", "-q", "--force", self.fleet.bare, "refs/tags/" + name)

    def test_signed_tag_for_this_very_step_accepts_a_rewritten_branch_and_no_other_does(self):
        daemon = self.start_signed()
        served = harness.push_nodes(self.fleet, 4)
        self.assert_served(daemon, served)
        rewritten = self.rewrite()
        name = "slipway/accept-%s-after-%s" % (rewritten[:12], served[:12])
        self.assert_refused(daemon, "HistoryRewritten", name)
        self.tag(name, rewritten, "-a", "--no-sign")
        self.assert_refused(daemon, "HistoryRewritten", "the tag %s does not count: it is not signed" % name)
        self.keys.ssh("eve")
        self.keys.sign_ssh(self.fleet, "eve")
        self.tag(name, rewritten, "-s")
        self.assert_refused(daemon, "HistoryRewritten", "the tag %s does not count: it is signed by the key" % name)
        self.keys.sign_ssh(self.fleet, "ada")
        other = "slipway/accept-%s-after-%s" % (rewritten[:12], self.first[:12])
        self.tag(other, rewritten, "-s")
        self.assert_refused(daemon, "HistoryRewritten", "the tag %s does not count: it is not named" % other)
        self.tag(name, rewritten, "-s")
        self.assert_served(daemon, rewritten)
        self.assertIn("ada@example.org, ED25519 key", self.revision(daemon)["acceptedBy"])
        self.assertIn(name, self.revision(daemon)["acceptedBy"])
        self.push_at(served)
        self.assert_refused(daemon, "HistoryRewritten", "does not descend from the served " + rewritten)

    def test_tag_is_noticed_by_a_poll_although_the_branch_does_not_move(self):
        self.keys.sign_ssh(self.fleet, "ada")
        served = harness.push_nodes(self.fleet, 3)
        daemon = self.start_served(interval="1s", flags=self.flags())
        rewritten = self.rewrite()
        daemon.wait_condition("HistoryRewritten")
        self.tag("slipway/accept-%s-after-%s" % (rewritten[:12], served[:12]), rewritten, "-s")
        daemon.wait_served(rewritten)


if __name__ == "__main__":
    unittest.main()
