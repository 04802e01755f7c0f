"""The state directory fills up, turns read-only, or is edited by hand: what was good is served, and comes back."""
import os
import signal
import subprocess
import unittest

import harness
from readers import Readers

ROOT = os.geteuid() == 0
NOBODY = 65534


def can_mount():
    """True where this process may mount (root, in a mount namespace of its own: run.sh sees to that)."""
    return ROOT and os.environ.get("SLIPWAY_FAULTS_MOUNTS") == "yes"


class EditedTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served()
        self.before = self.daemon.everything()
        self.current = os.path.join(self.daemon.state, "current")

    def wait_repaired(self):
        def repaired():
            try:
                harness.assert_complete(self, self.daemon.state)
                return self.daemon.everything() == self.before
            except (AssertionError, OSError, ValueError):
                return False
        harness.wait_until(repaired, "the repair", explain=self.daemon.explain)
        self.assertEqual(self.daemon.served(), self.first)
        self.assertEqual(self.daemon.manifest(), self.before)

    def edit(self, path):
        """Writes into a published file, as an editor that keeps the inode would."""
        path = os.path.join(self.current, path)
        os.chmod(path, 0o640)
        with open(path, "r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(b"# edited by hand\n")

    def test_edited_config_script_and_asset_are_repaired_on_the_next_pass(self):
        assets = [path for path in self.before if path.startswith("assets/")]
        for path in (harness.config_of(1), "boot.ipxe", assets[0]):
            with self.subTest(path=path):
                self.edit(path)
                self.wait_repaired()

    def test_truncated_and_removed_files_are_repaired_on_the_next_pass(self):
        os.truncate(os.path.join(self.current, harness.script_of(1)), 10)
        os.remove(os.path.join(self.current, harness.config_of(2)))
        self.wait_repaired()

    def test_edited_manifest_is_repaired_and_never_believed(self):
        for name in ("manifest.json", "revision.json"):
            with self.subTest(name=name):
                self.edit(name)
                self.wait_repaired()

    def test_edited_manifest_is_repaired_by_the_next_daemon_too(self):
        self.daemon.stop()
        self.edit("manifest.json")
        self.daemon = self.start()
        self.wait_repaired()

    def test_dangling_or_missing_link_to_current_is_mended(self):
        os.remove(self.current)
        os.symlink("generations/000099-000000000000", self.current)
        os.kill(self.daemon.worker(), signal.SIGKILL)
        self.wait_repaired()
        os.remove(self.current)
        os.kill(self.daemon.worker(), signal.SIGKILL)
        self.wait_repaired()

    def test_what_a_crash_left_behind_is_removed_by_the_next_worker(self):
        os.makedirs(os.path.join(self.daemon.state, "staging", "half", "nodes"))
        with open(os.path.join(self.daemon.state, "staging", "half", "nodes", "x.ipxe"), "w") as file:
            file.write("torn")
        os.symlink("generations/nowhere", os.path.join(self.daemon.state, ".current-leftover"))
        os.kill(self.daemon.worker(), signal.SIGKILL)
        self.wait_repaired()

    def test_damaged_status_and_journal_cost_no_boot_file(self):
        self.daemon.stop()
        for name in ("status.json", "journal.sqlite"):
            with open(os.path.join(self.daemon.state, name), "wb") as file:
                file.write(b"\x00garbage{" * 1000)
        self.daemon = self.start()
        self.daemon.wait_served(self.first)
        self.assert_still_serves(self.daemon, self.before)
        self.assertEqual(self.daemon.status()["journal"]["trouble"], "")

    def test_damaged_list_of_blocked_machines_stops_the_start_with_advice(self):
        self.daemon.stop()
        with open(os.path.join(self.daemon.state, "blocked.json"), "w") as file:
            file.write('["52:54:00')
        done = subprocess.run(self.daemon.command, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 2)
        self.assertIn("blocked.json is damaged; put a JSON list", done.stderr)


class ReadOnlyTest(harness.FaultCase):
    def set_writable(self, state, writable):
        """Takes away, or gives back, the right to change any folder of the state directory."""
        for folder, _, _ in os.walk(state):
            os.chmod(folder, 0o755 if writable else 0o555)

    def test_state_directory_that_turns_read_only_keeps_serving_and_recovers(self):
        user = None
        if ROOT:  # root may write everywhere, so the daemon is somebody else
            user = NOBODY
            os.chmod(self.folder, 0o755)
            os.makedirs(os.path.join(self.folder, "state"))
            os.chown(os.path.join(self.folder, "state"), NOBODY, NOBODY)
        daemon = self.start_served(user=user)
        before = daemon.everything()
        self.set_writable(daemon.state, False)
        second = harness.push_nodes(self.fleet, 3)
        with Readers(daemon, [before]) as readers:
            code, text = daemon.sync()
            readers.wait_fetched(3)
        self.set_writable(daemon.state, True)
        self.assertEqual(readers.problems, [])
        self.assertEqual(code, 1, text)
        self.assertRegex(text, "ermission denied")
        self.assertTrue(daemon.is_alive())
        daemon.wait_served(second)
        self.assertEqual({path: daemon.everything()[path] for path in before}, before)

    @unittest.skipUnless(can_mount(), "needs root and a mount namespace (run.sh makes one)")
    def test_daemon_starts_and_serves_on_a_disk_that_is_read_only(self):
        daemon = self.start_served()
        before = daemon.everything()
        daemon.stop()
        subprocess.run(["mount", "--bind", daemon.state, daemon.state], check=True)
        self.addCleanup(subprocess.run, ["umount", daemon.state])
        subprocess.run(["mount", "-o", "remount,bind,ro", daemon.state], check=True)
        again = self.start()
        self.assert_still_serves(again, before)
        self.assertEqual(harness.get(again.control, "/readyz")[0], 200)
        problem = harness.wait_until(lambda: again.servers().get("Operators", {}).get("problem"), "naming the problem")
        self.assertIn("Read-only file system", problem)
        self.assertIn("Read-only file system", again.page())
        subprocess.run(["mount", "-o", "remount,bind,rw", daemon.state], check=True)
        harness.wait_until(lambda: again.ask("sync")[0] == 0, "hearing operators again", explain=again.explain)
        self.assert_still_serves(again, before)


@unittest.skipUnless(can_mount(), "needs root and a mount namespace (run.sh makes one)")
class FullDiskTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        # The asset store always leaves some space, so the first generation is made where there is plenty.
        roomy = self.start_served()
        roomy.stop()
        self.state = os.path.join(self.folder, "small")
        os.makedirs(self.state)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=750", "none", self.state], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.state])
        subprocess.run(["cp", "-a", roomy.state + "/.", self.state], check=True)
        self.daemon = self.start_served(state=self.state)
        self.before = self.daemon.everything()

    def fill(self):
        """Takes every byte that is left. The file's path."""
        path = os.path.join(self.state, "filler")
        with open(path, "wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass
        return path

    def test_full_disk_is_named_keeps_serving_and_recovers(self):
        filler = self.fill()
        second = harness.push_nodes(self.fleet, *range(10, 40))
        with Readers(self.daemon, [self.before]) as readers:
            code, text = self.daemon.sync()
            readers.wait_fetched(5)
        self.assertEqual(readers.problems, [])
        self.assertEqual(code, 1, text)
        self.assertIn("No space left on device", text)
        self.assert_still_serves(self.daemon, self.before)
        self.assertEqual(harness.get(self.daemon.control, "/readyz")[0], 200)
        os.remove(filler)
        self.daemon.wait_served(second)
        harness.wait_until(lambda: self.daemon.sync()[0] == 0, "a good pass", explain=self.daemon.explain)
        harness.assert_complete(self, self.state)

    def test_asset_that_does_not_fit_is_named_and_the_old_revision_stays(self):
        big = os.path.join(self.folder, "big")
        with open(big, "wb") as file:
            file.write(os.urandom(1 << 20) * 12)
        good = self.fleet.git("rev-parse", "HEAD")
        with open(os.path.join(self.fleet.work, "assets.yaml")) as file:
            assets = file.read()
        self.fleet.write("assets.yaml", assets.replace(os.path.join(self.folder, "kernel"), big)
                         .replace(self.before_digest("vmlinuz"), harness.fleets.digest_of(big)))
        self.fleet.push("A kernel that is too large")
        code, text = self.daemon.sync()
        self.assertEqual(code, 1, text)
        self.assertIn("free some space there", text)
        self.assert_still_serves(self.daemon, self.before)
        self.fleet.git("revert", "--no-edit", good + "..HEAD")
        self.fleet.git("push", "-q", self.fleet.bare, "main")
        self.assertEqual(self.daemon.sync()[0], 0)
        self.assert_still_serves(self.daemon, self.before)

    def before_digest(self, name):
        return next(digest for path, digest in self.before.items() if path.endswith(name))

    def test_daemon_starts_on_a_full_disk_and_serves_what_it_had(self):
        self.daemon.stop()
        filler = self.fill()
        again = self.start(state=self.state)
        self.assert_still_serves(again, self.before)
        second = harness.push_nodes(self.fleet, *range(10, 40))
        os.remove(filler)
        again.wait_served(second)


if __name__ == "__main__":
    unittest.main()
