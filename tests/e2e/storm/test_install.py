"""A machine is installed once: what completes an installation, what does not, and what raising its number does."""
import base64
import os
import subprocess
import unittest

from site_of_storm import Lan, Site, address, fleets, stop, wait_until

BASE = fleets.BASE.replace("Y3J0", "@CA@")

NODE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: storm-%05d}
spec:
  cluster: lab
  role: worker
  identity: {macs: ["%s"]}
  network: {addresses: [%s/16]}
  install: {disk: /dev/sda, revision: 1}
"""
WIPE = '  wipe: {disks: [/dev/sda], until: "2099-12-31"}\n'
FILE = "nodes/0/00000.yaml"
PROBE_SECONDS = 60  # Slipway looks each ten seconds


class Authority:
    """A certificate authority as Talos makes them, and a machine's certificate by it."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name)
        self.openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", self.path + ".ca.key", "-out",
                     self.path + ".ca", "-days", "2", "-subj", "/O=talos")
        self.openssl("req", "-newkey", "ed25519", "-nodes", "-keyout", self.path + ".key", "-out", self.path + ".csr",
                     "-subj", "/CN=storm-00000")
        self.openssl("x509", "-req", "-in", self.path + ".csr", "-CA", self.path + ".ca", "-CAkey",
                     self.path + ".ca.key", "-CAcreateserial", "-days", "2", "-out", self.path + ".crt")

    @staticmethod
    def openssl(*words):
        subprocess.run(("openssl",) + words, check=True, capture_output=True)

    def encoded(self):
        with open(self.path + ".ca", "rb") as file:
            return base64.b64encode(file.read()).decode()


class InstallOnce(unittest.TestCase):
    def setUp(self):
        lan = Lan()
        self.lan = lan.__enter__()
        self.addCleanup(lan.__exit__)
        self.ours, self.strange = (Authority(lan.folder, name) for name in ("ours", "strange"))
        self.site = Site(lan, 1, node=NODE, base=BASE.replace("@CA@", self.ours.encoded()))
        self.site.start()

    def boot(self):
        """The script that the machine is given, after it has fetched everything that it names."""
        result = self.site.boot([0])["machines"][0]
        self.assertNotIn("failed", result, self.site.tail())
        return result["script"]

    def assert_installs(self):
        self.assertEqual(self.boot(), self.site.script_of(0))

    def assert_boots_its_disk(self):
        script = self.boot()
        self.assertIn("booting from the local disk", script)
        self.assertNotIn("/assets/", script)

    def api(self, authority, log):
        """What a running Talos shows to somebody without a client certificate."""
        process = self.site.machines.spawn("openssl", "s_server", "-accept", address(0) + ":50000", "-cert",
                                           authority.path + ".crt", "-key", authority.path + ".key", "-Verify", "1",
                                           "-verify_return_error", "-www", log=log)
        self.addCleanup(stop, process)
        return process

    def log_of(self, name):
        with open(os.path.join(self.lan.folder, name), errors="replace") as file:
            return file.read()

    def completions(self):
        return self.log_of("slipway.log").count('"reason":"InstallCompleted"')

    def complete(self, number):
        process = self.api(self.ours, "api-%d.log" % number)
        wait_until(lambda: self.completions() == number, "the completion of installation %d" % number, PROBE_SECONDS,
                   self.site.tail)
        stop(process)

    def set_number(self, number, more=""):
        text = (NODE % (0, "02:5c:00:00:00:00", address(0))).replace("revision: 1", "revision: %d" % number) + more
        self.site.fleet.write(FILE, text)
        self.site.fleet.push("Install the machine again")
        synced = self.site.ask("sync")
        self.assertEqual(synced.returncode, 0, synced.stdout + synced.stderr)

    def test_a_whole_life(self):
        self.assert_installs()
        self.assert_installs()  # it was switched off halfway: having fetched everything completes nothing
        stranger = self.api(self.strange, "strange.log")
        wait_until(lambda: "SSL alert" in self.log_of("strange.log"), "Slipway turning from the stranger", PROBE_SECONDS,
                   lambda: self.log_of("strange.log")[-3000:])
        stop(stranger)
        self.assertEqual(self.completions(), 0, "a certificate of another cluster")
        self.assert_installs()
        self.complete(1)
        self.assert_boots_its_disk()

        self.site.process.kill()
        self.site.process.wait()
        self.site.start()
        self.assert_boots_its_disk()

        self.set_number(2, WIPE)
        wiping = self.boot()
        self.assertIn("talos.experimental.wipe=system", wiping)
        self.assertNotIn("talos.experimental.wipe=system", self.site.script_of(0))
        self.assert_installs()  # it is wiped once
        self.complete(2)
        self.assert_boots_its_disk()

        self.set_number(3)
        self.assert_installs()
        self.complete(3)
        self.assert_boots_its_disk()
        self.assert_boots_its_disk()


if __name__ == "__main__":
    unittest.main()
