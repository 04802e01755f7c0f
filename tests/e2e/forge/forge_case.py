"""What the forge tests stand on: the fault tests' daemon and fleet, and a forge beside them."""
import os
import urllib.parse

import harness_path  # noqa: F401
import fake_forge
import harness

wait_until = harness.wait_until
MARKER = "<!-- slipway-plan -->"


class ForgeCase(harness.FaultCase):
    """A fleet of two nodes, and a forge of `kind` that has its repository."""
    kind = "gitea"

    def setUp(self):
        super().setUp()
        self.fleet.write_site("wait")
        self.first = self.fleet.push("Let unknown machines wait")
        self.forge = fake_forge.Forge(self.kind, self.fleet.bare)
        self.addCleanup(self.forge.close)
        self.token_file = os.path.join(self.folder, "token")
        with open(self.token_file, "w") as file:
            file.write(fake_forge.TOKEN + "\n")

    def flags(self, *more):
        flags = {"--forge-kind": self.kind, "--forge-url": self.forge.url, "--forge-repository": fake_forge.REPOSITORY,
                 "--forge-token-file": self.token_file, "--forge-interval": "1s"}
        return {**flags, **dict.fromkeys(more, "true")}

    def serve(self, *more, **options):
        """A daemon that serves the branch's head."""
        daemon = self.start(flags=self.flags(*more), **options)
        daemon.wait_served(self.forge.git("rev-parse", "main"))
        return daemon

    def wait_state(self, commit, state):
        wait_until(lambda: self.forge.states_of(commit)[-1:] == [state], "the status %s of %s" % (state, commit[:12]),
                   explain=lambda: "\n".join(self.forge.log[-30:]))

    def push_file(self, path, text, subject="Change"):
        """A commit on the served branch."""
        commit = self.forge.commit_files("main", {path: text}, subject)
        self.forge.git("update-ref", "refs/heads/main", commit)
        return commit

    def comment_of(self, number):
        """The one comment of ours, None before there is one."""
        ours = [row["body"] for row in self.forge.comments[number] if row["body"].startswith(MARKER)]
        self.assertLessEqual(len(ours), 1, "one comment a pull request")
        return ours[0] if ours else None

    def wait_comment(self, number, words, daemon):
        return wait_until(lambda: words in (self.comment_of(number) or "") and self.comment_of(number),
                          "a comment with %r" % words,
                          explain=lambda: "%s\n%s\n%s" % (self.comment_of(number), "\n".join(self.forge.log[-20:]), daemon.tail()))

    def knock(self, daemon, mac, **facts):
        """What iPXE does on a machine that no revision knows: the screen it shows."""
        query = urllib.parse.urlencode({"mac": mac, **facts}, quote_via=urllib.parse.quote)
        status, _, body = harness.get(daemon.http, "/unknown?" + query)
        self.assertEqual(status, 200, body)
        return body.decode()


def node(name, mac, more=""):
    return ("apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: %s}\nspec:\n  cluster: lab\n  role: worker\n"
            "  identity: {macs: [\"%s\"]}\n%s" % (name, mac, more))
