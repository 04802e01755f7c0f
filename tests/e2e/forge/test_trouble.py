"""A forge that refuses, is down, limits, answers garbage or never: machines and publishing do not notice."""
import json
import os
import signal
import ssl
import subprocess
import threading
import time
import unittest

import fake_forge
from forge_case import ForgeCase, harness, node, wait_until

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))


def answer(status, body=b"{}", headers=()):
    def trouble(handler):
        handler.reply(status, body, headers)
        return True
    return trouble


def never(handler):
    """Says nothing until the other side is tired of it."""
    handler.connection.settimeout(120)
    try:
        handler.rfile.read(1)
    except OSError:
        pass
    handler.close_connection = True
    return True


def trickle(handler):
    """A head that never ends, a byte at a time: no read times out."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(240):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.5)
    except OSError:
        pass
    handler.close_connection = True
    return True


class TroubleTest(ForgeCase):
    def troubled(self, trouble, words):
        """Whatever the forge does, a push is served; what it does is said with what to do."""
        self.forge.trouble = trouble
        daemon = self.serve("--forge-comments", "--forge-propose")
        commit = self.push_file("nodes/node-3.yaml", node("node-3", harness.mac(3)))
        daemon.wait_served(commit, 20)
        problem = wait_until(lambda: (daemon.status()["forge"] or {}).get("problem"), "the trouble to be told",
                             explain=daemon.tail)
        self.assertIn(words, problem)
        self.assertIn(words, daemon.condition("ForgeFailed").get("message", ""))
        self.assertIn("slipway_forge_up 0", harness.get(daemon.control, "/metrics")[2].decode())
        self.assertIn("Forge", daemon.page())
        self.assertNotIn(fake_forge.TOKEN, daemon.text() + daemon.page() + json.dumps(daemon.status()))
        return daemon

    def test_refusals_say_which_setting_or_permission_is_wrong(self):
        for status, words in ((401, "make a new one"), (403, "contrib/FORGES.md"), (404, "forge.repository"),
                              (302, "forge.url")):
            with self.subTest(status):
                daemon = self.troubled(answer(status, headers=[("Location", "https://elsewhere.example.org/")]), words)
                asked = len(self.forge.log)
                time.sleep(2)
                self.assertLess(len(self.forge.log), asked + 6, "what is refused is not asked for all the time")
                daemon.stop()
                os.unlink(os.path.join(daemon.state, "forge.json"))

    def test_a_rate_limit_is_kept_to_and_said(self):
        daemon = self.troubled(answer(429, headers=[("Retry-After", "3")]), "rate limit")
        asked = len(self.forge.log)
        self.forge.trouble = None
        self.assertLessEqual(len(self.forge.log), asked + 1)
        self.wait_state(self.forge.git("rev-parse", "main"), "success")
        wait_until(lambda: not daemon.status()["forge"]["problem"], "the trouble to end", explain=daemon.tail)
        self.assertIn("slipway_forge_up 1", harness.get(daemon.control, "/metrics")[2].decode())

    def test_the_last_request_of_a_quota_is_the_last(self):
        reset = int(time.time()) + 3600
        limited = answer(201, b"{}", [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(reset))])
        self.forge.trouble = limited
        daemon = self.serve("--forge-comments")
        wait_until(lambda: self.forge.log, "a first request")
        time.sleep(2)
        self.assertEqual(len(self.forge.log), 1, self.forge.log)
        self.assertTrue(daemon.status()["forge"]["notBefore"])

    def test_errors_and_garbage_are_asked_again_and_end_by_themselves(self):
        for trouble, words in ((answer(500), "500"), (answer(200, b"<html>Sign in</html>"), "forge.url"),
                               (answer(200, b"x" * (5 << 20)), "forge.url")):
            daemon = self.troubled(trouble, words)
            self.forge.trouble = None
            wait_until(lambda: not daemon.status()["forge"]["problem"], "the trouble to end", explain=daemon.tail)
            daemon.stop()
            os.unlink(os.path.join(daemon.state, "forge.json"))

    def test_a_forge_that_is_not_there_delays_nothing(self):
        self.forge.close()
        self.troubled(None, "is the forge up")

    def test_a_forge_that_never_answers_delays_nothing(self):
        self.troubled(never, "does not answer")

    def test_a_token_that_is_missing_is_named_and_counts_once_it_is_there(self):
        os.unlink(self.token_file)
        daemon = self.troubled(None, "forge.token_file")
        with open(self.token_file, "w") as file:
            file.write(fake_forge.TOKEN)
        daemon.sync()
        wait_until(lambda: not daemon.status()["forge"]["problem"], "the trouble to end", explain=daemon.tail)

    def test_https_is_checked_with_the_authority_that_is_named(self):
        certificate, key = os.path.join(self.folder, "forge.crt"), os.path.join(self.folder, "forge.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "2", "-subj", "/CN=forge", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                        certificate], check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self.forge.close()
        self.forge = fake_forge.Forge(self.kind, self.fleet.bare, tls)
        self.addCleanup(self.forge.close)
        daemon = self.troubled(None, "forge.ca_file")
        self.assertEqual(self.forge.log, [], "no request, and no token, before the certificate is trusted")
        daemon.stop()
        daemon = self.start(flags={**self.flags(), "--forge-ca-file": certificate})
        self.wait_state(self.forge.git("rev-parse", "main"), "success")

    def holds(self, pid, secret):
        """Whether a process has these bytes in its memory."""
        with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                begin, end = (int(word, 16) for word in place.split("-"))
                if "r" not in rights or "[v" in line:
                    continue
                try:
                    memory.seek(begin)
                    if secret in memory.read(end - begin):
                        return True
                except OSError:
                    pass
        return False

    @unittest.skipUnless(os.geteuid() == 0, "looking into the memory of processes needs root")
    def test_the_process_that_plans_has_no_token_and_the_one_with_the_token_opens_no_secret(self):
        with open(os.path.join(REPOSITORY, "examples/age.txt")) as file:
            identity = [line for line in file.read().split() if line.startswith("AGE-SECRET-KEY-1")][0]
        key_file = os.path.join(self.folder, "age.txt")
        with open(key_file, "w") as file:
            file.write(identity + "\n")
        os.chmod(key_file, 0o600)
        daemon = self.start(flags={**self.flags("--forge-comments"), "--secrets-identity-files": key_file})
        daemon.wait_served(self.forge.git("rev-parse", "main"))
        head = self.forge.commit_files("main", {"nodes/node-9.yaml": node("node-9", harness.mac(9))}, "Nine")
        self.wait_comment(self.forge.open_pull(head, "patch-1"), "node-9", daemon)
        forge, plans = self.child(daemon, b"forge"), self.child(daemon, b"plan-pulls")
        self.assertTrue(self.holds(forge, b"slipway-plan"), "the test can look")
        self.assertFalse(self.holds(plans, fake_forge.TOKEN.encode()))
        self.assertFalse(self.holds(forge, identity.encode()))

    def test_identities_are_read_only_by_the_process_that_plans_and_only_for_comments(self):
        def run(name, *more):
            words = [harness.BINARY, name, "--state-dir", os.path.join(self.folder, name), "--source-url",
                     "file://" + self.fleet.bare, "--boot-dhcp", "off", "--secrets-identity-files", "/nonexistent/age.txt"]
            for flag, value in self.flags(*more).items():
                words += [flag, value]
            return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with run("plan-pulls", "--forge-comments") as plans:
            self.assertIn("/nonexistent/age.txt", plans.communicate(timeout=30)[1])
            self.assertEqual(plans.returncode, 2)
        for name, more in (("plan-pulls", []), ("forge", ["--forge-comments"])):
            with run(name, *more) as alone:
                try:
                    time.sleep(1)
                    self.assertIsNone(alone.poll(), name)
                finally:
                    alone.kill()

    def test_a_process_that_ends_over_a_question_is_asked_again(self):
        daemon = self.serve("--forge-comments")
        first = self.forge.commit_files("main", {"nodes/node-8.yaml": node("node-8", harness.mac(8))}, "Eight")
        self.wait_comment(self.forge.open_pull(first, "patch-1"), "node-8", daemon)
        killed = []

        def end_planner(handler):
            """Stopped right before it is asked, it is killed with the question in its hands."""
            pid = self.child(daemon, b"plan-pulls")
            if pid and "/pulls?" in handler.path and not killed:
                killed.append(pid)
                os.kill(pid, signal.SIGSTOP)
                threading.Timer(1.5, os.kill, (pid, signal.SIGKILL)).start()
            return False
        self.forge.trouble = end_planner
        second = self.forge.commit_files("main", {"nodes/node-9.yaml": node("node-9", harness.mac(9))}, "Nine")
        number = self.forge.open_pull(second, "patch-2", fork=True)
        wait_until(lambda: "the process that plans ended over it" in daemon.text(), "its end to be told", explain=daemon.tail)
        self.wait_comment(number, "node-9", daemon)
        self.assertIn("the process that plans ended by signal", daemon.text())
        self.assertNotEqual(self.child(daemon, b"plan-pulls"), killed[0])
        wait_until(lambda: not daemon.status()["forge"]["problem"], "the trouble to end", explain=daemon.tail)

    def forge_worker(self, daemon):
        return self.child(daemon, b"forge")

    def child(self, daemon, command):
        """The daemon's process of that command, 0 while there is none."""
        with open("/proc/%d/task/%d/children" % (daemon.pid, daemon.pid)) as file:
            for pid in file.read().split():
                try:
                    with open("/proc/%s/cmdline" % pid, "rb") as words:
                        if words.read().split(b"\0")[1:2] == [command]:
                            return int(pid)
                except OSError:
                    pass
        return 0

    def test_killed_at_any_moment_it_says_nothing_twice(self):
        daemon = self.serve("--forge-comments", "--forge-propose")
        head = self.forge.commit_files("main", {"nodes/node-9.yaml": node("node-9", harness.mac(9))}, "Nine")
        number = self.forge.open_pull(head, "patch-1", fork=True)
        killed = 0

        def kill_after(requests):
            """Kills it in the middle of a request: the forge has done it, the answer is lost."""
            def trouble(handler):
                nonlocal killed, requests
                requests -= 1
                if requests == 0:
                    pid = self.forge_worker(daemon)
                    if pid:
                        os.kill(pid, 9)
                        killed += 1
                return False
            return trouble
        for round_ in range(1, 9):
            mac = "52:54:00:aa:01:%02x" % round_
            self.forge.trouble = kill_after(1 + round_ % 4)  # a proposal takes at least four requests
            self.knock(daemon, mac)
            wait_until(lambda: "pull request" in self.knock(daemon, mac), "the proposal of " + mac, 90, daemon.tail)
        self.forge.trouble = None
        self.assertGreater(killed, 4)
        self.wait_comment(number, "node-9", daemon)
        titles = [pull["title"] for pull in self.forge.pulls.values()]
        self.assertEqual(len(titles), len(set(titles)))
        self.assertEqual(len(titles), 9, titles)
        for pull in self.forge.pulls:
            self.comment_of(pull)  # fails where there are two
        self.assertEqual(daemon.codes(), set())

    @unittest.skipUnless(harness.ALL, "slow: a watchdog of a minute; tests/run.sh --all")
    def test_an_answer_that_trickles_for_ever_is_ended_by_the_watchdog(self):
        self.forge.trouble = trickle
        daemon = self.serve()
        wait_until(lambda: "forge.trouble the forge worker was killed" in daemon.text(), "the watchdog", 120, daemon.tail)
        daemon.wait_served(self.push_file("nodes/node-3.yaml", node("node-3", harness.mac(3))), 20)


if __name__ == "__main__":
    unittest.main()
