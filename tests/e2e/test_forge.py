"""A machine that nobody knows boots, becomes a pull request on a real forge, and installs once that is merged."""
import os
import re
import shutil
import sys
import tempfile
import unittest

import fleet as fleets
import guest
import net
import vm

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge"))
import gitea  # noqa: E402

ALL = os.environ.get("SLIPWAY_TEST_ALL") == "yes"
MAC = "52:54:00:77:00:31"
BOOT_SECONDS = 300
SECRET = "a webhook's secret"


@unittest.skipUnless(ALL, "slow: a machine over a real forge; tests/run.sh --all (e2e.forge has the same without one)")
class ForgeLab(unittest.TestCase):
    def setUp(self):
        gitea.build()
        cache = os.environ.get("SLIPWAY_LAB_CACHE", os.path.join(os.path.dirname(__file__), "../../build/lab"))
        self.kernel, self.initramfs = guest.build(os.path.abspath(cache))
        self.folder = tempfile.mkdtemp(prefix="slipway-lab-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.network = net.Network(self.folder).__enter__()
        self.addCleanup(self.network.__exit__)
        self.forge = gitea.Gitea(self.folder, namespace=self.network.slipway)
        self.addCleanup(self.forge.stop)
        self.fleet = fleets.Fleet(self.folder, self.kernel, self.initramfs, net.Network.SLIPWAY, "wait")
        self.fleet.add_node("worker-1", "52:54:00:77:00:30")
        self.fleet.push("Approve worker-1")
        self.forge.call("POST", "/user/repos", {"name": "fleet", "default_branch": "main", "private": False})
        with gitea.within(self.network.slipway):
            self.fleet.git("push", "-q", self.forge.url("ops/fleet.git", "ops"), "main")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def start(self):
        """Looks at the remote, which is the forge's own repository, once an hour: merges come by the webhook."""
        self.fleet.bare = os.path.join(self.forge.folder, "repositories/ops/fleet.git")
        token = self.forge.token("ops", ["write:repository", "write:issue"])
        self.daemon = fleets.Daemon(
            self.network, os.environ["SLIPWAY_BINARY"], self.fleet, os.path.dirname(self.kernel), "--forge-kind", "gitea",
            "--forge-url", self.forge.url("api/v1"), "--forge-repository", "ops/fleet", "--forge-interval", "1s",
            "--forge-token-file", self.file("token", token), "--forge-propose", "true", "--forge-comments", "true",
            "--hooks-secret-files", self.file("secret", SECRET))
        self.forge.call("POST", "/repos/ops/fleet/hooks", {
            "type": "gitea", "active": True, "events": ["push"],
            "config": {"url": "http://127.0.0.1:8470/hooks/gitea", "content_type": "json", "secret": SECRET}})

    def test_an_unknown_machine_waits_at_its_screen_until_its_pull_request_is_merged(self):
        self.start()
        with vm.Machine(self.network, "unknown", MAC, "bios") as machine:
            machine.wait_for(r"this machine is not approved; nothing is installed", BOOT_SECONDS)
            number = machine.wait_for(r"pull request (\d+) would approve it as worker-2", BOOT_SECONDS).group(1)
            console = machine.serial()
            self.assertIn(MAC, console)
            self.assertIn("LAB-0001", console)
            waits = [int(seconds) for seconds in re.findall(r"looking again in (\d+) seconds", console)]
            self.assertEqual(waits, sorted(waits), "later and later")
            pull = self.forge.call("GET", "/repos/ops/fleet/pulls/" + number)
            self.assertIn("LAB-0001", pull["body"])
            self.assertIn("0e7a1b2c-3d4e-5f60-7182-93a4b5c6d7e8", pull["body"])
            self.forge.call("POST", "/repos/ops/fleet/pulls/%s/merge" % number, {"Do": "merge"})
            digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", BOOT_SECONDS).group(1)
        self.assertEqual(digest, self.daemon.published("talos/configs/%s.yaml" % MAC.replace(":", "-")))
        commit = self.forge.call("GET", "/repos/ops/fleet/branches/main")["commit"]["id"]
        states = self.forge.call("GET", "/repos/ops/fleet/commits/%s/status" % commit)["statuses"]
        self.assertEqual([row["status"] for row in states], ["success"])


if __name__ == "__main__":
    unittest.main()
