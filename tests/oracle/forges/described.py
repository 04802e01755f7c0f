"""What our client sends, what the written conversations and the tests' own forge reply, and what our client reads, held
against the API descriptions that GitHub and Gitea publish, and against GitLab's own client: FOLDER GITLAB_REFEREE."""
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../e2e/forge"))

import fake_forge  # noqa: E402
from description import Description  # noqa: E402

PULL = ("number", "state", "title", "html_url", "merged_at", "head.sha", "head.ref", "base.ref", "head.repo.full_name",
        "base.repo.full_name")
#: Which fields our client takes from which reply.
READ = {("GET", "/pulls"): PULL, ("POST", "/pulls"): PULL, ("GET", "/pulls/7"): PULL,
        ("GET", "/issues/7/comments"): ("id", "body"), ("POST", "/issues/7/comments"): ("id", "body"),
        ("PATCH", "/issues/comments/9"): ("id", "body")}
#: Not listed as required, although every recorded reply has them.
OPTIONAL = {"github": {"body"}}


def conversations(forge):
    with open(os.path.join(HERE, "../../reconciler/forge/testdata", forge + ".json")) as file:
        return json.load(file)


def fields(description, forge):
    for (method, path), names in READ.items():
        found = description.operation(method, "/repos/o/r" + path)
        status = 201 if method == "POST" else 200
        schema = description.reply_schema(found[1], status)
        for name in names:
            needed = description.openapi and name not in OPTIONAL.get(forge, ())
            if not description.has(schema, name, needed):
                yield "%s %s: our client reads %s, which is not %s" % (
                    method, path, name, "always there" if needed else "described")


def conversation(description, forge):
    for row in conversations(forge):
        request, reply = row["request"], row["response"]
        yield from description.request(request["method"], request["path"], request.get("body"))
        yield from description.reply(request["method"], request["path"], reply["status"], reply["body"])


def ask(forge, method, path, body):
    name, value = forge.dialect["auth"]
    request = urllib.request.Request(forge.url + path, json.dumps(body).encode() if body else None, {name: value}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@contextlib.contextmanager
def running(kind):
    """The tests' own forge with one commit and one open pull request, 7."""
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run([*git, "init", "--quiet", "--bare"], check=True)
        tree = subprocess.run([*git, "hash-object", "-t", "tree", "-w", "/dev/null"], check=True, capture_output=True, text=True)
        made = subprocess.run([*git, "commit-tree", tree.stdout.strip(), "-m", "one"], check=True, capture_output=True, text=True)
        commit = made.stdout.strip()
        subprocess.run([*git, "update-ref", "refs/heads/main", commit], check=True)
        forge = fake_forge.Forge(kind, folder)
        try:
            forge.open_pull(commit, "patch-1")
            yield forge, commit
        finally:
            forge.close()


def own_forge(description, kind, asked):
    """Our requests, put to the tests' own forge twice: what is made, and what is there already."""
    with running(kind) as (forge, commit):
        for row in conversations(kind) * 2:
            request = row["request"]
            words = re.sub(r"[0-9a-f]{40}", commit, json.dumps([request["path"], request.get("body")]))
            path, body = json.loads(words)
            path = re.sub(r"^/repos/[^/]+/[^/]+", "/repos/" + fake_forge.REPOSITORY, path)
            path = re.sub(r"/(pulls|issues)/\d+", r"/\1/7", path)
            path = re.sub(r"/issues/comments/\d+", "/issues/comments/7000", path)
            status, reply = ask(forge, request["method"], path, body)
            asked.append(status)
            yield from description.reply(request["method"], path, status, reply)


def gitlab(program):
    """GitLab's own client beside ours, and at work with the tests' own forge: its exit code."""
    with running("gitlab") as (forge, commit):
        return subprocess.run([program, "-conversation", os.path.join(HERE, "../../reconciler/forge/testdata/gitlab.json"),
                               "-forge", forge.url, "-token", fake_forge.TOKEN, "-project", fake_forge.REPOSITORY,
                               "-commit", commit, "-number", "7"], check=False).returncode


def main():
    folder, referee = sys.argv[1:3]
    wrong = held = 0
    sys.stdout.reconfigure(line_buffering=True)
    if os.path.exists(referee):
        held += 1
        wrong += gitlab(referee)
    else:
        print("left out: GitLab's own client cannot be built (no Go toolchain, or its module cannot be had)")
    for forge, path in (("github", "openapi/generated/api.github.com.json"), ("gitea", "gitea/templates/swagger/v1_json.tmpl")):
        path = os.path.join(folder, path)
        if not os.path.exists(path):
            print("left out: the description of %s's API cannot be had" % forge)
            continue
        description = Description(path)
        asked = []
        problems = sorted({*fields(description, forge), *conversation(description, forge), *own_forge(description, forge, asked)})
        held += 1
        wrong += len(problems)
        for problem in problems:
            print("%s: %s" % (forge, problem))
        print("%s: %d requests of ours and their written replies, %d replies of the tests' own forge (%s), %d problems" % (
            forge, len(conversations(forge)), len(asked), ", ".join(map(str, sorted(set(asked)))), len(problems)))
        if not {200, 201} <= set(asked) or not {409, 422} & set(asked):
            print("%s: the tests' own forge was to make things, and to refuse what is there" % forge)
            wrong += 1
    if not held:
        print("skipped: no description of an API can be had; oracle.fetch_forges says why")
        sys.exit(77)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
