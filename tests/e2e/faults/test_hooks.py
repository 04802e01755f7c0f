"""A signed push is looked at once; anything else changes nothing, and says why."""
import hashlib
import hmac
import http.client
import json
import os
import unittest

import harness

SECRET = b"a secret of the tests"


class HookTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.secret_file = os.path.join(self.folder, "hook-secret")
        with open(self.secret_file, "wb") as file:
            file.write(SECRET + b"\n")
        self.daemon = self.start_served(flags={"--hooks-secret-files": self.secret_file}, interval="1h")

    def post(self, kind, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.control, timeout=10)
        connection.request("POST", "/hooks/" + kind, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text

    def github(self, body, delivery, secret=SECRET):
        signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        return self.post("github", body, {"X-Hub-Signature-256": signature, "X-GitHub-Event": "push",
                                          "X-GitHub-Delivery": delivery, "Content-Type": "application/json"})

    def test_a_push_is_served_soon_after_its_hook_though_the_interval_is_an_hour(self):
        harness.push_nodes(self.fleet, 3)
        body = json.dumps({"ref": "refs/heads/main"}).encode()
        status, text = self.github(body, "one")
        self.assertEqual(status, 202, text)
        harness.wait_until(lambda: harness.get(self.daemon.http, "/" + harness.config_of(3))[0] == 200, "the pushed node",
                           explain=self.daemon.explain)

    def test_what_is_not_signed_or_too_large_or_for_no_forge_is_refused_and_polls_nothing(self):
        harness.push_nodes(self.fleet, 3)
        body = json.dumps({"ref": "refs/heads/main"}).encode()
        self.assertEqual(self.github(body, "two", b"another secret")[0], 403)
        self.assertEqual(self.post("github", body, {})[0], 401)
        self.assertEqual(self.post("gitlab", body, {"X-Gitlab-Token": "wrong"})[0], 403)
        self.assertEqual(self.post("bitbucket", body, {})[0], 404)
        self.assertEqual(self.post("github", b"x" * (2 << 20), {})[0], 413)
        for path in ("/", "/hooks", "/api/v1/status"):
            connection = http.client.HTTPConnection("127.0.0.1", self.daemon.control, timeout=10)
            connection.request("POST", path, body)
            self.assertEqual(connection.getresponse().status, 405, path)
            connection.close()
        self.assertEqual(harness.get(self.daemon.http, "/" + harness.config_of(3))[0], 404, "nobody looked at the remote")
        status, text = self.github(body, "three")
        self.assertEqual(status, 202, text)
        harness.wait_until(lambda: harness.get(self.daemon.http, "/" + harness.config_of(3))[0] == 200,
                           "the pushed node: the wait above proves nothing without this", explain=self.daemon.explain)

    def test_a_missing_secret_is_said_on_this_host_and_not_outside(self):
        os.unlink(self.secret_file)
        status, text = self.github(b"{}", "four")
        self.assertEqual(status, 503)
        self.assertNotIn(self.secret_file, text)
        self.assertIn("hook-secret", self.daemon.text())


if __name__ == "__main__":
    unittest.main()
