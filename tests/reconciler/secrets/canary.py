#!/usr/bin/env python3
"""Plants a secret in encrypted files, lets everything fail that can, and looks for it in all that comes out.

    canary.py SLIPWAY SEAL_TOOL

Searched: what validate and render print in every format, the daemon's log, its status document, page and metrics, every
file in its state folder that is no served config. And: a process that holds keys gives no core dump, what is written is
nobody else's to read.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

SLIPWAY, SEAL = sys.argv[1:3]
CANARY = "canary-5up3r-s3cr3t-value"

RESOURCES = """apiVersion: slipway/v1alpha1
kind: Site
metadata: {name: home}
spec: {bootServer: {url: "http://10.0.5.10:8080"}}
---
apiVersion: slipway/v1alpha1
kind: Asset
metadata: {name: kernel}
spec: {url: "file://FOLDER/kernel", sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}
---
apiVersion: slipway/v1alpha1
kind: Cluster
metadata: {name: home}
spec:
  endpoint: https://10.0.128.100:6443
  talos:
    version: v1.11.6
    kubernetesVersion: v1.34.1
    base: {controlplane: base.yaml, worker: base.yaml}
  boot: {amd64: {kernel: kernel, initramfs: kernel}}
  patches: {all: [{file: patch.yaml}]}
---
apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: one}
spec: {cluster: home, role: worker, identity: {macs: ["02:00:00:00:00:01"]}}
"""
BASE = """version: v1alpha1
machine: {type: worker, token: %s, ca: {crt: Y3J0, key: ""}, install: {disk: /dev/sda}}
cluster: {clusterName: home, controlPlane: {endpoint: "https://10.0.128.100:6443"}}
""" % CANARY
GOOD = "machine: {env: {SECRET: %s}}\n" % CANARY
BAD = ["machine: %s\n", "machine: {type: {a: %s}}\n", "machine: {env: [%s]}\n", "- %s\n", "a: !!int %s\n", "a: *%s\n",
       "apiVersion: v1alpha1\nkind: %s\n$patch: delete\n"]

failures = []


def check(good, what):
    if not good:
        failures.append(what)
        print("FAILED: " + what)


def seal(how, text, number=0):
    return subprocess.run([SEAL, how, str(number)], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


def write(path, data, mode=0o600):
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)


def run(*words, environment=None):
    done = subprocess.run([SLIPWAY, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout.decode(errors="replace")


def make_fleet(folder):
    fleet = os.path.join(folder, "fleet")
    os.mkdir(fleet)
    write(os.path.join(folder, "kernel"), b"foo")
    write(os.path.join(fleet, "fleet.yaml"), RESOURCES.replace("FOLDER", folder).encode())
    write(os.path.join(fleet, "base.yaml"), seal("sops", BASE))
    write(os.path.join(fleet, "patch.yaml"), seal("age-binary", GOOD))
    return fleet


def failing_patches():
    yield "wrong MAC", seal("sops-wrong-mac", GOOD)
    yield "other recipient", seal("sops", GOOD, 7)
    yield "other recipient of age", seal("age", GOOD, 7)
    damaged = bytearray(seal("age-binary", GOOD))
    damaged[-3] ^= 1
    yield "damaged", bytes(damaged)
    for bad in BAD:
        yield "age: " + bad, seal("age", bad % CANARY)
        if bad.startswith(("machine", "apiVersion")):
            yield "sops: " + bad, seal("sops", bad % CANARY)


def test_commands(folder, fleet, identity):
    out = os.path.join(folder, "out")
    code, text = run("render", fleet, "--to", out, "--identity", identity)
    check(code == 0, "render works: " + text)
    check(CANARY not in text, "render prints no secret")
    config = os.path.join(out, "talos/configs/02-00-00-00-00-01.yaml")
    with open(config) as file:
        check(file.read().count(CANARY) == 2, "the config holds both secrets")
    for place, _, names in os.walk(out):
        for path in [place, *(os.path.join(place, name) for name in names)]:
            check(os.stat(path).st_mode & 0o007 == 0, path + " is nobody else's")
    other = os.path.join(folder, "other.txt")
    write(other, subprocess.run([SEAL, "identity", "3"], stdout=subprocess.PIPE, check=True).stdout, 0o644)
    code, text = run("validate", "--identity", other, "--identity", identity, fleet)
    check(code == 0 and "chmod" in text, "two identities before the folder, one open to others: " + text)
    code, text = run("validate", fleet)
    check(code == 1 and "SW1501" in text, "no identity: " + text)
    code, text = run("validate", fleet, environment={"SOPS_AGE_KEY": open(identity).read()})
    check(code == 0, "an identity from the environment: " + text)
    for what, patch in failing_patches():
        write(os.path.join(fleet, "patch.yaml"), patch)
        for words in (["validate", fleet], ["validate", fleet, "-o", "json"], ["validate", fleet, "-o", "sarif"],
                      ["render", fleet, "--to", out]):
            code, text = run(*words, "--identity", identity)
            check(code == 1, "%s ends with 1, not %d: %s: %s" % (words[0], code, what, text))
            check(CANARY not in text, "%s tells no secret: %s: %s" % (words, what, text))
    write(os.path.join(fleet, "patch.yaml"), seal("age-binary", GOOD))


def git(fleet, *words):
    subprocess.run(["git", "-C", fleet, "-c", "user.name=Test", "-c", "user.email=test@example.org", *words], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def commit(fleet, message):
    git(fleet, "add", "-A")
    git(fleet, "commit", "-q", "--allow-empty", "-m", message)


def wait(what, until, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = until()
        if got:
            return got
        time.sleep(0.1)
    raise AssertionError("waited for " + what)


def get(port, path):
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=10) as answer:
        return answer.read().decode(errors="replace")


def test_guard(pid):
    with open("/proc/%d/limits" % pid) as file:
        core = re.search(r"Max core file size\s+(\S+)\s+(\S+)", file.read())
    check(core and core.groups() == ("0", "0"), "no core dump of %d" % pid)
    if os.getuid() != 0:
        try:
            open("/proc/%d/environ" % pid).close()
            check(False, "the environment of %d can be read" % pid)
        except PermissionError:
            pass
    else:
        check(os.stat("/proc/%d/environ" % pid).st_uid == 0, "/proc/%d is root's" % pid)


def test_daemon(folder, fleet, identity):
    git(fleet, "init", "-q", "-b", "main")
    commit(fleet, "Good")
    state = os.path.join(folder, "state")
    log_path = os.path.join(folder, "log")
    with open(log_path, "w") as log:
        daemon = subprocess.Popen(
            [SLIPWAY, "serve", "--source-url", fleet, "--source-interval", "1s", "--state-dir", state, "--boot-dhcp", "off",
             "--boot-address", "127.0.0.1", "--boot-http-port", "0", "--boot-tftp-port", "0", "--control-listen", "127.0.0.1:0",
             "--assets-file-roots", folder, "--secrets-identity-files", identity],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def text():
        with open(log_path, errors="replace") as file:
            return file.read()

    try:
        control = int(wait("the start", lambda: re.search(r"control=http://\S+:(\d+)", text())).group(1))
        wait("the publication", lambda: os.path.exists(os.path.join(state, "current/talos/configs/02-00-00-00-00-01.yaml")))
        with open(os.path.join(state, "current/talos/configs/02-00-00-00-00-01.yaml")) as file:
            check(CANARY in file.read(), "the daemon decrypts")
        with open("/proc/%d/task/%d/children" % (daemon.pid, daemon.pid)) as file:
            worker = int(file.read().split()[0])
        for pid in (daemon.pid, worker):
            test_guard(pid)
        for what, patch in failing_patches():
            write(os.path.join(fleet, "patch.yaml"), patch)
            commit(fleet, "Bad")
            head = subprocess.run(["git", "-C", fleet, "rev-parse", "HEAD"], stdout=subprocess.PIPE,
                                  check=True).stdout.decode().strip()
            os.kill(daemon.pid, signal.SIGHUP)
            status = wait("the refusal of " + what, lambda: refused(control, head))
            for path in ("/", "/metrics"):
                check(CANARY not in get(control, path), "%s tells no secret: %s" % (path, what))
            check(CANARY not in status, "the status tells no secret: " + what)
        check(CANARY not in text(), "the log tells no secret")
    finally:
        daemon.terminate()
        daemon.wait(20)
    for place, _, names in os.walk(state):
        for name in names:
            path = os.path.join(place, name)
            check(os.lstat(path).st_mode & 0o007 == 0 or os.path.islink(path) or "mirror.git" in path, path + " is nobody else's")
            if "/talos/configs/" in path or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                check(CANARY.encode() not in file.read(), path + " holds no secret")


def refused(control, head):
    status = get(control, "/api/v1/status")
    return status if head in status and '"SW1' in status else None


def main():
    if shutil.which("git") is None:
        print("skipped: there is no git")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        identity = os.path.join(folder, "identity.txt")
        write(identity, subprocess.run([SEAL, "identity"], stdout=subprocess.PIPE, check=True).stdout)
        fleet = make_fleet(folder)
        test_commands(folder, fleet, identity)
        test_daemon(folder, fleet, identity)
    print("%d failures" % len(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
