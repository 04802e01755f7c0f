"""kill -9 before and after every file operation of a publish, while machines fetch: old or new, never a mix."""
import concurrent.futures
import json
import os
import shutil
import unittest

import harness
from readers import Readers

MOST_OPERATIONS = 400  # a bound for the loop; a publish of this fleet takes some dozens
AT_ONCE = 3


class KillTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        # Generation one is on the disk; the push after it changes a file, adds some, and removes some.
        daemon = self.start_served()
        self.old = daemon.everything()
        self.assertEqual(daemon.stop(), 0)
        self.fleet.write("nodes/node-1.yaml", harness.fleets.NODE % ("renamed", harness.mac(1)))
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        self.second = harness.push_nodes(self.fleet, 3, 4)
        reference = self.start(state=os.path.join(self.folder, "reference"))
        reference.wait_served(self.second)
        self.new = reference.everything()
        self.assertEqual(reference.stop(), 0)
        self.assertNotEqual(self.old[harness.config_of(1)], self.new[harness.config_of(1)])

    def kill_at(self, operation, moment):
        """One life of the daemon. True when its first worker reached that operation and died there."""
        state = os.path.join(self.folder, "s-%d-%s" % (operation, moment))
        shutil.copytree(os.path.join(self.folder, "state"), state, symlinks=True)
        daemon = harness.Daemon(self.folder, self.url(), state=state,
                                environment={"SLIPWAY_CRASH_AT": "%d:%s" % (operation, moment)})
        try:
            with Readers(daemon, [self.old, self.new]) as readers:
                daemon.wait_served(self.second)
                readers.wait_fetched(3)
            self.assertEqual(readers.problems, [], daemon.tail())
            self.assertEqual(daemon.everything(), self.new)
            self.assertEqual(daemon.sync()[0], 0, daemon.tail())
            harness.assert_complete(self, state)
            with open(os.path.join(state, "current", "revision.json")) as file:
                revision = json.load(file)
            self.assertEqual((revision["commit"], revision["trustCommit"]), (self.second, self.second))
            died = "ended by signal Killed" in daemon.text()
            self.assertEqual(died, daemon.trouble() != "")
            return died
        finally:
            self.assertEqual(daemon.stop(), 0, daemon.tail())
            shutil.rmtree(state)

    def matrix(self, moment):
        """Kills at one operation after the other, until a worker lives through all that it has to do."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for first in range(1, MOST_OPERATIONS, AT_ONCE):
                died = list(pool.map(lambda point: self.kill_at(point, moment), range(first, first + AT_ONCE)))
                if not all(died):
                    reached = first - 1 + sum(died)
                    print("killed %s each of %d operations" % (moment, reached))
                    return reached
        raise AssertionError("the matrix has no end")

    def test_killed_before_every_operation_readers_see_old_or_new_and_the_next_worker_heals(self):
        self.assertGreater(self.matrix("before"), 20)

    def test_killed_after_every_operation_readers_see_old_or_new_and_the_next_worker_heals(self):
        self.assertGreater(self.matrix("after"), 20)

    def test_killed_within_the_very_first_publish_nothing_is_served_until_it_is_whole(self):
        for operation in (1, 4, 9, 16, 25):
            with self.subTest(operation=operation):
                state = os.path.join(self.folder, "first-%d" % operation)
                daemon = self.start(state=state, environment={"SLIPWAY_CRASH_AT": "%d:after" % operation})
                seen = set()

                def served():
                    status, _, body = harness.get(daemon.http, harness.config_of(3))
                    seen.add((status, harness.digest_of(body) if status == 200 else ""))
                    return daemon.served() == self.second

                harness.wait_until(served, "healing", explain=daemon.explain)
                self.assertIn("ended by signal Killed", daemon.text())
                self.assertLessEqual(seen, {(503, ""), (200, self.new[harness.config_of(3)])})
                self.assertEqual(daemon.everything(), self.new)
                harness.assert_complete(self, state)


class KillAheadTest(harness.FaultCase):
    """A large fleet: after it is published, the worker links the next generation's files ahead."""

    def test_killed_while_it_links_ahead_what_is_served_stays_whole_and_the_next_push_is_served(self):
        numbers = range(3, 253)
        harness.push_nodes(self.fleet, *numbers)
        died_ahead = 0
        for operation in range(600, 6000, 170):
            state = os.path.join(self.folder, "s-%d" % operation)
            daemon = self.start(state=state, environment={"SLIPWAY_CRASH_AT": "%d:after" % operation})
            daemon.wait_served(self.fleet.git("rev-parse", "HEAD"))
            # The worker may die while it is asked: whoever asked is told, and asks again.
            harness.wait_until(lambda: daemon.sync()[0] == 0, "a sync", explain=daemon.tail)
            log = daemon.text()
            if "ended by signal Killed" not in log:
                break
            if "reconcile.published" in log.partition("ended by signal Killed")[0]:
                died_ahead += 1
                self.fleet.write("nodes/node-7.yaml",
                                 harness.fleets.NODE % ("renamed-%d" % operation, harness.mac(7)))
                daemon.wait_served(self.fleet.push("Rename a node"))
                self.assertIn(b"renamed-%d" % operation, daemon.body(harness.config_of(7)))
            self.assertEqual(daemon.stop(), 0, daemon.tail())
            harness.assert_complete(self, state)
            shutil.rmtree(state)
        print("killed %d times while linking ahead" % died_ahead)
        self.assertGreater(died_ahead, 2)


if __name__ == "__main__":
    unittest.main()
