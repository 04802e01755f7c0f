"""A fleet that a key signs, and a daemon that verifies."""
import json
import os

import harness
import signing


class TrustCase(harness.FaultCase):
    """A fleet that ada signs, keys of the host, and a daemon that looks only when it is asked."""

    def setUp(self):
        super().setUp()
        self.keys = signing.Keys(self.folder)
        self.addCleanup(self.keys.close)
        self.ada = self.keys.ssh("ada")
        self.host = self.keys.write("allowed_signers", self.ada)

    def flags(self, **more):
        return {"--source-verify-mode": "range", "--source-verify-allowed-signers": self.host, **more}

    def start_signed(self, flags=None):
        """A daemon that serves a first commit of ada's."""
        self.keys.sign_ssh(self.fleet, "ada")
        self.first = harness.push_nodes(self.fleet, 3)
        return self.start_served(interval="1h", flags=self.flags() if flags is None else flags)

    def name_keys(self, **files):
        """The Site names these files of keys: allowedSigners=text, …; not committed yet."""
        fields = []
        for field, text in files.items():
            self.fleet.write("keys/" + field, text)
            fields.append("%s: keys/%s" % (field, field))
        self.fleet.site = "  verify: {%s}\n" % ", ".join(fields)
        self.fleet.write_site("ignore")

    def push_at(self, commit):
        self.fleet.git("reset", "-q", "--hard", commit)
        self.fleet.git("push", "-q", "--force", self.fleet.bare, "main")

    def assert_served(self, daemon, commit):
        code, text = daemon.sync()
        self.assertEqual(code, 0, text)
        self.assertEqual(daemon.served(), commit)

    def assert_refused(self, daemon, kind, *words):
        """The sync fails with these words, they are where people look, and the served bytes stay."""
        before = daemon.served()
        code, text = daemon.sync()
        self.assertEqual(code, 1, text)
        condition = daemon.condition(kind)
        self.assertEqual(condition.get("status"), "True", daemon.explain())
        for said in words:
            self.assertIn(said, condition["message"])
            self.assertIn(said, text)
        self.assertEqual(daemon.served(), before)
        self.assertEqual(daemon.condition("Ready")["status"], "False")
        self.assertEqual(daemon.condition("Stalled")["status"], "True")
        self.assertIn(condition["message"].split(":")[0], daemon.page())
        metrics = harness.get(daemon.control, "/metrics")[2].decode()
        self.assertIn('slipway_condition{type="%s"} 1' % kind, metrics)
        return condition["message"]

    def revision(self, daemon):
        with open(os.path.join(daemon.state, "current", "revision.json")) as file:
            return json.load(file)
