"""What a repository may hold: each is refused with its code and place, and changes no served byte."""
import os
import subprocess
import unittest

import harness

NODE = harness.fleets.NODE % ("bad", harness.mac(99))
BOMB = "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    "x-%s: &%s [%s]\n" % (name, name, ",".join(["*" + before] * 10)) for before, name in zip("abcdefgh", "bcdefghi"))
WRONG = "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {nme: x}\n"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % ("4d" * 32)


class ContentTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served(interval="1h")
        self.before = self.daemon.everything()

    def write_bytes(self, path, data):
        path = os.path.join(self.fleet.work, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def take_back(self, good):
        """The branch as it was: served again, without a diagnostic."""
        self.fleet.git("reset", "-q", "--hard", good)
        self.fleet.git("clean", "-qffd")
        self.fleet.git("push", "-q", "--force", self.fleet.bare, "main")
        exit_code, text = self.daemon.sync()
        self.assertEqual(exit_code, 0, text)
        self.assertEqual(self.daemon.codes(), set())
        self.assert_still_serves(self.daemon, self.before)

    def assert_refused(self, code, place, break_it):
        """`break_it` is pushed and refused with that code there; taking it back is served."""
        with self.subTest(code=code, place=place):
            good = self.fleet.git("rev-parse", "HEAD")
            break_it()
            self.fleet.push("Break it: " + code)
            try:
                exit_code, text = self.daemon.sync()
                self.assertEqual(exit_code, 1, text)
                self.assertIn(code, self.daemon.codes(), text)
                rows = [r for r in self.daemon.status()["reconcile"]["diagnostics"] if r["code"] == code]
                self.assertTrue([r for r in rows if r["file"] == place and r["fix"]], rows[:3])
                page = self.daemon.page()
                self.assertIn(code, page)
                self.assertIn(place, page)
                self.assertEqual(self.daemon.condition("Stalled").get("status"), "True")
                self.assert_still_serves(self.daemon, self.before)
            finally:
                self.take_back(good)

    def test_yaml_that_is_binary_a_bomb_a_cycle_or_too_much_is_refused_with_its_code(self):
        place = "nodes/bad.yaml"
        self.assert_refused("SW1002", place, lambda: self.write_bytes(place, NODE.encode() + b"x: \xff\xfe\n"))
        self.assert_refused("SW1003", place, lambda: self.write_bytes(place, NODE.encode() + b"x: \x00\x01\n"))
        self.assert_refused("SW1013", place, lambda: self.fleet.write(place, NODE + BOMB))
        self.assert_refused("SW1022", place, lambda: self.fleet.write(place, NODE + "x: &x [*x]\n"))
        self.assert_refused("SW1012", place, lambda: self.fleet.write(place, NODE + "x: " + "[" * 5000 + "]" * 5000))
        self.assert_refused("SW1041", place, lambda: self.fleet.write(place, NODE + "x: &x {a: b}\ny: {<<: *x}\n"))
        self.assert_refused("SW1042", place, lambda: self.fleet.write(place, NODE + "kind: Node\n"))
        self.assert_refused("SW2004", place, lambda: self.fleet.write(place, LFS))

    def test_huge_yaml_file_is_refused_by_its_size(self):
        place = "nodes/bad.yaml"
        line = b"# " + b"x" * 1021 + b"\n"
        self.assert_refused("SW2005", place, lambda: self.write_bytes(place, NODE.encode() + line * (64 * 1024)))
        self.assert_refused("SW2005", place, lambda: self.write_bytes(place, os.urandom(8 << 20)))

    def test_links_and_submodules_are_refused(self):
        def link(path, target):
            os.symlink(target, os.path.join(self.fleet.work, path))

        def submodule():
            os.makedirs(os.path.join(self.fleet.work, "vendor"))
            inner = os.path.join(self.fleet.work, "vendor", "modules")
            subprocess.run(["git", "init", "-q", inner], check=True)
            subprocess.run(["git", "-C", inner, "-c", "user.name=Lab", "-c", "user.email=lab@example.org", "commit",
                            "-q", "--allow-empty", "-m", "Inner"], check=True)

        self.assert_refused("SW2002", "nodes/out.yaml", lambda: link("nodes/out.yaml", "/etc/passwd"))
        self.assert_refused("SW2002", "nodes/up.txt", lambda: link("nodes/up.txt", "../../../../etc/passwd"))
        self.assert_refused("SW2001", "nodes/in.yaml", lambda: link("nodes/in.yaml", "node-1.yaml"))
        self.assert_refused("SW2003", "vendor/modules", submodule)

    def test_base_config_that_is_hostile_is_refused_too(self):
        place = "base/worker.yaml"
        base = harness.fleets.BASE % "worker"
        good = self.fleet.git("rev-parse", "HEAD")
        for code, text in (("SW1022", base + "x: &x [*x]\n"), ("SW1013", base + BOMB), ("SW2004", LFS)):
            with self.subTest(code=code):
                self.fleet.write(place, text)
                self.fleet.push("Break the base")
                self.assertEqual(self.daemon.sync()[0], 1)
                self.assertIn(code, self.daemon.codes(), self.daemon.explain())
                self.assert_still_serves(self.daemon, self.before)
        self.take_back(good)

    def test_partials_nested_too_deep_and_in_a_circle_are_refused(self):
        entry = "templates/boot.ipxe.mustache"

        def nest(last):
            self.fleet.write(entry, "#!ipxe\n{{> p0}}\n")
            for i in range(last):
                self.fleet.write("templates/p%d.mustache" % i, "{{> p%d}}\n" % ((i + 1) % last))

        self.assert_refused("SW1413", "templates/p%d.mustache" % 15, lambda: nest(40))
        self.assert_refused("SW1413", "templates/p1.mustache", lambda: nest(2))

    def test_thousands_of_problems_are_counted_and_shown_within_bounds(self):
        good = self.fleet.git("rev-parse", "HEAD")
        for i in range(3000):
            self.fleet.write("nodes/many-%04d.yaml" % i, WRONG)
        self.fleet.push("Break everything")
        exit_code, text = self.daemon.sync()
        self.assertEqual(exit_code, 1, text)
        reconcile = self.daemon.status()["reconcile"]
        self.assertGreaterEqual(reconcile["diagnosticsTotal"], 3000, text)
        self.assertLessEqual(len(reconcile["diagnostics"]), 1000)
        self.assertLess(len(self.daemon.page()), 4 << 20)
        self.assert_still_serves(self.daemon, self.before)
        self.take_back(good)


class ManyFilesTest(harness.FaultCase):
    def import_files(self, count):
        """One commit on top of main with that many small files, a thousand a folder."""
        stream = "blob\nmark :1\ndata 6\nhello\n\ncommit refs/heads/main\n" \
                 "committer Lab <lab@example.org> 1700000000 +0000\ndata 10\nMany files\nfrom refs/heads/main^0\n"
        stream += "".join("M 100644 :1 docs/%d/%d.txt\n" % (i // 1000, i) for i in range(count))
        subprocess.run(["git", "--git-dir", self.fleet.bare, "fast-import", "--quiet"], input=stream.encode(),
                       check=True)
        return subprocess.run(["git", "--git-dir", self.fleet.bare, "rev-parse", "main"], check=True,
                              capture_output=True, text=True).stdout.strip()

    def test_repository_with_a_hundred_thousand_files_is_served(self):
        daemon = self.start_served(interval="1h")
        before = daemon.everything()
        many = self.import_files(100_000)
        code, text = daemon.sync()
        self.assertEqual(code, 0, text)
        self.assertEqual(daemon.served(), many)
        self.assert_still_serves(daemon, before)
        self.assertEqual(daemon.trouble(), "")

    @unittest.skipUnless(harness.ALL, "slow: set SLIPWAY_TEST_ALL=yes")
    def test_repository_with_more_files_than_are_read_is_refused_with_advice(self):
        daemon = self.start_served(interval="1h")
        before = daemon.everything()
        self.import_files(250_001)
        code, text = daemon.sync()
        self.assertEqual(code, 1, text)
        self.assertIn("point source.path at the folder that holds the fleet", text)
        self.assertEqual(daemon.condition("FetchFailed")["reason"], "TreeTooLarge")
        self.assert_still_serves(daemon, before)


if __name__ == "__main__":
    unittest.main()
