"""A revision that does too much at once is held until the repository acknowledges it; operators can hold everything."""
import json
import os
import re
import subprocess
import time
import unittest

import harness

GUARDS = "  guards: {%s}\n"


class GuardCase(harness.FaultCase):
    """Five approved nodes under guards, polled every second."""
    SITE = "maxWithdrawn: 1"

    def setUp(self):
        self.make_folder()
        self.fleet = harness.make_fleet(self.folder)
        self.site(self.SITE)
        self.first = harness.push_nodes(self.fleet, 1, 2, 3, 4, 5)
        self.daemon = self.start_served()

    def site(self, guards):
        self.fleet.site = GUARDS % guards if guards else ""
        self.fleet.write_site("ignore")

    def withdraw(self, *numbers):
        for number in numbers:
            self.fleet.git("rm", "-q", "nodes/node-%d.yaml" % number)

    def is_served(self, number):
        return harness.get(self.daemon.http, "/" + harness.config_of(number))[0] == 200

    def wait_held(self, commit):
        harness.wait_until(lambda: commit in self.daemon.status()["reconcile"].get("held", {}).get("revision", ""),
                           "holding " + commit[:12], explain=self.daemon.explain)
        return self.daemon.status()["reconcile"]["held"]

    def plan(self, base):
        done = subprocess.run([harness.BINARY, "plan", "--repository", self.fleet.work, "-o", "json", base],
                              env=dict(os.environ, XDG_CACHE_HOME=self.folder), capture_output=True, text=True)
        return json.loads(done.stdout)


class LimitTest(GuardCase):
    def test_what_withdraws_too_many_is_held_until_the_same_repository_acknowledges_it(self):
        self.withdraw(2, 3)
        head = self.fleet.push("Withdraw two")
        held = self.wait_held(head)
        self.assertIn("withdraws 2 of 5 machines (maxWithdrawn: 1): node-2, node-3", held["reasons"][0])
        self.assertTrue(self.is_served(2), "what is held withdraws nobody")
        self.assertEqual(self.daemon.served(), self.first)
        self.assertEqual(self.daemon.condition("Held")["reason"], "GuardsExceeded")
        self.assertIn(held["acknowledge"], self.daemon.page())
        self.assertIn("node-2: withdrawn", self.daemon.page())
        code, text = self.daemon.sync()
        self.assertEqual(code, 1, "sync says that it is not served")
        self.assertIn("acknowledge", text)
        # What plan prints for the same merge is what the daemon wants to read.
        self.assertEqual(self.plan(self.first)["brakes"]["acknowledge"], held["acknowledge"])
        self.site("maxWithdrawn: 1, acknowledge: \"%s\"" % held["acknowledge"])
        self.daemon.wait_served(self.fleet.push("Acknowledge"))
        self.assertFalse(self.is_served(2))
        self.assertTrue(self.is_served(4))
        self.assertNotIn("held", self.daemon.status()["reconcile"])
        # The word fits that change alone: the next two are held again.
        self.withdraw(4, 5)
        self.wait_held(self.fleet.push("Withdraw two more"))
        self.assertTrue(self.is_served(4))

    def test_a_pull_request_cannot_take_its_own_brakes_off(self):
        self.withdraw(2, 3)
        self.site("")
        self.wait_held(self.fleet.push("Withdraw two, without guards"))
        self.assertTrue(self.is_served(2))
        # A restart forgets nothing of it: the limits are those of the generation that is served.
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start()
        self.wait_held(self.fleet.git("rev-parse", "HEAD"))
        self.assertTrue(self.is_served(2))

    def test_what_is_within_the_limits_is_served_at_once(self):
        self.withdraw(2)
        self.daemon.wait_served(harness.push_nodes(self.fleet, 6))
        self.assertFalse(self.is_served(2))
        self.assertTrue(self.is_served(6))

    def test_the_way_back_needs_no_acknowledgement(self):
        self.withdraw(2, 3)
        self.wait_held(self.fleet.push("Withdraw two"))
        self.fleet.revert()
        self.daemon.wait_served(self.fleet.git("rev-parse", "HEAD"))
        harness.wait_until(lambda: "held" not in self.daemon.status()["reconcile"], "the end of the hold",
                           explain=self.daemon.explain)


class EmptyTest(GuardCase):
    SITE = ""

    def test_an_emptied_repository_is_held_without_any_guards(self):
        self.withdraw(1, 2, 3, 4, 5)
        held = self.wait_held(self.fleet.push("Remove all nodes"))
        self.assertIn("empties the repository", held["reasons"][0])
        self.assertTrue(all(self.is_served(number) for number in range(1, 6)))


class ControlPlaneTest(GuardCase):
    SITE = "maxControlPlanes: 1"

    def test_a_change_of_every_control_plane_is_held_and_its_digest_is_the_plans(self):
        self.fleet.write("base/controlplane.yaml", (harness.fleets.BASE % "controlplane").replace("key: \"\"", "key: a2V5"))
        for number in (7, 8, 9):
            self.fleet.write("nodes/cp-%d.yaml" % number, (harness.fleets.NODE % ("cp-%d" % number, harness.mac(number)))
                             .replace("role: worker", "role: controlplane"))
        base = self.fleet.push("Three control planes: a new cluster touches none")
        self.daemon.wait_served(base)
        self.fleet.write("cluster.yaml", harness.fleets.CLUSTER +
                         "  patches: {controlplane: [{inline: {machine: {sysctls: {vm.swappiness: \"1\"}}}}]}\n")
        held = self.wait_held(self.fleet.push("Change them all"))
        self.assertIn("touches 3 control planes of cluster lab", held["reasons"][0])
        self.assertEqual(self.plan(base)["brakes"]["acknowledge"], held["acknowledge"])
        self.site("maxControlPlanes: 1, acknowledge: \"%s\"" % held["acknowledge"])
        self.daemon.wait_served(self.fleet.push("Acknowledge"))
        self.assertIn(b"swappiness", self.daemon.body(harness.config_of(7)))


class WindowTest(GuardCase):
    def test_a_kind_of_change_waits_for_its_window_and_others_do_not(self):
        # A window that opened three hours ago and another that opens in some: the first of them decides below.
        shut = time.gmtime(time.time() + 6 * 3600)
        window = "windows: [{kinds: [withdrawn], start: \"%02d:00\", duration: 1h}]"
        self.site(window % shut.tm_hour)
        self.daemon.wait_served(self.fleet.push("Keep windows"))
        self.withdraw(2)
        held = self.wait_held(self.fleet.push("Withdraw one"))
        self.assertIn("withdrawn waits for its window", held["reasons"][0])
        self.assertEqual(held["acknowledge"], "")
        self.assertRegex(held["opensAt"], r"^\d{4}-\d\d-\d\dT%02d:00:00Z$" % shut.tm_hour)
        self.assertEqual(self.daemon.condition("Held")["reason"], "OutsideWindow")
        self.assertTrue(self.is_served(2))
        self.fleet.revert()
        self.daemon.wait_served(harness.push_nodes(self.fleet, 6))
        self.assertTrue(self.is_served(6), "an approval is another kind")


    @unittest.skipUnless(harness.ALL, "SLIPWAY_TEST_ALL=yes: waits for a minute to begin")
    def test_the_opening_of_a_window_is_no_matter_of_the_interval(self):
        self.site("")
        self.daemon.wait_served(self.fleet.push("No guards"))
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start_served(interval="1h")
        opens = time.gmtime(time.time() + 65)
        self.site("windows: [{kinds: [withdrawn], start: \"%02d:%02d\", duration: 1h}]" % (opens.tm_hour, opens.tm_min))
        self.withdraw(2)
        self.fleet.push("Withdraw one, in its window")
        self.assertEqual(self.daemon.sync()[0], 1, "held")
        self.assertTrue(self.is_served(2))
        harness.wait_until(lambda: not self.is_served(2), "the window", seconds=90, explain=self.daemon.explain)


class UnreadableTest(GuardCase):
    SITE = "maxWithdrawn: 4"

    def test_guards_that_nobody_can_read_let_nothing_pass_but_what_is_acknowledged(self):
        self.assertEqual(self.daemon.stop(), 0)
        path = os.path.join(self.daemon.state, "current", "revision.json")
        with open(path) as file:
            revision = json.load(file)
        revision["guards"] = revision["guards"][1:]
        with open(path, "w") as file:
            json.dump(revision, file)
        self.daemon = self.start_served()
        self.withdraw(2)
        held = self.wait_held(self.fleet.push("Withdraw one"))
        self.assertIn("(maxWithdrawn: 0)", held["reasons"][0])
        self.assertTrue(self.is_served(2))
        self.site("maxWithdrawn: 4, acknowledge: \"%s\"" % held["acknowledge"])
        self.daemon.wait_served(self.fleet.push("Acknowledge"))
        self.assertFalse(self.is_served(2))


class SuspendTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served()

    def ask(self, *words):
        code, text = self.daemon.ask(*words)
        self.assertEqual(code, 0, text)
        return text

    def is_served(self, number):
        return harness.get(self.daemon.http, "/" + harness.config_of(number))[0] == 200

    def attempted(self):
        return self.daemon.status()["reconcile"]["lastAttemptedRevision"]

    def test_a_suspension_holds_what_is_served_through_pushes_and_restarts_until_resume(self):
        text = self.ask("suspend", "--reason", "moving racks")
        self.assertIn("moving racks", text)
        self.assertIn("moving racks", self.daemon.page())
        head = harness.push_nodes(self.fleet, 3)
        harness.wait_until(lambda: head in self.attempted(), "a look at the push", explain=self.daemon.explain)
        self.assertFalse(self.is_served(3))
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start()
        harness.wait_until(lambda: head in self.attempted(), "a look after the restart", explain=self.daemon.explain)
        self.assertFalse(self.is_served(3))
        self.assertEqual(self.daemon.condition("Ready")["reason"], "Suspended")
        self.ask("resume")
        self.assertTrue(self.is_served(3))
        self.assertNotIn("moving racks", self.daemon.page())

    def test_a_withdrawal_takes_effect_all_the_same(self):
        self.ask("suspend", "--reason", "moving racks")
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        harness.push_nodes(self.fleet, 3)
        harness.wait_until(lambda: not self.is_served(2), "the withdrawal", explain=self.daemon.explain)
        self.assertFalse(self.is_served(3))
        self.assertTrue(self.is_served(1))

    def withdraw_and_break(self):
        """node-2 is withdrawn by a good revision, which no later one can follow: the next is wrong."""
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        self.fleet.push("Withdraw node-2")
        harness.wait_until(lambda: not self.is_served(2), "the withdrawal", explain=self.daemon.explain)
        self.fleet.write("nodes/node-3.yaml", "apiVersion: slipway/v1alpha1\nkind: Node\n")
        head = self.fleet.push("Break the repository")
        harness.wait_until(lambda: head in self.attempted(), "a look at it", explain=self.daemon.explain)

    def test_what_was_withdrawn_meanwhile_stays_so_when_nothing_newer_can_be_served_at_the_end(self):
        self.ask("suspend", "--reason", "moving racks")
        self.withdraw_and_break()
        code, text = self.daemon.ask("resume")
        self.assertEqual(code, 1, text)
        self.assertFalse(self.is_served(2), "its removal was merged and took effect")
        self.assertTrue(self.is_served(1))
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start()
        harness.wait_until(lambda: self.daemon.condition("Ready"), "the first pass", explain=self.daemon.explain)
        self.assertFalse(self.is_served(2), "nor does a restart bring it back")

    def test_the_same_after_a_rollback_and_a_second_one_beneath_a_dead_remote(self):
        harness.push_nodes(self.fleet, 4)
        self.daemon.wait_served(self.fleet.git("rev-parse", "HEAD"))
        self.ask("rollback", "previous")
        self.withdraw_and_break()
        os.rename(self.fleet.bare, self.fleet.bare + ".away")
        self.ask("rollback", self.first[:12])
        self.assertFalse(self.is_served(2), "going back once more does not bring it back")
        self.assertTrue(self.is_served(1))
        self.daemon.ask("resume")
        self.assertTrue(self.is_served(4), "what was served before the rollback is served again")
        self.assertFalse(self.is_served(2), "without what was withdrawn meanwhile")

    def test_its_end_leaves_the_rollback_beneath_it(self):
        self.daemon.wait_served(harness.push_nodes(self.fleet, 3))
        self.ask("rollback", "previous")
        self.ask("suspend", "--reason", "a moment", "--for", "3s")
        self.assertIn("a moment", self.daemon.status()["reconcile"]["pinnedWhy"])
        harness.wait_until(lambda: "suspension_over" in self.daemon.text(), "the end", explain=self.daemon.explain)
        self.daemon.sync()
        self.assertNotIn("a moment", self.daemon.status()["reconcile"]["pinnedWhy"])
        self.assertIn(self.first, self.daemon.status()["reconcile"]["pinnedRevision"])
        self.assertFalse(self.is_served(3), "the rollback is in force until somebody resumes")
        self.ask("resume")
        self.assertTrue(self.is_served(3))

    def test_its_end_is_no_matter_of_the_interval(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start_served(interval="1h")
        self.ask("suspend", "--reason", "a moment", "--for", "4s")
        harness.push_nodes(self.fleet, 3)
        harness.wait_until(lambda: self.is_served(3), "the end of the suspension", explain=self.daemon.explain)

    def test_it_ends_by_itself_when_it_was_for_a_time(self):
        self.ask("suspend", "--reason", "a moment", "--for", "4s")
        harness.push_nodes(self.fleet, 3)
        pinned = os.path.join(self.daemon.state, "pin.json")
        self.assertTrue(os.path.exists(pinned))
        harness.wait_until(lambda: self.is_served(3), "the end of the suspension", explain=self.daemon.explain)
        self.assertFalse(os.path.exists(pinned))
        self.assertTrue(re.search(r"suspension_over by=\S+ reason=a moment", self.daemon.text()))

    def test_it_needs_a_reason_and_a_duration_that_is_one(self):
        for words in (["suspend"], ["suspend", "--reason", " "], ["suspend", "--reason", "x", "--for", "soon"]):
            code, text = self.daemon.ask(*words)
            self.assertEqual(code, 2, text)
        self.assertEqual(self.daemon.status()["reconcile"]["pinnedRevision"], "")


if __name__ == "__main__":
    unittest.main()
