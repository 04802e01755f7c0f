"""Git and boots in one story: which commit did what to a machine, and what the machine did with it."""
import json
import unittest

import harness


class LogTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served()

    def log(self, *words):
        code, text = self.daemon.ask("log", *words, "-o", "json")
        return json.loads(text) if code == 0 else []

    def lines(self, machine, kind):
        return harness.wait_until(lambda: [row for row in self.log(machine) if row["kind"] == kind],
                                  "%s of %s in the log" % (kind, machine), explain=self.daemon.explain)

    def node(self, number):
        return next(row for row in self.daemon.status()["nodes"] if row["name"] == "node-%d" % number)

    def test_a_machines_story_names_commits_authors_and_what_it_fetched(self):
        approved = self.lines("node-1", "approved")[0]
        self.assertIn(self.first, approved["revision"])
        self.assertEqual(approved["author"], "Lab <lab@example.org>")
        self.assertEqual(approved["mac"], harness.mac(1))
        self.daemon.body(harness.config_of(1))
        # A commit with a pull request's number changes one machine of two.
        self.fleet.add_node("node-1", harness.mac(1), "  patches: [{inline: {machine: {sysctls: {vm.x: \"1\"}}}}]\n")
        second = self.fleet.push("Tune node-1 (#7)")
        self.daemon.wait_served(second)
        changed = self.lines("node-1", "changed")[0]
        self.assertEqual((changed["pullRequest"], changed["detail"]), ("#7", "at-reinstall"))
        self.assertFalse([row for row in self.log("node-2") if row["kind"] == "changed"])
        node = self.node(1)
        self.assertIn(second, node["revisions"]["served"])
        self.assertIn(second, node["revisions"]["merged"])
        self.assertEqual(node["revisions"]["booted"], "", "what this host reads is no boot of the machine")
        self.assertFalse([row for row in self.log() if row["kind"] == "fetched"])
        # A withdrawal, and a restart that neither forgets nor tells twice.
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        self.daemon.wait_served(self.fleet.push("Withdraw node-2"))
        self.lines("node-2", "withdrawn")
        before = self.log()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start()
        harness.wait_until(lambda: self.daemon.condition("Ready"), "the first pass", explain=self.daemon.explain)
        self.assertEqual(self.log(), before)
        self.assertIn("Withdraw node-2", self.daemon.page())

    def test_what_was_merged_and_is_not_served_differs_from_what_is(self):
        self.assertEqual(self.daemon.ask("suspend", "--reason", "a test")[0], 0)
        head = harness.push_nodes(self.fleet, 3)
        harness.wait_until(lambda: head in self.node(1)["revisions"]["merged"], "the look", explain=self.daemon.explain)
        self.assertIn(self.first, self.node(1)["revisions"]["served"])

    def test_commits_that_are_served_at_once_are_told_apart_by_what_they_touched(self):
        self.assertEqual(self.daemon.ask("suspend", "--reason", "a test")[0], 0)
        first = harness.push_nodes(self.fleet, 3)
        self.fleet.add_node("node-1", harness.mac(1), "  patches: [{inline: {machine: {sysctls: {vm.x: \"1\"}}}}]\n")
        tuned = self.fleet.push("Tune node-1 (#8)")
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        head = self.fleet.push("Withdraw node-2 (#9)")
        # During the suspension the withdrawal alone takes effect; it is the commit's, not the operator's.
        gone = self.lines("node-2", "withdrawn")[0]
        self.assertEqual((gone["commit"], gone["pullRequest"], gone["operator"]), (head, "#9", ""))
        self.assertEqual(self.daemon.ask("resume")[0], 0)
        approved = self.lines("node-3", "approved")[0]
        self.assertEqual((approved["commit"], approved["subject"]), (first, "Approve node-3"))
        changed = self.lines("node-1", "changed")[0]
        self.assertEqual((changed["commit"], changed["pullRequest"]), (tuned, "#8"))
        self.assertIn(head, changed["revision"], "what was served then")
        self.assertIn("#8", self.daemon.page())

    def test_a_commit_without_changes_is_no_cause(self):
        self.assertEqual(self.daemon.ask("suspend", "--reason", "a test")[0], 0)
        approved = harness.push_nodes(self.fleet, 3)
        self.fleet.git("commit", "-q", "--allow-empty", "-m", "Nothing")
        self.fleet.git("push", "-q", self.fleet.bare, "main")
        head = self.fleet.git("rev-parse", "HEAD")
        # What keeps the newest revision from being served when the suspension ends is not the operator's doing.
        self.fleet.write("nodes/node-4.yaml", "apiVersion: slipway/v1alpha1\nkind: Node\n")
        self.fleet.push("Break the repository")
        self.assertEqual(self.daemon.ask("resume")[0], 1)
        self.fleet.git("rm", "-q", "nodes/node-4.yaml")
        self.daemon.wait_served(self.fleet.push("Mend it"))
        line = self.lines("node-3", "approved")[0]
        self.assertEqual((line["commit"], line["operator"]), (approved, ""))
        self.assertNotEqual(approved, head)

    def test_what_a_rollback_changes_is_the_operators(self):
        self.daemon.wait_served(harness.push_nodes(self.fleet, 3))
        self.lines("node-3", "approved")
        self.assertEqual(self.daemon.ask("rollback", "previous")[0], 0)
        gone = self.lines("node-3", "withdrawn")[0]
        self.assertRegex(gone["operator"], r"^a rollback of \S+")
        self.assertEqual((gone["commit"], gone["author"]), ("", ""))
        self.assertIn("by a rollback of", self.daemon.ask("log", "node-3")[1])
        self.assertIn("a rollback of", self.daemon.page())
        self.assertEqual(self.daemon.ask("resume")[0], 0)
        back = harness.wait_until(lambda: len(self.lines("node-3", "approved")) == 2 and self.lines("node-3", "approved")[0],
                                  "the way back in the log", explain=self.daemon.explain)
        self.assertRegex(back["operator"], r"^the end of a rollback of \S+")

    def test_nothing_known_and_no_journal_are_said(self):
        code, text = self.daemon.ask("log", "nobody")
        self.assertEqual(code, 1)
        self.assertIn("nothing is known of nobody", text)


if __name__ == "__main__":
    unittest.main()
