"""What operators ask outlives the daemon; what they read says what is; signals do what they promise."""
import http.client
import json
import os
import re
import signal
import socket
import time
import unittest

import harness
from readers import Readers


class RollbackTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served(interval="1h")
        self.old = self.daemon.everything()
        # The second revision withdraws node-2, renames node-1 and approves node-3.
        self.fleet.write("nodes/node-1.yaml", harness.fleets.NODE % ("renamed", harness.mac(1)))
        self.fleet.git("rm", "-q", "nodes/node-2.yaml")
        self.second = harness.push_nodes(self.fleet, 3)
        self.ask("sync")
        self.new = self.daemon.everything()

    def ask(self, *words):
        code, text = self.daemon.ask(*words)
        self.assertEqual(code, 0, text)
        return text

    def restart(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = self.start(interval="1h")
        harness.wait_until(lambda: self.daemon.condition("Ready"), "the first pass", explain=self.daemon.explain)

    def status_of(self, path):
        return harness.get(self.daemon.http, path)[0]

    def test_rollback_and_what_it_leaves_out_survive_a_restart_and_a_push_until_resume(self):
        text = self.ask("rollback", "previous")
        self.assertIn("node-2", text, "whoever rolls back is told which machines stay withdrawn")
        for _ in range(2):
            self.assertEqual(harness.digest_of(self.daemon.body(harness.config_of(1))), self.old[harness.config_of(1)])
            self.assertEqual(self.status_of(harness.config_of(2)), 404, "withdrawn since, so it stays withdrawn")
            self.assertEqual(self.status_of(harness.config_of(3)), 404)
            self.assertIn(self.first, self.daemon.status()["reconcile"]["pinnedRevision"])
            self.assertIn("pinned", self.daemon.page().lower())
            self.restart()
        harness.push_nodes(self.fleet, 4)
        self.ask("sync")
        self.assertEqual(self.status_of(harness.config_of(4)), 404, "pinned: a push approves nobody")
        self.ask("resume")
        self.assertEqual(self.status_of(harness.config_of(4)), 200)
        self.assertEqual(self.daemon.status()["reconcile"]["pinnedRevision"], "")
        self.assertEqual(harness.digest_of(self.daemon.body(harness.config_of(1))), self.new[harness.config_of(1)])

    def test_rollback_includes_the_withdrawn_only_when_told_to(self):
        self.ask("rollback", self.first[:8], "--include-withdrawn")
        for _ in range(2):
            self.assertEqual(self.daemon.everything(), self.old)
            self.restart()
        self.ask("resume")
        self.assertEqual(self.daemon.everything(), self.new)
        self.restart()
        self.assertEqual(self.daemon.everything(), self.new)

    def test_machine_withdrawn_in_git_during_a_rollback_is_withdrawn_at_once(self):
        self.ask("rollback", "previous")
        self.fleet.git("rm", "-q", "nodes/node-1.yaml")
        self.fleet.push("Withdraw node-1")
        self.ask("sync")
        self.assertEqual(self.status_of(harness.config_of(1)), 404)
        self.restart()
        self.assertEqual(self.status_of(harness.config_of(1)), 404)

    def test_rollback_works_while_the_remote_is_down(self):
        os.rename(self.fleet.bare, self.fleet.bare + ".away")
        self.ask("rollback", "previous", "--include-withdrawn")
        self.assertEqual(self.daemon.everything(), self.old)

    def test_rollback_and_resume_that_cannot_be_say_why_and_change_nothing(self):
        for words, said in ((("rollback", "0123456789ab"), self.first[:12]), (("resume",), "nothing is pinned")):
            code, text = self.daemon.ask(*words)
            self.assertEqual(code, 1, text)
            self.assertIn(said, text)
        self.assertEqual(self.daemon.everything(), self.new)

    def test_block_acts_at_once_and_survives_a_restart_until_it_is_lifted(self):
        self.ask("block", harness.mac(1))
        for _ in range(2):
            self.assertEqual(self.status_of(harness.config_of(1)), 403)
            self.assertEqual(self.status_of(harness.script_of(1)), 403)
            self.assertEqual(self.status_of(harness.config_of(3)), 200)
            self.assertIn(harness.mac(1), self.daemon.status()["blocked"])
            self.restart()
        code, text = self.daemon.ask("block", "not-a-mac")
        self.assertEqual(code, 1)
        self.assertIn("is not a MAC address", text)
        self.ask("block", harness.mac(1), "--remove")
        self.assertEqual(self.daemon.everything(), self.new)


class FaceTest(harness.FaultCase):
    def test_faces_tell_what_is_served_and_take_no_orders(self):
        daemon = self.start_served()
        self.assertEqual(harness.get(daemon.control, "/livez")[::2], (200, b"ok\n"))
        self.assertIn(self.first.encode(), harness.get(daemon.control, "/readyz")[2])
        status = daemon.status()
        self.assertEqual(status["served"]["commit"], self.first)
        self.assertEqual(status["served"]["subject"], "Approve node-1, node-2")
        self.assertEqual({node["name"] for node in status["nodes"]}, {"node-1", "node-2"})
        page = daemon.page()
        for words in (self.first[:12], "Approve node-1, node-2", "node-1", harness.mac(2)):
            self.assertIn(words, page)
        metrics = harness.get(daemon.control, "/metrics")[2].decode()
        self.assertTrue(re.search(r"^slipway_\w+(\{.*\})? [0-9.e+]+$", metrics, re.M), metrics[:500])
        for path in ("/", "/api/v1/status", "/metrics", "/livez", "/readyz", "/nothing"):
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                answer, headers, _ = harness.get(daemon.control, path, method=method)
                self.assertEqual((answer, headers["Allow"]), (405, "GET, HEAD"), "%s %s" % (method, path))
        self.assertEqual(harness.get(daemon.control, "/nothing")[0], 404)
        for method in ("POST", "PUT", "DELETE"):
            self.assertEqual(harness.get(daemon.http, "/boot.ipxe", method=method)[0], 405)
        self.assertEqual(harness.get(daemon.http, "/boot.ipxe", method="HEAD")[2], b"")

    def test_what_machines_say_is_shown_as_text(self):
        daemon = self.start_served()
        harness.get(daemon.http, "/%3Cscript%3Ealert(1)%3C/script%3E")
        harness.wait_until(lambda: "alert(1)" in daemon.page(), "the event on the page", explain=daemon.explain)
        self.assertNotIn("<script>alert", daemon.page())
        subject = "<img src=x onerror=alert(2)>"
        self.fleet.add_node("node-3", harness.mac(3))
        self.fleet.push(subject)
        self.assertEqual(daemon.sync()[0], 0)
        self.assertNotIn("<img src=x", daemon.page())
        self.assertEqual(daemon.status()["served"]["subject"], subject)


class SignalTest(harness.FaultCase):
    def test_sync_returns_the_revision_that_it_acted_on(self):
        daemon = self.start_served(interval="1h")
        second = harness.push_nodes(self.fleet, 3)
        code, text = daemon.sync()
        self.assertEqual((code, text), (0, "serving main@sha1:%s\n" % second))
        self.assertEqual(daemon.served(), second, "live when sync returns")
        self.assertEqual(harness.get(daemon.http, harness.config_of(3))[0], 200)
        answer = json.loads(daemon.ask("sync", "--output", "json")[1])
        self.assertEqual(answer, {"ok": True, "message": "serving main@sha1:" + second})

    def test_sighup_polls_now(self):
        daemon = self.start_served(interval="1h")
        second = harness.push_nodes(self.fleet, 3)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_served(second)
        third = harness.push_nodes(self.fleet, 4)
        os.kill(daemon.worker(), signal.SIGHUP)  # as the worker's own systemd unit would
        daemon.wait_served(third)

    def test_sigterm_ends_in_time_and_leaves_no_process_and_no_socket(self):
        for worker_does in ("sleep", "hang"):
            with self.subTest(worker_does=worker_does):
                daemon = self.start_served(interval="1h")
                worker = daemon.worker()
                if worker_does == "hang":
                    os.kill(worker, signal.SIGSTOP)
                idle = socket.create_connection((harness.HOST, daemon.http))
                slow = http.client.HTTPConnection(harness.HOST, daemon.http)
                slow.request("GET", "/" + next(p for p in daemon.manifest() if p.endswith("vmlinuz")))
                begun = time.monotonic()
                self.assertEqual(daemon.stop(seconds=10), 0, daemon.tail())
                self.assertLess(time.monotonic() - begun, 10)
                self.assertFalse(harness.is_running(worker))
                self.assertFalse(os.path.exists(os.path.join(daemon.state, "slipway.sock")))
                idle.close()
                slow.close()

    def test_sigterm_within_a_publish_leaves_a_whole_generation(self):
        daemon = self.start_served(interval="1h")
        for i in range(5):
            second = harness.push_nodes(self.fleet, *range(3, 60 + i))
            daemon.process.send_signal(signal.SIGHUP)
            time.sleep(0.01 * i)
            self.assertEqual(daemon.stop(), 0, daemon.tail())
            daemon = self.start(interval="1h")
            daemon.wait_served(second)
            harness.assert_complete(self, daemon.state)

    def test_second_daemon_on_one_state_directory_is_refused_and_the_first_goes_on(self):
        daemon = self.start_served()
        before = daemon.everything()
        with Readers(daemon, [before]) as readers:
            with self.assertRaisesRegex(AssertionError, "(?s)code 2.*another slipway already uses this state"):
                self.start()
            readers.wait_fetched(3)
        self.assertEqual(readers.problems, [])
        self.assertEqual(daemon.sync()[0], 0, "its socket was not taken away")


if __name__ == "__main__":
    unittest.main()
