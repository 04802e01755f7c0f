"""A real Gitea, built from its Go module and kept in build/lab, and its API for the tests."""
import base64
import contextlib
import ctypes
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import harness_path  # noqa: F401
from harness import ALL, wait_until

VERSION = "v1.26.0"
HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.realpath(os.path.join(HERE, "../../../build/lab"))
HOME = os.path.join(LAB, "gitea-" + VERSION)
BINARY = os.path.join(HOME, "gitea")
#: About five minutes of one processor and 1.5 GB of Go's cache, so only where slow tests are asked for.
BUILD = ALL or os.environ.get("SLIPWAY_BUILD_GITEA") == "yes"


def go():
    for name in ("go", "/usr/local/go/bin/go"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(words), done.stderr[-2000:]))
    return done.stdout


def build():
    """Builds it once, at the lowest priority. Skips the test, with the reason, where that cannot be."""
    if os.path.exists(BINARY):
        return
    if go() is None:
        raise unittest.SkipTest("the real forge is left out: no Go toolchain builds Gitea here")
    if not BUILD:
        raise unittest.SkipTest("the real forge is left out: Gitea is not built yet, which takes minutes; "
                                "tests/run.sh --all or SLIPWAY_BUILD_GITEA=yes builds it once into build/lab")
    try:
        module = json.loads(run(go(), "mod", "download", "-json", "code.gitea.io/gitea@" + VERSION, timeout=300))
    except (RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise unittest.SkipTest("the real forge is left out: its module cannot be downloaded: %s" % error)
    os.makedirs(LAB, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=LAB) as folder:
        source = os.path.join(folder, "source")
        shutil.copytree(module["Dir"], source)
        run("chmod", "-R", "u+w", source)
        run("nice", "-n", "19", go(), "build", "-tags", "sqlite sqlite_unlock_notify", "-o", os.path.join(folder, "gitea"),
            ".", cwd=source, timeout=1800, env={**os.environ, "CGO_ENABLED": "1"})
        made = os.path.join(folder, "made")
        os.makedirs(os.path.join(made, "public"))
        for name in ("options", "templates"):
            shutil.copytree(os.path.join(source, name), os.path.join(made, name))
        shutil.move(os.path.join(folder, "gitea"), os.path.join(made, "gitea"))
        shutil.move(made, HOME)


CONFIG = """
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
RUN_MODE = prod
[server]
HTTP_ADDR = {host}
HTTP_PORT = {port}
ROOT_URL = http://{host}:{port}/
STATIC_ROOT_PATH = {home}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db
[repository]
ROOT = {folder}/repositories
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = of-the-tests
[webhook]
ALLOWED_HOST_LIST = *
[service]
DISABLE_REGISTRATION = true
[log]
LEVEL = warn
"""


def free_port(host):
    """Below those that the kernel gives out by itself: nobody takes it in the seconds until Gitea binds it."""
    for port in random.sample(range(18000, 30000), 100):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free between 18000 and 30000")


@contextlib.contextmanager
def within(namespace):
    """Sockets that this thread opens meanwhile are in that network namespace."""
    if namespace is None:
        yield
        return
    new_network = 0x40000000  # CLONE_NEWNET, sched.h
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net") as before, open("/run/netns/" + namespace) as there:
        if libc.setns(there.fileno(), new_network):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(before.fileno(), new_network)


class Gitea:
    """One that runs, with the users ops (who administers it) and guest."""

    def __init__(self, folder, host="127.0.0.1", namespace=None):
        build()
        self.namespace = namespace
        self.prefix = ["ip", "netns", "exec", namespace] if namespace else []
        self.folder, self.host, self.port = os.path.join(folder, "gitea"), host, free_port(host)
        os.makedirs(self.folder)
        self.config = os.path.join(self.folder, "app.ini")
        with open(self.config, "w") as file:
            file.write(CONFIG.format(host=host, port=self.port, home=HOME, folder=self.folder))
        self.environment = {**os.environ, "GITEA_WORK_DIR": self.folder, "HOME": self.folder}
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([*self.prefix, BINARY, "--config", self.config, "web"], env=self.environment, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_until(self.is_up, "Gitea's start", explain=self.tail)
            self.command("admin", "user", "create", "--admin", "--username", "ops", "--password", "pass-of-ops",
                         "--email", "ops@example.org", "--must-change-password=false")
            self.call("POST", "/admin/users", {"username": "guest", "password": "pass-of-guest", "email":
                                               "guest@example.org", "must_change_password": False})
        except BaseException:
            self.stop()
            raise

    def is_up(self):
        if self.process.poll() is not None:
            raise AssertionError("Gitea ended:\n" + self.tail())
        try:
            return self.api("GET", "/version", user=None)[0] == 200
        except OSError:
            return False

    def tail(self):
        with open(self.log, errors="replace") as file:
            return file.read()[-3000:]

    def command(self, *words):
        return run(*self.prefix, BINARY, "--config", self.config, *words, env=self.environment, timeout=120).strip()

    def token(self, user, scopes):
        """A token of that user with no more than these permissions."""
        name = "token-%d" % time.monotonic_ns()
        return self.call("POST", "/users/%s/tokens" % user, {"name": name, "scopes": scopes}, user)["sha1"]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def api(self, method, path, body=None, user="ops"):
        """(status, answer) of a request to its API as one of the users."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {"Content-Type": "application/json"}
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(("%s:pass-of-%s" % (user, user)).encode()).decode()
        with within(self.namespace):
            connection.connect()
        connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        try:
            return response.status, json.loads(raw)
        except ValueError:
            return response.status, raw.decode(errors="replace")

    def call(self, method, path, body=None, user="ops"):
        status, answer = self.api(method, path, body, user)
        if status >= 300:
            raise AssertionError("%s %s: %d %s\n%s" % (method, path, status, answer, self.tail()))
        return answer

    def url(self, path, user=None):
        who = "%s:pass-of-%s@" % (user, user) if user else ""
        return "http://%s%s:%d/%s" % (who, self.host, self.port, path)

    def add_file(self, repository, branch, path, text, new_branch=None, user="ops"):
        self.call("POST", "/repos/%s/contents/%s" % (repository, urllib.parse.quote(path)),
                  {"branch": branch, "content": base64.b64encode(text.encode()).decode(), "message": "Add " + path,
                   **({"new_branch": new_branch} if new_branch else {})}, user)
