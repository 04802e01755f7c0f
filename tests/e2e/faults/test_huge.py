"""A blob of a gibibyte in the repository: refused by its size, or by the memory that fetching it would take."""
import socket
import subprocess
import unittest

import harness

SIZE = 1 << 30


@unittest.skipUnless(harness.ALL, "slow: set SLIPWAY_TEST_ALL=yes")
class HugeBlobTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.old = self.start_served(interval="1h")
        self.before = self.old.everything()

    def push_blob(self, path):
        """One commit on top of main that adds a file of SIZE bytes. Its hash."""
        process = subprocess.Popen(["git", "--git-dir", self.fleet.bare, "fast-import", "--quiet"],
                                   stdin=subprocess.PIPE)
        line = b"# " + b"x" * ((1 << 20) - 3) + b"\n"
        process.stdin.write(b"blob\nmark :1\ndata %d\n" % SIZE)
        for _ in range(SIZE // len(line)):
            process.stdin.write(line)
        process.stdin.write(b"\ncommit refs/heads/main\ncommitter Lab <lab@example.org> 1700000000 +0000\n"
                            b"data 4\nHuge\nfrom refs/heads/main^0\nM 100644 :1 %s\n" % path.encode())
        process.stdin.close()
        self.assertEqual(process.wait(), 0)

    def test_over_the_network_it_is_refused_by_its_size_and_from_a_path_by_the_memory_it_takes(self):
        self.push_blob("nodes/huge.yaml")
        code, text = self.old.sync()
        self.assertEqual(code, 1, text)
        self.assertIn("step 'fetch' took", text)
        self.assertIn("very large file", self.old.page())
        self.assert_still_serves(self.old, self.before)

        with socket.create_server((harness.HOST, 0)) as free:
            port = free.getsockname()[1]
        self.git_daemon(port)
        self.old.stop()
        daemon = self.start("git://%s:%d/fleet.git" % (harness.HOST, port), interval="1h")
        harness.wait_until(lambda: "SW2005" in daemon.codes() or daemon.trouble(), "the refusal",
                           explain=daemon.explain)
        self.assertEqual(daemon.trouble(), "")
        self.assertIn("nodes/huge.yaml", daemon.page())
        self.assert_still_serves(daemon, self.before)
        self.fleet.git("push", "-q", "--force", self.fleet.bare, "main")
        self.assertEqual(daemon.sync()[0], 0)
        self.assertEqual(daemon.codes(), set())


if __name__ == "__main__":
    unittest.main()
