#!/usr/bin/env python3
"""slipway import, run as people run it: files, modes, exit codes."""
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SLIPWAY = sys.argv.pop(1)
BUNDLE = Path(__file__).parents[2] / "testdata/bundle/secrets.yaml"

TALCONFIG = """clusterName: home
talosVersion: v1.13.9
kubernetesVersion: v1.36.3
endpoint: https://10.0.128.100:6443
domain: ${DOMAIN}
nodes:
  - hostname: cp-1
    controlPlane: true
    ipAddress: 10.0.128.2
    installDisk: /dev/sda
    networkInterfaces:
      - deviceSelector: {hardwareAddr: "02:00:00:00:00:01"}
        addresses: [10.0.128.2/24]
    patches:
      - "@./own.yaml"
"""


def slipway(*arguments, code=0, **environment):
    done = subprocess.run(
        [SLIPWAY, *map(str, arguments)], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    if done.returncode != code:
        raise AssertionError(f"{arguments}: exit code {done.returncode}, not {code}\n{done.stderr}")
    return done


class Commands(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)
        os.umask(0o022)
        (self.dir / "talconfig.yaml").write_text(TALCONFIG)
        (self.dir / "own.yaml").write_text("machine: {sysctls: {a: '1'}}\n")
        shutil.copy(BUNDLE, self.dir / "talsecret.yaml")

    def test_a_talconfig_becomes_a_fleet_that_validates(self):
        out = self.dir / "fleet"
        done = slipway("import", "talhelper", self.dir / "talconfig.yaml", "-o", out, DOMAIN="k8s.example")
        written = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
        self.assertEqual(
            written,
            {"site.yaml", "assets.yaml", "cluster.yaml", "nodes/cp-1.yaml", "patches/own.yaml",
             "patches/cp-1-links.yaml", "secrets/home.yaml"},
        )
        self.assertEqual(len(done.stdout.splitlines()), len(written))
        self.assertIn("to do: ", done.stderr)
        self.assertIn("dnsDomain: k8s.example", (out / "cluster.yaml").read_text())
        for path in written:
            self.assertEqual(stat.S_IMODE((out / path).stat().st_mode) & 0o077, 0, path)
        slipway("validate", out)

    def test_what_is_there_is_kept_unless_told_otherwise(self):
        out = self.dir / "fleet"
        out.mkdir()
        (out / "cluster.yaml").write_text("mine\n")
        refused = slipway("import", "talhelper", self.dir / "talconfig.yaml", "-o", out, code=2, DOMAIN="a.b")
        self.assertIn("--force", refused.stderr)
        self.assertEqual([path.name for path in out.iterdir()], ["cluster.yaml"])
        slipway("import", "talhelper", self.dir / "talconfig.yaml", "-o", out, "--force", DOMAIN="a.b")
        self.assertNotEqual((out / "cluster.yaml").read_text(), "mine\n")

    def test_what_is_lost_makes_exit_code_1_and_has_its_place(self):
        (self.dir / "own.yaml").unlink()
        done = slipway("import", "talhelper", self.dir / "talconfig.yaml", "-o", self.dir / "fleet", code=1)
        self.assertRegex(done.stderr, r"talconfig.yaml:5:9: not carried over: the variable `DOMAIN` has no value; ")
        self.assertRegex(done.stderr, r"talconfig.yaml:15:9: not carried over: the file `\./own.yaml` is not there; ")

    def test_what_cannot_be_read_makes_exit_code_2(self):
        slipway("import", "talhelper", self.dir / "none.yaml", code=2)
        slipway("import", "talosctl", self.dir / "none", code=2)
        slipway("import", "talosctl", self.dir, code=2)

    def test_a_folder_of_talosctl(self):
        made = self.dir / "made"
        slipway("talos", "gen", "config", "home", "https://10.0.128.100:6443", "--with-secrets", BUNDLE,
                "--talos-version", "v1.13.9", "--kubernetes-version", "1.36.3", "-o", made)
        slipway("import", "talosctl", made, "-o", self.dir / "base")
        self.assertTrue((self.dir / "base/base/worker.yaml").exists())
        slipway("validate", self.dir / "base")
        shutil.copy(BUNDLE, made / "secrets.yaml")
        slipway("import", "talosctl", made, "-o", self.dir / "bundle")
        self.assertTrue((self.dir / "bundle/secrets/home.yaml").exists())
        self.assertFalse((self.dir / "bundle/base").exists())
        slipway("validate", self.dir / "bundle")


if __name__ == "__main__":
    unittest.main()
