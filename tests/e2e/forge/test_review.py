"""Statuses, plans as comments, and unknown machines as pull requests, on a forge of each kind."""
import json
import os
import unittest

import fake_forge
from forge_case import ForgeCase, harness, node, wait_until


class ReviewTest:
    """Once for each kind of forge."""

    def test_a_commit_is_pending_then_served_or_refused_with_its_first_problem_and_nothing_is_said_twice(self):
        page = "https://boot.example.org/"
        self.forge.statuses.clear()
        daemon = self.start(flags={**self.flags(), "--forge-page-url": page})
        daemon.wait_served(self.first)
        self.wait_state(self.first, "success")
        good = self.push_file("nodes/node-3.yaml", node("node-3", harness.mac(3)))
        self.wait_state(good, "success")
        self.assertEqual(self.forge.states_of(good), ["pending", "success"])
        self.assertEqual(self.forge.statuses[-1]["target_url"], page)
        bad = self.push_file("nodes/node-4.yaml", node("node-4", harness.mac(3)))
        failed = "failed" if self.kind == "gitlab" else "failure"
        self.wait_state(bad, failed)
        said = self.forge.statuses[-1]["description"]
        self.assertRegex(said, r"nodes/node-[34]\.yaml:\d+ SW\d{4}: ")
        self.assertNotIn(fake_forge.TOKEN, daemon.text())
        sent = len(self.forge.statuses)
        daemon.stop()
        daemon = self.serve_again(good)
        following = self.push_file("nodes/node-4.yaml", node("node-4", harness.mac(4)))
        self.wait_state(following, "success")
        self.assertEqual([row["commit"] for row in self.forge.statuses[sent:]], [following] * 2,
                         "nothing is said again after a restart")

    def test_a_commit_that_was_overtaken_while_it_was_pending_gets_a_last_word(self):
        failed = "failed" if self.kind == "gitlab" else "failure"
        daemon = self.serve()
        self.assertEqual(daemon.ask("suspend", "--reason", "a test")[0], 0)
        overtaken = self.push_file("nodes/node-3.yaml", node("node-3", harness.mac(3)))
        self.wait_state(overtaken, "pending")
        bad = self.push_file("nodes/node-4.yaml", node("node-4", harness.mac(3)))
        self.wait_state(bad, failed)
        self.wait_state(overtaken, failed)
        self.assertIn("Overtaken by " + bad[:12], self.forge.statuses[-1]["description"])
        daemon.stop()
        daemon = self.start(flags=self.flags())
        good = self.push_file("nodes/node-4.yaml", node("node-4", harness.mac(4)))
        self.wait_state(good, "pending")
        self.assertEqual(daemon.ask("resume")[0], 0)
        self.wait_state(good, "success")
        self.wait_state(overtaken, "success")
        self.assertEqual(self.forge.statuses[-1]["description"], "Served as part of " + good[:12])
        self.assertEqual(self.forge.states_of(bad)[-1], failed, "it was wrong, and stays so")
        # A commit that the branch was rewritten without is never called served.
        self.assertEqual(daemon.ask("suspend", "--reason", "a test")[0], 0)
        dropped = self.push_file("nodes/node-5.yaml", node("node-5", harness.mac(5)))
        self.wait_state(dropped, "pending")
        self.forge.git("update-ref", "refs/heads/main", good)
        other = self.push_file("nodes/node-6.yaml", node("node-6", harness.mac(6)))
        self.wait_state(other, "pending")
        self.assertEqual(daemon.ask("resume")[0], 0)
        self.wait_state(dropped, failed)
        self.assertIn("does not contain it", self.forge.statuses[-1]["description"])
        self.assertEqual(self.forge.states_of(other), ["pending", "success"])
        sent = len(self.forge.statuses)
        daemon.stop()
        self.serve_again(other)
        last = self.push_file("nodes/node-7.yaml", node("node-7", harness.mac(7)))
        self.wait_state(last, "success")
        self.assertEqual([row["commit"] for row in self.forge.statuses[sent:]], [last] * 2, "and nothing is said again")

    def serve_again(self, commit):
        daemon = self.start(flags=self.flags())
        daemon.wait_served(commit)
        return daemon

    def test_a_pull_request_from_a_fork_gets_one_comment_that_follows_head_and_base(self):
        daemon = self.serve("--forge-comments")
        head = self.forge.commit_files("main", {"nodes/node-3.yaml": node("node-3", harness.mac(3))}, "Three")
        number = self.forge.open_pull(head, "patch-1", fork=True)
        self.wait_comment(number, "node-3", daemon)
        other = self.forge.open_pull(head, "patch-2", base="next")
        self.forge.move_pull(number, self.forge.commit_files(head, {"nodes/node-5.yaml": node("node-5", harness.mac(5))}, "Five"))
        first = self.wait_comment(number, "node-5", daemon)
        # The base moves on: what it brings is no part of what the merge would do.
        moved = self.push_file("nodes/node-6.yaml", node("node-6", harness.mac(6)))
        wait_until(lambda: harness.get(daemon.http, "/" + harness.script_of(6))[0] == 200, "node-6 to be served")
        wait_until(lambda: "patch" not in str(self.forge.log[-1]) and self.comment_of(number) != first or
                   "3 unchanged" in self.comment_of(number), "a plan onto the new base", explain=daemon.explain)
        self.assertNotIn("node-6", self.comment_of(number))
        self.assertIsNone(self.comment_of(other), "it is not onto the served branch")
        page = daemon.page()
        self.assertIn("2 approved", page)
        row = daemon.status()["forge"]["pullRequests"]
        self.assertEqual([pull["number"] for pull in row], [number])
        self.wait_state(moved, "success")
        quiet = len(self.forge.writes())
        polls = len(self.forge.log)
        wait_until(lambda: len(self.forge.log) >= polls + 3, "three more looks at the pull requests")
        self.assertEqual(len(self.forge.writes()), quiet, "an equal plan is not written again")

    def test_a_head_that_would_be_refused_or_conflicts_is_told_where_and_nothing_of_it_is_served(self):
        daemon = self.serve("--forge-comments")
        bad = self.forge.commit_files("main", {"nodes/node-3.yaml": node("node-3", "not-a-mac")}, "Bad")
        number = self.forge.open_pull(bad, "patch-1", title="<script>@everyone</script>", fork=True)
        text = self.wait_comment(number, "would be refused", daemon)
        self.assertRegex(text, r"`nodes/node-3\.yaml:\d+:\d+` SW\d{4}")
        head = self.forge.commit_files("main", {"site.yaml": "one\n"}, "One")
        conflict = self.forge.open_pull(head, "patch-2", fork=True)
        self.push_file("site.yaml", self.fleet_site() + "# changed\n")
        self.wait_comment(conflict, "conflicts in site", daemon)
        bomb = self.forge.commit_files("main", {"nodes/bomb.yaml": "apiVersion: slipway/v1alpha1\na: &a [x, x]\n" + "".join(
            "%s: &%s [%s]\n" % (c, c, ", ".join(["*" + p] * 9)) for p, c in zip("abcdefgh", "bcdefghi"))}, "Bomb")
        hostile = self.forge.open_pull(bomb, "patch-3", fork=True)
        self.wait_comment(hostile, "SW1", daemon)
        self.assertNotIn("<script>", daemon.page())
        self.assertEqual(harness.get(daemon.http, "/" + harness.script_of(3))[0], 404)
        self.assertEqual(harness.get(daemon.http, "/" + harness.script_of(1))[0], 200)

    def fleet_site(self):
        with open(os.path.join(self.fleet.work, "site.yaml")) as file:
            return file.read()

    def test_an_unknown_machine_becomes_one_pull_request_and_boots_once_it_is_merged(self):
        daemon = self.serve("--forge-propose")
        mac, second = "52:54:00:aa:00:01", "52:54:00:aa:00:02"
        uuid = "4c4c4544-0051-3610-8057-b7c04f4d3533"
        hostile = "`|\n@everyone <img src=x> ${net0/mac}\n---\nkind: Site"
        status, _, entry = harness.get(daemon.http, "/boot.ipxe")
        self.assertIn(b"/unknown?tries=${slipway-tries}&mac=${netX/mac}", entry)
        screen = self.knock(daemon, mac, uuid=uuid, serial=hostile, product=hostile, tries="1")
        self.assertIn("sleep 10", screen)
        self.assertNotIn("${", screen)
        number = wait_until(lambda: next(iter(self.forge.pulls), None), "a pull request", explain=daemon.tail)
        pull = self.forge.pulls[number]
        self.assertEqual(pull["title"], "Approve node-3 (%s)" % mac)
        body = pull["body"]
        self.assertEqual([line for line in body.splitlines() if "everyone" in line and not line.startswith("| ")], [], body)
        self.assertEqual(body.count("`") % 2, 0)
        text = self.forge.git("show", pull["head"] + ":nodes/node-3.yaml")
        self.assertEqual(text.count("kind: "), text.count("kind: Node") + text.count("kind: Site\\n"), text)
        # Another card of the same board, the same card again, a restart: no second pull request.
        self.knock(daemon, second, uuid=uuid)
        wait_until(lambda: "pull request %d" % number in self.knock(daemon, mac), "the screen to name the pull request")
        wait_until(lambda: "pull request %d" % number in self.knock(daemon, second, uuid=uuid), "likewise the other card's")
        daemon.stop()
        daemon = self.serve("--forge-propose")
        self.knock(daemon, mac, uuid=uuid)
        row = wait_until(lambda: [m for m in daemon.status()["unknownMachines"] if m["mac"] == mac], "its row")[0]
        self.assertEqual(row["pullRequest"]["state"], "open")
        self.assertEqual(row["node"].strip(), text)
        self.assertIn(mac, daemon.page())
        merged = self.forge.merge(number)
        daemon.wait_served(merged)
        script = "/nodes/%s.ipxe" % mac.replace(":", "-")
        self.assertEqual(harness.get(daemon.http, script)[0], 200)
        self.assertIn("chain --replace --autofree", self.knock(daemon, mac).splitlines()[2], "it goes on at once")
        wait_until(lambda: daemon.status()["forge"]["proposals"][0]["state"] == "merged", "the proposal to be merged")
        self.assertEqual(len(self.forge.pulls), 1)

    def test_closed_unmerged_means_no_and_propose_asks_by_hand(self):
        daemon = self.serve("--forge-propose")
        mac = "52:54:00:aa:00:01"
        self.knock(daemon, mac)
        number = wait_until(lambda: next(iter(self.forge.pulls), None), "a pull request", explain=daemon.tail)
        self.forge.pulls[number]["state"] = "closed"
        wait_until(lambda: "declined" in self.knock(daemon, mac), "the screen to say no")
        daemon.stop()
        os.unlink(os.path.join(daemon.state, "forge.json"))  # even where the memory is lost
        daemon = self.serve("--forge-propose")
        self.knock(daemon, mac)
        wait_until(lambda: "declined" in self.knock(daemon, mac), "the screen to say no again", explain=daemon.tail)
        code, said = daemon.ask("propose", mac)
        self.assertEqual((code, "declined" in said), (1, True), said)
        code, said = daemon.ask("propose", "52:54:00:aa:00:09", "--name", "frank", "--role", "controlplane")
        self.assertEqual(code, 0, said + daemon.tail())
        self.assertIn("proposed as frank", said)
        self.assertEqual(len(self.forge.pulls), 2)
        code, said = daemon.ask("propose", harness.mac(1))
        self.assertEqual((code, "approved already" in said), (1, True), said)
        self.assertEqual(daemon.ask("propose", "not-a-mac")[0], 2)


class GitHubTest(ReviewTest, ForgeCase):
    kind = "github"


class GitLabTest(ReviewTest, ForgeCase):
    kind = "gitlab"


class GiteaTest(ReviewTest, ForgeCase):
    kind = "gitea"


class WithoutForgeTest(ForgeCase):
    def test_the_page_shows_a_node_to_copy_and_propose_prints_it(self):
        daemon = self.start_served()
        mac = "52:54:00:aa:00:01"
        self.knock(daemon, mac, serial="7CQ63V3", asset="rack 3")
        row = wait_until(lambda: [m for m in daemon.status()["unknownMachines"] if m["mac"] == mac and m["node"]],
                         "its Node", explain=daemon.explain)[0]
        self.assertIn("name: node-3", row["node"])
        self.assertEqual(row["asset"], "rack 3")
        self.assertIsNone(daemon.status()["forge"])
        self.assertIn("name: node-3", daemon.page())
        code, said = daemon.ask("propose", mac)
        self.assertEqual(code, 1)
        self.assertIn(row["node"].splitlines()[-1], said)
        # Copied as it is, it approves the machine.
        self.fleet.write(row["nodePath"], row["node"])
        daemon.wait_served(self.fleet.push("Approve it"))
        self.assertEqual(harness.get(daemon.http, "/nodes/%s.ipxe" % mac.replace(":", "-"))[0], 200)
        with open(os.path.join(daemon.state, "sightings.json")) as file:
            self.assertEqual(json.load(file)["machines"], [])


if __name__ == "__main__":
    unittest.main()
