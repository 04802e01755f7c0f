"""The scripts that forges' CI runs, against a forge that speaks each API as documented."""
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CI = os.path.join(HERE, "../../../contrib/ci")
MARKER = "<!-- slipway-plan -->"


class Forge(http.server.BaseHTTPRequestHandler):
    """Comments of one pull request; what is not as documented is answered with 4xx."""
    comments, log, broken = [], [], 0

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def allowed(self):
        wanted = {"github": ("Authorization", "Bearer T0KEN"), "gitea": ("Authorization", "token T0KEN"),
                  "gitlab": ("PRIVATE-TOKEN", "T0KEN")}[self.server.kind]
        return self.headers.get(wanted[0]) == wanted[1]

    def handle_any(self):
        self.server.log.append((self.command, self.path))
        if self.server.broken > 0:
            self.server.broken -= 1
            return self.reply(503, {"message": "later"})
        if not self.allowed():
            return self.reply(401, {"message": "no"})
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        list_path, one_path, update = {
            "github": ("/repos/o/r/issues/7/comments", "/repos/o/r/issues/comments/", "PATCH"),
            "gitea": ("/repos/o/r/issues/7/comments", "/repos/o/r/issues/comments/", "PATCH"),
            "gitlab": ("/projects/o%2Fr/merge_requests/7/notes", "/projects/o%2Fr/merge_requests/7/notes/", "PUT"),
        }[self.server.kind]
        path, _, query = self.path.partition("?")
        if self.command == "GET" and path == list_path:
            page = int(dict(pair.split("=") for pair in query.split("&"))["page"])
            return self.reply(200, self.server.comments[(page - 1) * 100:page * 100])
        if self.command == "POST" and path == list_path:
            self.server.comments.append({"id": len(self.server.comments) + 1, "body": body["body"]})
            return self.reply(201, self.server.comments[-1])
        if self.command == update and path.startswith(one_path):
            self.server.comments[int(path[len(one_path):]) - 1]["body"] = body["body"]
            return self.reply(200, {})
        return self.reply(404, {"message": self.path})

    do_GET = do_POST = do_PATCH = do_PUT = handle_any

    def log_message(self, *_):
        pass


class CommentTest(unittest.TestCase):
    def setUp(self):
        for tool in ("curl", "jq"):
            if shutil.which(tool) is None:
                self.skipTest("there is no " + tool)
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
        self.server.comments, self.server.log, self.server.broken = [], [], 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def comment(self, kind, text, token="T0KEN"):
        self.server.kind = kind
        plan = os.path.join(self.folder, "plan.md")
        with open(plan, "w") as file:
            file.write(text)
        environment = {**os.environ, "FORGE": kind, "API": "http://127.0.0.1:%d" % self.server.server_address[1],
                       "REPOSITORY": "o%2Fr" if kind == "gitlab" else "o/r", "NUMBER": "7", "TOKEN": token}
        return subprocess.run([os.path.join(CI, "comment.sh"), plan], env=environment, capture_output=True, text=True,
                              timeout=60)

    def test_makes_one_comment_and_updates_it_in_place_on_every_forge(self):
        for kind in ("github", "gitea", "gitlab"):
            with self.subTest(kind):
                self.server.comments = [{"id": n + 1, "body": "somebody's word"} for n in range(150)]
                self.assertEqual(self.comment(kind, MARKER + "\nfirst \"plan\" `x` $HOME").returncode, 0)
                self.assertEqual(self.server.comments[150]["body"], MARKER + "\nfirst \"plan\" `x` $HOME")
                self.assertEqual(self.comment(kind, MARKER + "\nsecond").returncode, 0)
                self.assertEqual(len(self.server.comments), 151, "updated, not added")
                self.assertEqual(self.server.comments[150]["body"], MARKER + "\nsecond")

    def test_a_forge_that_fails_for_a_moment_is_asked_again_and_a_refusal_is_an_error(self):
        self.server.broken = 2
        self.assertEqual(self.comment("github", MARKER + "\nplan").returncode, 0)
        refused = self.comment("github", MARKER + "\nplan", token="wrong")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("401", refused.stderr)

    def test_somebody_who_quotes_the_marker_keeps_the_own_comment(self):
        self.server.comments = [{"id": 1, "body": "look: " + MARKER}]
        self.assertEqual(self.comment("github", MARKER + "\nplan").returncode, 0)
        self.assertEqual(self.server.comments[0]["body"], "look: " + MARKER)


class SnippetTest(unittest.TestCase):
    def test_annotations_stand_at_the_line_for_both_kinds_of_forge(self):
        if shutil.which("jq") is None:
            self.skipTest("there is no jq")
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "site.yaml"), "w") as file:
                file.write("apiVersion: slipway/v1alpha1\nkind: Site\nmetadata: {name: home}\nspec: {bootServer: {url: x}}\n")
            binary = os.path.dirname(os.environ["SLIPWAY_BINARY"])
            environment = {**os.environ, "PATH": binary + ":" + os.environ["PATH"]}
            run = lambda kind: subprocess.run([os.path.join(CI, "annotate.sh"), kind, folder], env=environment,
                                              capture_output=True, text=True, timeout=60)
            done = run("github")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stdout, r"(?m)^::error file=site\.yaml,line=4,col=\d+,title=SW\d{4}::")
            report = json.loads(run("gitlab").stdout)
            self.assertEqual(report[0]["location"], {"path": "site.yaml", "lines": {"begin": 4}})

    def test_hooks_let_a_good_fleet_through_and_stop_a_bad_one(self):
        binary = os.path.dirname(os.environ["SLIPWAY_BINARY"])
        environment = {**os.environ, "PATH": binary + ":" + os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null",
                       "GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "T",
                       "GIT_COMMITTER_EMAIL": "t@example.org"}
        with tempfile.TemporaryDirectory() as folder:
            git = lambda *words, where="work": subprocess.run(["git", "-C", os.path.join(folder, where), *words],
                                                               env=environment, capture_output=True, text=True)
            for name, words in (("work", []), ("bare", ["--bare"])):
                subprocess.run(["git", "init", "-q", "-b", "main", *words, os.path.join(folder, name)], check=True, env=environment)
            hooks = os.path.join(HERE, "../../../contrib/hooks")
            shutil.copy(os.path.join(hooks, "pre-receive"), os.path.join(folder, "bare/hooks/pre-receive"))
            good = ("apiVersion: slipway/v1alpha1\nkind: Site\nmetadata: {name: home}\n"
                    "spec: {bootServer: {url: \"http://10.0.5.10:8080\"}}\n")

            def commit(text, *words):
                with open(os.path.join(folder, "work/site.yaml"), "w") as file:
                    file.write(text)
                git("add", "-A")
                return git("commit", "-qm", "x", *words)
            commit(good)
            push = lambda: git("push", "-q", os.path.join(folder, "bare"), "main")
            self.assertEqual(push().returncode, 0)
            commit(good.replace("http://", "ftp://"))
            refused = push()
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("the daemon would refuse", refused.stderr)
            shutil.copy(os.path.join(hooks, "pre-commit"), os.path.join(folder, "work/.git/hooks/pre-commit"))
            self.assertNotEqual(commit(good.replace("http://", "gopher://")).returncode, 0)
            self.assertEqual(commit(good).returncode, 0)
            self.assertEqual(push().returncode, 0)


if __name__ == "__main__":
    unittest.main()
