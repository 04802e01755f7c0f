"""What the packages of packages.txt recorded, in one form: FOLDER. Writes exchanges.json and payloads.json there.

Of each package its own format is read; replies keep their heads but for the fields that are about the bytes on the wire.
"""
import ast
import glob
import json
import os
import re
import sys
import urllib.parse

ON_THE_WIRE = {"content-length", "content-encoding", "transfer-encoding", "connection", "status"}
#: Paths that Slipway asks too; besides, everything that a forge refused is kept.
OURS = re.compile(r"/(statuses/[0-9a-f]{40}|pulls(/\d+)?|issues/\d+/comments|issues/comments/\d+|git/refs|contents/[^?]+|"
                  r"merge_requests(/\d+)?|issues/\d+/discussions)(\?.*)?$")


def exchange(source, forge, request, reply):
    method, path, fields, body = request
    status, head, text = reply
    if status < 300 and not OURS.search(path):
        return None
    return {"source": source, "forge": forge, "method": method.upper(), "path": path,
            "fields": {name.lower(): str(value) for name, value in fields.items()}, "body": body, "status": status,
            "head": [[name, str(value)] for name, value in head if name.lower() not in ON_THE_WIRE], "text": text}


def octokit(folder):
    """nock's recordings; the raw ones, as they came."""
    for path in sorted(glob.glob(folder + "/scenarios/api.github.com/*/raw-fixture.json")):
        with open(path) as file:
            rows = json.load(file)
        for number, row in enumerate(rows, 1):
            if row.get("responseIsBinary"):
                continue
            head = row.get("rawHeaders") or []
            if isinstance(head, dict):
                head = [word for pair in head.items() for word in pair]
            text = row["response"] if isinstance(row["response"], str) else json.dumps(row["response"])
            name = "@octokit/fixtures %s#%d" % (path.split("/")[-2], number)
            yield exchange(name, "github", (row["method"], row["path"], row.get("reqheaders") or {}, row.get("body") or None),
                           (row["status"], list(zip(head[::2], head[1::2])), text))


def pygithub(folder):
    """Eleven lines an exchange."""
    for path in sorted(glob.glob(folder + "/tests/ReplayData/*.txt")):
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
        number = at = 0
        while at + 9 < len(lines):
            if lines[at] not in ("http", "https"):
                at += 1
                continue
            number += 1
            method, _host, _port, target, fields, body, status, head, text = lines[at + 1:at + 10]
            at += 11
            try:
                body = None if body in ("None", "") else json.loads(body)
                fields, head = ast.literal_eval(fields), ast.literal_eval(head)
            except (ValueError, SyntaxError):
                continue  # not JSON: uploads
            yield exchange("PyGithub %s#%d" % (os.path.basename(path), number), "github",
                           (method, target, fields, body), (int(status), head, text))


def gitea(folder):
    """One file a reply, named by its request: head, empty line, body."""
    for forge, name in (("github", "TestGitHubDownloadRepo"), ("gitlab", "TestGitlabDownloadRepo"),
                        ("gitea", "TestGiteaDownloadRepo")):
        for path in sorted(glob.glob("%s/services/migrations/_mock_data/%s/GET_*" % (folder, name))):
            target = urllib.parse.unquote(os.path.basename(path)[len("GET_"):])
            target = re.sub(r"^/api/v3", "", target) if forge == "github" else target
            with open(path, encoding="utf-8") as file:
                head, _, text = file.read().partition("\n\n")
            fields = [line.split(": ", 1) for line in head.split("\n") if ": " in line]
            yield exchange("gitea %s/%s" % (name, target.split("/test_repo/")[-1].split("/projects/")[-1]), forge,
                           ("GET", target, {}, None), (200, fields, text))


def client_go(folder):
    """Replies alone: their requests are those of the call that the test beside them makes."""
    for name, target in (("get_merge_request.json", "/api/v4/projects/278964/merge_requests/14656"),
                         ("get_merge_requests.json", "/api/v4/projects/278964/merge_requests?state=opened")):
        with open(folder + "/testdata/" + name) as file:
            yield exchange("client-go " + name, "gitlab", ("GET", target, {}, None), (200, [], file.read()))


def payloads(folder):
    """Webhooks: forge, event and the bytes."""
    events = {"github": {"push": "push", "pull-request": "pull_request", "ping": "ping", "issues": "issues",
                         "status": "status", "create": "create", "delete": "delete"},
              "gitlab": {"push-event": "Push Hook", "merge-request-event": "Merge Request Hook", "tag-event": "Tag Push Hook",
                         "pipeline-event": "Pipeline Hook", "issue-event": "Issue Hook"},
              "gitea": {"push-event": "push", "pull-request-event": "pull_request", "create-event": "create",
                        "delete-event": "delete", "issues-event": "issues"}}
    for forge, names in events.items():
        for name, event in names.items():
            path = "%s/webhooks/testdata/%s/%s.json" % (folder, forge, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    yield {"source": "webhooks %s/%s.json" % (forge, name), "forge": forge, "event": event, "text": file.read()}
    for name, event in (("push", "Push Hook"), ("merge_request", "Merge Request Hook"), ("tag_push", "Tag Push Hook")):
        path = "%s/client-go/testdata/webhooks/%s.json" % (folder, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                yield {"source": "client-go webhooks/%s.json" % name, "forge": "gitlab", "event": event, "text": file.read()}
    path = folder + "/webhooks-examples/api.github.com/index.json"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            kinds = json.load(file)
        for kind in kinds:
            for number, example in enumerate(kind["examples"], 1):
                # GitHub writes its JSON without blanks.
                yield {"source": "@octokit/webhooks-examples %s#%d" % (kind["name"], number), "forge": "github",
                       "event": kind["name"], "text": json.dumps(example, separators=(",", ":"), ensure_ascii=False)}


def main():
    folder = sys.argv[1]
    rows = []
    for name, read in (("fixtures", octokit), ("PyGithub", pygithub), ("gitea", gitea), ("client-go", client_go)):
        if os.path.isdir("%s/%s" % (folder, name)):
            rows += [row for row in read("%s/%s" % (folder, name)) if row]
    for name, value in (("exchanges", rows), ("payloads", list(payloads(folder)))):
        with open("%s/%s.json" % (folder, name), "w") as file:
            json.dump(value, file)
    print("%d recorded exchanges, %d payloads" % (len(rows), len(list(payloads(folder)))))


if __name__ == "__main__":
    main()
