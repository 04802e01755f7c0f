"""The worker dies, hangs or will not come up: machines go on booting, and it is started again."""
import os
import signal
import unittest

import harness
from readers import Readers


class WorkerTest(harness.FaultCase):
    def test_killed_worker_is_started_again_while_machines_fetch(self):
        daemon = self.start_served()
        before = daemon.everything()
        with Readers(daemon, [before]) as readers:
            for _ in range(3):
                worker = harness.wait_until(daemon.worker, "a worker", explain=daemon.tail)
                os.kill(worker, signal.SIGKILL)
                harness.wait_until(lambda: daemon.worker() not in (0, worker), "another worker", explain=daemon.tail)
                readers.wait_fetched(5)
        self.assertEqual(readers.problems, [])
        self.assertIn("ended by signal Killed", daemon.trouble())
        self.assertIn("it starts again in 200 ms", daemon.text())
        self.assertIn("it starts again in 800 ms", daemon.text())  # the back-off doubles
        harness.wait_until(lambda: daemon.status()["reconcile"]["workerRestarts"] == 3, "counting the restarts")
        self.assertIn("ended by signal", daemon.page())
        second = harness.push_nodes(self.fleet, 3)
        self.assertEqual(daemon.sync()[0], 0)
        self.assertEqual(daemon.served(), second)

    def test_whoever_waits_for_a_killed_worker_is_told_so(self):
        daemon = self.start_served(interval="1h")
        worker = daemon.worker()
        os.kill(worker, signal.SIGSTOP)
        waiting = harness.subprocess.Popen([harness.BINARY, "sync", "--state-dir", daemon.state],
                                           stdout=harness.subprocess.PIPE, stderr=harness.subprocess.STDOUT, text=True)
        harness.wait_until(lambda: "verb=sync" in daemon.text(), "the request", explain=daemon.tail)
        os.kill(worker, signal.SIGKILL)
        out, _ = waiting.communicate(timeout=harness.PATIENCE)
        self.assertEqual(waiting.returncode, 1, out)
        self.assertIn("ended by signal Killed", out)

    def test_hung_worker_is_killed_at_its_deadline_while_machines_fetch(self):
        daemon = self.start_served()
        before = daemon.everything()
        worker = daemon.worker()
        # The step that ends with a publication has minutes of time; rest has less.
        harness.wait_until(lambda: daemon.status()["reconcile"]["nextFetch"], "the worker's rest", explain=daemon.explain)
        os.kill(worker, signal.SIGSTOP)
        with Readers(daemon, [before]) as readers:
            harness.wait_until(lambda: "deadline" in daemon.trouble(), "killing it", explain=daemon.explain)
            readers.wait_fetched(5)
        self.assertEqual(readers.problems, [])
        self.assertFalse(harness.is_running(worker))
        second = harness.push_nodes(self.fleet, 3)
        daemon.wait_served(second)

    def test_worker_that_sleeps_when_it_is_asked_is_killed_and_the_next_one_syncs(self):
        daemon = self.start_served(interval="1h")
        os.kill(daemon.worker(), signal.SIGSTOP)
        second = harness.push_nodes(self.fleet, 3)
        code, text = daemon.sync()
        self.assertEqual(code, 1, text)
        self.assertIn("took longer than its deadline", text)
        self.assertEqual(daemon.sync()[0], 0)
        self.assertEqual(daemon.served(), second)

    def test_worker_that_cannot_come_up_does_not_stop_the_servers(self):
        daemon = self.start_served()
        before = daemon.everything()
        os.rename(os.path.join(daemon.state, "generations"), os.path.join(daemon.state, "kept"))
        with open(os.path.join(daemon.state, "generations"), "w") as file:
            file.write("not a folder\n")
        os.kill(daemon.worker(), signal.SIGKILL)
        harness.wait_until(lambda: "exited with code" in daemon.trouble(), "a failing worker", explain=daemon.explain)
        self.assertTrue(daemon.is_alive())
        self.assertEqual(harness.get(daemon.control, "/livez")[0], 200)
        os.remove(os.path.join(daemon.state, "generations"))
        os.rename(os.path.join(daemon.state, "kept"), os.path.join(daemon.state, "generations"))
        second = harness.push_nodes(self.fleet, 3)
        daemon.wait_served(second)
        self.assertEqual({path: daemon.everything()[path] for path in before}, before)

    def test_killed_daemon_takes_its_worker_along_and_the_next_one_starts_on_its_state(self):
        daemon = self.start_served()
        worker = daemon.worker()
        daemon.stop(signal.SIGKILL)
        harness.wait_until(lambda: not harness.is_running(worker), "the worker's end")
        self.assertTrue(os.path.exists(os.path.join(daemon.state, "slipway.sock")), "a stale socket to replace")
        again = self.start_served()
        self.assertEqual(again.sync()[0], 0)


if __name__ == "__main__":
    unittest.main()
