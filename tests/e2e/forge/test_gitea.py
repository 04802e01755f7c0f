"""The whole way of a change, and of an unknown machine, over a real forge."""
import os
import shutil
import tempfile
import time
import unittest

import gitea
from forge_case import MARKER, harness, node, wait_until

SECRET = "a webhook's secret"


class RealForgeTest(harness.FaultCase):
    """One Gitea for all tests, a repository for each."""
    @classmethod
    def setUpClass(cls):
        gitea.build()
        folder = tempfile.mkdtemp(prefix="slipway-gitea-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.forge = gitea.Gitea(folder)
        cls.addClassCleanup(cls.forge.stop)

    def setUp(self):
        super().setUp()
        self.repository = "ops/fleet-%d" % time.monotonic_ns()
        self.fleet.write_site("wait")
        self.fleet.push("Let unknown machines wait")
        self.forge.call("POST", "/user/repos", {"name": self.repository[4:], "default_branch": "main", "private": False})
        self.fleet.git("push", "-q", self.forge.url(self.repository + ".git", "ops"), "main")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def serve(self):
        """Looks at the remote once an hour: what is served sooner was brought by the webhook."""
        flags = {"--forge-kind": "gitea", "--forge-token-file": self.file("token", self.forge.token("ops", ["write:repository", "write:issue"])),
                 "--forge-comments": "true", "--forge-propose": "true", "--forge-interval": "1s",
                 "--forge-page-url": "https://boot.example.org/", "--source-username": "ops",
                 "--source-password-file": self.file("password", "pass-of-ops"),
                 "--hooks-secret-files": self.file("secret", SECRET)}
        daemon = self.start(url=self.forge.url(self.repository + ".git"), flags=flags, interval="1h")
        daemon.wait_served(self.fleet.git("rev-parse", "HEAD"))
        self.forge.call("POST", "/repos/%s/hooks" % self.repository, {
            "type": "gitea", "active": True, "events": ["push"],
            "config": {"url": "http://127.0.0.1:%d/hooks/gitea" % daemon.control, "content_type": "json", "secret": SECRET}})
        return daemon

    def comment(self, number):
        rows = self.forge.call("GET", "/repos/%s/issues/%d/comments" % (self.repository, number))
        ours = [row["body"] for row in rows if row["body"].startswith(MARKER)]
        self.assertLessEqual(len(ours), 1)
        return ours[0] if ours else ""

    def open_pulls(self):
        status, rows = self.forge.api("GET", "/repos/%s/pulls?state=open" % self.repository)
        return rows if status == 200 else []  # Gitea answers 404 while a pull request is being made

    def merge(self, number):
        """As a reviewer does; the commit that the branch is at then."""
        def merged():  # Gitea works out in the background whether it can be merged
            return self.forge.api("POST", "/repos/%s/pulls/%d/merge" % (self.repository, number), {"Do": "merge"})[0] == 200
        wait_until(merged, "the merge", explain=self.forge.tail)
        return self.forge.call("GET", "/repos/%s/branches/main" % self.repository)["commit"]["id"]

    def served_status(self, commit):
        """The newest of ours: Gitea's list has no order within one second, its summary has."""
        rows = self.forge.call("GET", "/repos/%s/commits/%s/status" % (self.repository, commit))["statuses"] or []
        return [row["status"] for row in rows if row["context"] == "slipway/served"]

    def test_a_change_is_reviewed_with_its_plan_merged_and_boots_with_a_green_status(self):
        daemon = self.serve()
        self.forge.add_file(self.repository, "main", "nodes/node-3.yaml", node("node-3", harness.mac(3)), "add-node-3")
        pull = self.forge.call("POST", "/repos/%s/pulls" % self.repository,
                               {"head": "add-node-3", "base": "main", "title": "Add node-3"})
        text = wait_until(lambda: self.comment(pull["number"]), "the plan", explain=daemon.tail)
        self.assertIn("node-3", text)
        self.assertIn("1 approved", text)
        self.assertEqual(harness.get(daemon.http, "/" + harness.script_of(3))[0], 404, "before it is merged")
        commit = self.merge(pull["number"])
        daemon.wait_served(commit)
        self.assertEqual(harness.get(daemon.http, "/" + harness.script_of(3))[0], 200)
        wait_until(lambda: self.served_status(commit) == ["success"], "a green status",
                   explain=lambda: "%s\n%s" % (self.served_status(commit), daemon.tail()))
        self.assertEqual(daemon.status()["forge"]["problem"], "")
        boot = self.boot(daemon, harness.mac(3))
        self.assertIn("talos.config=", boot)

    def boot(self, daemon, mac):
        """What a machine gets that boots now, from the entry script on."""
        entry = harness.get(daemon.http, "/boot.ipxe")[2].decode()
        script = "/nodes/%s.ipxe" % mac.replace(":", "-")
        self.assertIn("/nodes/${net0/mac:hexhyp}.ipxe", entry)
        status, _, body = harness.get(daemon.http, script)
        self.assertEqual(status, 200, script)
        self.assertEqual(harness.get(daemon.http, "/talos/configs/%s.yaml" % mac.replace(":", "-"))[0], 200)
        return body.decode()

    def test_a_pull_request_from_a_fork_is_planned_and_a_broken_one_is_told_where(self):
        daemon = self.serve()
        self.forge.call("POST", "/repos/%s/forks" % self.repository, {}, user="guest")
        self.forge.add_file("guest/" + self.repository[4:], "main", "nodes/node-9.yaml", node("node-9", harness.mac(1)), "broken", user="guest")
        def proposed():  # a fork that was just made is not there for everybody yet: 404, and perhaps made all the same
            self.forge.api("POST", "/repos/%s/pulls" % self.repository,
                           {"head": "guest:broken", "base": "main", "title": "Take node-1's address"}, user="guest")
            return self.open_pulls()
        pull = wait_until(proposed, "the pull request", explain=self.forge.tail)[0]
        text = wait_until(lambda: self.comment(pull["number"]), "the refusal", explain=daemon.tail)
        self.assertIn("would be refused", text)
        self.assertRegex(text, r"nodes/node-[19]\.yaml:\d+")

    def test_an_unknown_machine_is_proposed_merged_and_boots(self):
        daemon = self.serve()
        mac = "52:54:00:aa:00:01"
        harness.get(daemon.http, "/unknown?mac=%s&serial=7CQ63V3" % mac)
        pulls = wait_until(self.open_pulls, "the pull request", explain=daemon.tail)
        self.assertEqual(pulls[0]["title"], "Approve node-3 (%s)" % mac)
        number = pulls[0]["number"]
        wait_until(lambda: "pull request %d" % number in harness.get(daemon.http, "/unknown?mac=" + mac)[2].decode(),
                   "the screen to name it")
        plan = wait_until(lambda: self.comment(number), "its plan", explain=daemon.tail)
        self.assertIn("1 approved", plan)
        daemon.wait_served(self.merge(number))
        self.assertIn("talos.config=", self.boot(daemon, mac))
        wait_until(lambda: daemon.status()["forge"]["proposals"][0]["state"] == "merged", "the proposal's end")
        # The next one is declined, which is remembered.
        harness.get(daemon.http, "/unknown?mac=52:54:00:aa:00:02")
        second = wait_until(self.open_pulls, "the second", explain=daemon.tail)[0]["number"]
        self.forge.call("PATCH", "/repos/%s/pulls/%d" % (self.repository, second), {"state": "closed"})
        wait_until(lambda: "declined" in harness.get(daemon.http, "/unknown?mac=52:54:00:aa:00:02")[2].decode(), "the no")
        self.assertEqual(self.open_pulls(), [])


if __name__ == "__main__":
    unittest.main()
