"""A forge of the tests' own: one repository, and the parts of the GitHub, GitLab and Gitea APIs that Slipway speaks, as
they are documented. What is not so documented is answered with 4xx. Its branches and pull requests are real Git."""
import base64
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse

TOKEN = "T0KEN-of-the-tests"
REPOSITORY = "infra/fleet"
DIALECTS = {
    "github": {"auth": ("Authorization", "Bearer " + TOKEN), "root": "", "head": "refs/pull/%d/head", "limit": 65536,
               "description": 140, "states": {"pending", "success", "failure", "error"}},
    "gitea": {"auth": ("Authorization", "token " + TOKEN), "root": "/api/v1", "head": "refs/pull/%d/head",
              "limit": 65536, "description": 255, "states": {"pending", "success", "failure", "error"}},
    "gitlab": {"auth": ("PRIVATE-TOKEN", TOKEN), "root": "/api/v4", "head": "refs/merge-requests/%d/head",
               "limit": 1000000, "description": 255, "states": {"pending", "running", "success", "failed", "canceled"}},
}


class Forge:
    """State of the forge, and the handles by which a test acts as people do."""

    def __init__(self, kind, bare, tls=None):
        self.kind, self.bare, self.dialect = kind, bare, DIALECTS[kind]
        self.statuses = []  # {commit, state, description, target_url}, oldest first
        self.pulls, self.comments, self.log = {}, {}, []
        self.trouble = None  # a function of the handler that answers instead, once it returns true
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"forge": self}))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed are what is tested
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http%s://127.0.0.1:%d%s" % ("s" if tls else "", self.server.server_address[1], self.dialect["root"])

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def git(self, *words, data=None, index=None):
        environment = {**os.environ, "GIT_AUTHOR_NAME": "F", "GIT_AUTHOR_EMAIL": "f@example.org",
                       "GIT_COMMITTER_NAME": "F", "GIT_COMMITTER_EMAIL": "f@example.org"}
        if index:
            environment["GIT_INDEX_FILE"] = index
        done = subprocess.run(["git", "-C", self.bare, *words], input=data, env=environment, capture_output=True)
        if done.returncode:
            raise ValueError(done.stderr.decode())
        return done.stdout.decode().strip()

    def commit_files(self, base, files, message):
        """A commit on top of `base`, under no reference."""
        with tempfile.TemporaryDirectory() as folder:
            index = os.path.join(folder, "index")
            self.git("read-tree", base, index=index)
            for path, text in files.items():
                blob = self.git("hash-object", "-w", "--stdin", data=text.encode())
                self.git("update-index", "--add", "--cacheinfo", "100644,%s,%s" % (blob, path), index=index)
            tree = self.git("write-tree", index=index)
        return self.git("commit-tree", tree, "-p", base, "-m", message)

    def open_pull(self, head, branch, title="A change", base="main", fork=False, body=""):
        with self.lock:
            number = len(self.pulls) + 7
            self.pulls[number] = {"number": number, "state": "open", "head": head, "branch": branch, "base": base,
                                  "title": title, "fork": fork, "body": body}
            self.comments[number] = []
        self.git("update-ref", self.dialect["head"] % number, head)
        return number

    def move_pull(self, number, head):
        self.git("update-ref", self.dialect["head"] % number, head)
        self.pulls[number]["head"] = head

    def merge(self, number):
        pull = self.pulls[number]
        tree = self.git("merge-tree", "--write-tree", pull["base"], pull["head"]).splitlines()[0]
        merged = self.git("commit-tree", tree, "-p", pull["base"], "-p", pull["head"], "-m", "Merge %d" % number)
        self.git("update-ref", "refs/heads/" + pull["base"], merged)
        pull["state"] = "merged"
        return merged

    def states_of(self, commit):
        return [row["state"] for row in self.statuses if row["commit"] == commit]

    def writes(self):
        return [line for line in self.log if not line.startswith("GET ")]


def seconds_from_now(seconds):
    return str(int(time.time()) + seconds)


class Handler(http.server.BaseHTTPRequestHandler):
    forge = None
    protocol_version = "HTTP/1.1"

    def reply(self, status, value, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, field in headers:
            self.send_header(name, field)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        forge = self.forge
        path, _, query = self.path.partition("?")
        forge.log.append(self.command + " " + self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        if forge.trouble and forge.trouble(self):
            return None
        name, value = forge.dialect["auth"]
        if self.headers.get(name) != value:
            return self.reply(401, {"message": "Bad credentials"})
        if not path.startswith(forge.dialect["root"] + "/"):
            return self.reply(404, {"message": "Not Found"})
        path = path[len(forge.dialect["root"]):]
        words = {key: values[0] for key, values in urllib.parse.parse_qs(query).items()}
        body = json.loads(raw) if raw else {}
        try:
            return self.reply(*self.answer(path, words, body))
        except (KeyError, ValueError) as error:
            return self.reply(422, {"message": "Validation Failed: %s" % error})

    do_GET = do_POST = do_PUT = do_PATCH = handle_any

    def log_message(self, *_):
        pass

    def answer(self, path, words, body):
        repository = "/projects/infra%2Ffleet" if self.forge.kind == "gitlab" else "/repos/" + REPOSITORY
        if not path.startswith(repository + "/"):
            return 404, {"message": "Not Found"}
        rest = path[len(repository):]
        for command, pattern, function in ROUTES[self.forge.kind]:
            match = re.fullmatch(pattern, rest)
            if command == self.command and match:
                return function(self.forge, words, body, *match.groups())
        return 404, {"message": "Not Found"}


def need(body, *fields):
    for field in fields:
        if field not in body:
            raise ValueError(field + " is missing")
    unknown = set(body) - set(fields) - {"target_url", "remove_source_branch"}
    if unknown:
        raise ValueError("unknown fields %s" % unknown)


def page_of(forge, rows, words):
    most = {"github": "per_page", "gitlab": "per_page", "gitea": "limit"}[forge.kind]
    size, page = int(words[most]), int(words["page"])
    if size > (50 if forge.kind == "gitea" else 100):
        raise ValueError(most)
    return 200, rows[(page - 1) * size:page * size]


def set_status(forge, _words, body, commit):
    need(body, "state", "description", "name" if forge.kind == "gitlab" else "context")
    if body["state"] not in forge.dialect["states"] or len(body["description"]) > forge.dialect["description"]:
        return 422, {"message": "Validation Failed"}
    forge.git("cat-file", "-e", commit + "^{commit}")
    if forge.kind == "gitlab" and forge.states_of(commit)[-1:] == [body["state"]]:
        return 400, {"message": "Cannot transition status via :enqueue from :pending"}
    forge.statuses.append({"commit": commit, **body})
    return 201, {"id": len(forge.statuses), "state" if forge.kind == "github" else "status": body["state"]}


def pull_json(forge, pull):
    url = "http://forge.example.org/%s/%d" % (REPOSITORY, pull["number"])
    if forge.kind == "gitlab":
        state = {"open": "opened"}.get(pull["state"], pull["state"])
        return {"iid": pull["number"], "state": state, "sha": pull["head"], "source_branch": pull["branch"],
                "target_branch": pull["base"], "source_project_id": 2 if pull["fork"] else 1, "target_project_id": 1,
                "title": pull["title"], "web_url": url}
    return {"number": pull["number"], "state": "open" if pull["state"] == "open" else "closed", "html_url": url,
            "title": pull["title"], "merged_at": "2026-01-01T00:00:00Z" if pull["state"] == "merged" else None,
            "head": {"sha": pull["head"], "ref": pull["branch"], "label": pull["branch"],
                     "repo": {"full_name": "guest/fleet" if pull["fork"] else REPOSITORY}},
            "base": {"ref": pull["base"], "sha": "0" * 40, "repo": {"full_name": REPOSITORY}}}


def list_pulls(forge, words, _body):
    wanted = words["state"]
    rows = [p for p in forge.pulls.values() if wanted == "all" or (p["state"] == "open") == (wanted in ("open", "opened"))]
    if "head" in words:
        rows = [p for p in rows if "infra:" + p["branch"] == words["head"]]
    for word, field in (("base", "base"), ("target_branch", "base"), ("source_branch", "branch")):
        if word in words:
            rows = [p for p in rows if p[field] == words[word]]
    return page_of(forge, [pull_json(forge, p) for p in rows], words)


def get_pull(forge, _words, _body, number):
    return 200, pull_json(forge, forge.pulls[int(number)])


def open_pull(forge, _words, body):
    if forge.kind == "gitlab":
        need(body, "title", "description", "source_branch", "target_branch")
        branch, base, text = body["source_branch"], body["target_branch"], body["description"]
    else:
        need(body, "title", "body", "head", "base")
        branch, base, text = body["head"], body["base"], body["body"]
    if any(p["branch"] == branch and p["state"] == "open" for p in forge.pulls.values()):
        if forge.kind == "github":
            return 422, {"message": "Validation Failed", "errors": [{"message": "A pull request already exists for infra:%s." % branch}]}
        return 409, {"message": ["Another open merge request already exists for this source branch"]}
    number = forge.open_pull(forge.git("rev-parse", "refs/heads/" + branch), branch, body["title"], base, body=text)
    return 201, pull_json(forge, forge.pulls[number])


def list_comments(forge, words, _body, number):
    if forge.kind == "gitea":  # knows no pages of them
        return 200, forge.comments[int(number)]
    return page_of(forge, forge.comments[int(number)], words)


def add_comment(forge, _words, body, number):
    need(body, "body")
    if len(body["body"].encode()) > forge.dialect["limit"]:
        return 422, {"message": "Body is too long"}
    row = {"id": 1000 * int(number) + len(forge.comments[int(number)]), "body": body["body"]}
    forge.comments[int(number)].append(row)
    return 201, row


def edit_comment(forge, _words, body, *numbers):
    need(body, "body")
    for rows in forge.comments.values():
        for row in rows:
            if row["id"] == int(numbers[-1]):
                row["body"] = body["body"]
                return 200, row
    return 404, {"message": "Not Found"}


def make_branch(forge, _words, body):
    branch, commit = {
        "github": lambda: (need(body, "ref", "sha"), (body["ref"].removeprefix("refs/heads/"), body["sha"]))[1],
        "gitea": lambda: (need(body, "new_branch_name", "old_ref_name"), (body["new_branch_name"], body["old_ref_name"]))[1],
        "gitlab": lambda: (need(body, "branch", "ref"), (body["branch"], body["ref"]))[1]}[forge.kind]()
    try:
        forge.git("rev-parse", "--verify", "refs/heads/" + branch)
    except ValueError:
        forge.git("update-ref", "refs/heads/" + branch, commit)
        return 201, {"ref": "refs/heads/" + branch} if forge.kind == "github" else {"name": branch}
    return {"github": (422, {"message": "Reference already exists"}), "gitea": (409, {"message": "The branch already exists."}),
            "gitlab": (400, {"message": "Branch already exists"})}[forge.kind]


def add_file(forge, _words, body, path=None):
    if forge.kind == "gitlab":
        need(body, "branch", "commit_message", "actions")
        action = body["actions"][0]
        path, text, message = action["file_path"], action["content"], body["commit_message"]
    else:
        need(body, "branch", "message", "content")
        path, message = urllib.parse.unquote(path), body["message"]
        text = base64.b64decode(body["content"], validate=True).decode()
    reference = "refs/heads/" + body["branch"]
    base = forge.git("rev-parse", reference)
    if forge.git("ls-tree", base, path):
        return {"github": (422, {"message": "Invalid request.\n\n\"sha\" wasn't supplied."}),
                "gitea": (422, {"message": "repository file already exists [path: %s]" % path}),
                "gitlab": (400, {"message": "A file with this name already exists"})}[forge.kind]
    forge.git("update-ref", reference, forge.commit_files(base, {path: text}, message))
    return 201, {}


PULL, COMMENTS = r"/pulls/(\d+)", r"/issues/(\d+)/comments"
ROUTES = {
    "github": [("POST", r"/statuses/([0-9a-f]{40})", set_status), ("GET", "/pulls", list_pulls), ("GET", PULL, get_pull),
               ("POST", "/pulls", open_pull), ("GET", COMMENTS, list_comments), ("POST", COMMENTS, add_comment),
               ("PATCH", r"/issues/comments/(\d+)", edit_comment), ("POST", "/git/refs", make_branch),
               ("PUT", "/contents/(.+)", add_file)],
    "gitlab": [("POST", r"/statuses/([0-9a-f]{40})", set_status), ("GET", "/merge_requests", list_pulls),
               ("GET", r"/merge_requests/(\d+)", get_pull), ("POST", "/merge_requests", open_pull),
               ("GET", r"/merge_requests/(\d+)/notes", list_comments), ("POST", r"/merge_requests/(\d+)/notes", add_comment),
               ("PUT", r"/merge_requests/(\d+)/notes/(\d+)", edit_comment), ("POST", "/repository/branches", make_branch),
               ("POST", "/repository/commits", add_file)],
}
ROUTES["gitea"] = [row for row in ROUTES["github"] if row[2] not in (make_branch, add_file)] + [
    ("POST", "/branches", make_branch), ("POST", "/contents/(.+)", add_file)]
