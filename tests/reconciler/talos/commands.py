#!/usr/bin/env python3
"""secrets new, talosconfig and talos gen config, run as people run them: files, modes, exit codes."""
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

SITE = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: home}
spec: {bootServer: {url: "http://10.0.5.10:8080"}}
---
apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: kernel}
spec: {url: "https://example.org/kernel", sha256: %s}
---
apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: home}
spec:
  endpoint: https://10.0.128.100:6443
  talos: {version: v1.13.9, secrets: secrets.yaml, install: {disk: /dev/sda}}
  boot: {amd64: {kernel: kernel, initramfs: kernel}}
---
apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: cp-1}
spec:
  cluster: home
  role: controlplane
  identity: {macs: ["02:00:00:00:00:01"]}
  network: {addresses: [10.0.128.2/24], gateway: 10.0.128.1}
""" % ("a" * 64)


def slipway(*arguments, code=0):
    done = subprocess.run([SLIPWAY, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise AssertionError(f"{arguments}: exit code {done.returncode}, not {code}\n{done.stderr}")
    return done


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Commands(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)
        os.umask(0o022)

    def test_a_new_bundle_is_private_and_never_lost(self):
        path = self.dir / "deep/er/secrets.yaml"
        slipway("secrets", "new", "-o", path)
        self.assertEqual(mode(path), 0o600)
        first = path.read_text()
        refused = slipway("secrets", "new", "-o", path, code=1)
        self.assertIn("--force", refused.stderr)
        self.assertEqual(path.read_text(), first)
        slipway("secrets", "new", "-o", path, "--force")
        self.assertEqual(mode(path), 0o600)
        self.assertNotEqual(path.read_text(), first)
        self.assertEqual([p.name for p in path.parent.iterdir()], ["secrets.yaml"])
        self.assertIn("certs:", slipway("secrets", "new", "-o", "-", "--talos-version", "v1.8").stdout)
        slipway("secrets", "new", "-o", self.dir / "x", "--talos-version", "v1.5", code=1)

    def test_gen_config_writes_what_talosctl_would(self):
        out = self.dir / "out"
        arguments = ("talos", "gen", "config", "home", "https://10.0.0.1:6443", "--with-secrets", BUNDLE,
                     "--talos-version", "v1.13.9", "-o", out)
        slipway(*arguments, "--config-patch", '{"machine": {"sysctls": {"a": "b"}}}',
                "--config-patch-worker", "debug: true", "--additional-sans", "a.example,b.example")
        self.assertEqual(sorted(p.name for p in out.iterdir()), ["controlplane.yaml", "talosconfig", "worker.yaml"])
        for path in out.iterdir():
            self.assertEqual(mode(path), 0o600)
        worker = (out / "worker.yaml").read_text()
        for text in ("disk: /dev/sda", "image: ghcr.io/siderolabs/installer:v1.13.9", "kubelet:v1.36.3", "a: b",
                     "debug: true", "- a.example\n    - b.example"):
            self.assertIn(text, worker)
        self.assertIn("debug: false", (out / "controlplane.yaml").read_text())
        slipway(*arguments, code=1)
        slipway(*arguments, "--force")

    def test_gen_config_refuses_what_talosctl_refuses(self):
        start = ("talos", "gen", "config", "home")
        for endpoint in ("http://10.0.0.1:6443", "10.0.0.1:6443", "https://10.0.0.1:0", "https://fd00::1:6443"):
            slipway(*start, endpoint, "--with-secrets", BUNDLE, "-o", self.dir / "no", code=1)
        good = (*start, "https://10.0.0.1", "--with-secrets", BUNDLE)
        slipway(*good, "-o", "-", code=1)
        slipway(*good, "-t", "worker,nonsense", "-o", self.dir / "no", code=1)
        slipway(*good, "--registry-mirror", "ghcr.io", "-o", self.dir / "no", code=1)
        slipway(*good, "--talos-version", "v2.0", "-o", self.dir / "no", code=1)
        slipway(*good, "--config-patch", "@/nowhere", "-o", self.dir / "no", code=1)
        self.assertFalse((self.dir / "no").exists())
        self.assertIn("type: worker", slipway(*good, "-t", "worker", "-o", "-").stdout)
        self.assertNotIn("/dev/sda", slipway(*good, "-t", "worker", "-o", "-", "--install-disk", "").stdout)

    def test_a_bundle_comes_back_from_a_control_plane(self):
        for version in ("v1.8", "v1.13", "v1.14"):
            out = self.dir / version
            slipway("talos", "gen", "config", "home", "https://10.0.0.1:6443", "--with-secrets", BUNDLE,
                    "--talos-version", version, "-o", out)
            back = slipway("secrets", "new", "--from-controlplane-config", out / "controlplane.yaml", "-o", "-")
            self.assertEqual(back.stdout, BUNDLE.read_text())
            slipway("secrets", "new", "--from-controlplane-config", out / "worker.yaml", "-o", "-", code=1)

    def test_a_damaged_bundle_is_refused_without_a_secret_in_the_message(self):
        text = BUNDLE.read_text()
        key = text.split("  os:")[1].split("key: ")[1].split()[0]
        (self.dir / "bad.yaml").write_text(text.replace(key, key[:40] + "!" + key[41:]))
        refused = slipway("talos", "gen", "config", "home", "https://a:1", "--with-secrets", self.dir / "bad.yaml",
                          "-o", self.dir / "no", code=1)
        self.assertIn("SW1422", refused.stderr)
        self.assertNotIn(key[:16], refused.stderr + refused.stdout)

    def test_a_schema_is_used_by_every_command_that_checks(self):
        schema = """{"$id": "https://talos.dev/v1.13/schemas/config.schema.json",
            "$defs": {"v1alpha1.Config": {"type": "object", "properties": {"machine": {"properties": {"type": {"enum": ["%s"]}}}}}},
            "oneOf": [{"$ref": "#/$defs/v1alpha1.Config"}]}"""
        fleet, folder = self.dir / "fleet", self.dir / "schemas"
        fleet.mkdir()
        folder.mkdir()
        (fleet / "fleet.yaml").write_text(SITE)
        shutil.copy(BUNDLE, fleet / "secrets.yaml")
        for role, code in (("controlplane", 0), ("worker", 1)):
            (folder / "any.json").write_text(schema % role)
            done = slipway("validate", fleet, "--talos-schemas", folder, code=code)
            self.assertEqual("SW1404" in done.stdout, code == 1, done.stdout)
            slipway("render", fleet, "--talos-schemas", folder, "--to", self.dir / "out", code=code)
        config = next((self.dir / "out" / "talos" / "configs").iterdir())
        slipway("talos", "validate", config)
        self.assertIn("SW1404", slipway("talos", "validate", config, "--schema", folder / "any.json", code=1).stdout)
        refused = slipway("talos", "validate", config, "--schema", folder / "any.json", "--talos-version", "v1.12", code=1)
        self.assertIn("SW1406", refused.stderr)
        (folder / "any.json").write_text("[]")
        slipway("validate", fleet, "--talos-schemas", folder, code=2)
        slipway("validate", fleet, "--talos-schemas", self.dir / "nowhere", code=2)

    def test_talosconfig_of_a_fleet(self):
        (self.dir / "fleet").mkdir()
        (self.dir / "fleet/all.yaml").write_text(SITE)
        shutil.copy(BUNDLE, self.dir / "fleet/secrets.yaml")
        path = self.dir / "talosconfig"
        arguments = ("talosconfig", "home", self.dir / "fleet", "-o", path)
        slipway(*arguments, "--role", "os:reader", "--ttl", "1h30m")
        self.assertEqual(mode(path), 0o600)
        self.assertIn("10.0.128.2", path.read_text())
        slipway(*arguments, code=1)
        slipway(*arguments, "--force", "--role", "os:king", code=1)
        slipway(*arguments, "--force", "--ttl", "1 year", code=1)
        slipway("talosconfig", "other", self.dir / "fleet", "-o", self.dir / "x", code=1)
        rendered = slipway("render", self.dir / "fleet", "--to", self.dir / "out")
        self.assertIn("SW1507", rendered.stderr, "a bundle in clear is worth a warning")


if __name__ == "__main__":
    unittest.main()
