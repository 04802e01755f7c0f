"""Measures Slipway against plain tools on the same data. Started by run.sh, which builds what is measured.

Every ratio is the median of pairs A B A B … within one run; the spread (min–max) is printed beside it. Nothing
fails here because it took long.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

from daemon import Daemon, Fetcher, free_port
from fleet import Fleet, config_path, run

MIB = 1024 * 1024


class Row:
    """One line of the table: pairs of seconds, ours and the baseline's."""

    def __init__(self, what, goal, ours, baseline):
        self.what, self.goal, self.ours, self.baseline = what, goal, ours, baseline
        self.pairs = []

    def add(self, ours, baseline):
        self.pairs.append((ours, baseline))
        print("  %-48s %8.3f s  baseline %8.3f s  ratio %.2f" % (self.what, ours, baseline, ours / baseline))

    def line(self):
        ratios = [ours / baseline for ours, baseline in self.pairs]
        ours, baseline = (statistics.median(side) for side in zip(*self.pairs))
        return "| %s | %.3f s | %.3f s | **%.2f** (%.2f–%.2f, %d pairs) | ≤ %.1f |" % (
            self.what, ours, baseline, statistics.median(ratios), min(ratios), max(ratios), len(ratios), self.goal)


def timed(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def run_changes(*command):
    """`slipway plan` says by its exit code that something changes."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode != 1:
        raise SystemExit("%s: exit code %d" % (" ".join(command), done.returncode))


def settle():
    """What was written before must not be paid for by what is measured next."""
    os.sync()
    time.sleep(0.2)


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.rows = options, folder, []
        self.memory, self.changes = None, 0

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def measure_fleet(self):
        """First publish, one change, memory: on one large fleet."""
        port = free_port()
        os.makedirs(self.path("large"))
        fleet = Fleet(self.path("large"), self.options.nodes, self.options.bases, port)
        fleet.publish()
        self.first_publish(fleet, port)
        self.one_change(fleet, port, hook=False)
        self.one_change(fleet, port, hook=True)

    def first_publish(self, fleet, port):
        row = Row("%d nodes, first render + publish" % fleet.nodes, 3.0, "", "cp -r GENERATION COPY && sync")
        self.rows.append(row)
        peaks = []
        for i in range(self.options.first_pairs):
            # Nothing is removed in between: ext4 avoids the inodes of files that were deleted a minute ago, and looks
            # at each of them again for every file that is made.
            state, copy = self.path("state-%d" % i), self.path("copy-%d" % i)
            settle()
            start = time.monotonic()
            daemon = Daemon(self.options.slipway, state, fleet, port)
            daemon.wait_published()
            ours = time.monotonic() - start
            row.ours = row.ours or "%s (until STATE/current is there)" % self.shorten(daemon.command)
            generation = os.path.realpath(os.path.join(state, "current"))
            config = daemon.wait_served(config_path(5))
            settle()
            row.add(ours, timed(lambda: (run("cp", "-r", generation, copy), run("sync"))))
            self.reload(fleet, daemon, 5, config, 1000 + i)
            peaks.append(daemon.peak_memory())
            daemon.stop()
        self.memory = sorted(peaks, key=lambda peak: sum(peak.values()))[len(peaks) // 2]

    def reload(self, fleet, daemon, node, old, version, hook=False):
        """One node changed, and served; the time from the end of the push to the first new bytes."""
        fetcher = Fetcher(daemon.http_port)
        fetcher.get(config_path(node))
        fleet.push_change(node, version)
        settle()
        start = time.monotonic()
        sync = daemon.hook("delivery-%d" % version) if hook else daemon.sync()
        body = fetcher.wait_changed(config_path(node), old, b'example.org/version: "%d"' % version)
        took = time.monotonic() - start
        if sync is not None:
            sync.wait()
        return took, body

    def one_change(self, fleet, port, hook):
        asked = "POST /hooks/generic" if hook else "slipway sync --state-dir STATE"
        name = "hook" if hook else "sync"
        clone = self.path(name + ".git")
        row = Row("%d nodes, one changed: %s → new bytes" % (fleet.nodes, "webhook" if hook else "sync sent"), 1.5,
                  asked + "; GET the changed config until its bytes change",
                  "git -C CLONE.git fetch -q REMOTE main:main && cp -al GENERATION LINKS")
        self.rows.append(row)
        run("git", "clone", "-q", "--bare", "file://" + fleet.bare, clone)
        daemon = Daemon(self.options.slipway, self.path("state-" + name), fleet, port)
        middle = fleet.nodes // 2
        bodies = {node: daemon.wait_served(config_path(node)) for node in range(middle, middle + 7)}
        for i in range(self.options.change_pairs):
            node = middle + i % 7
            ours, bodies[node] = self.reload(fleet, daemon, node, bodies[node], i + (5001 if hook else 1), hook)
            generation = os.path.realpath(self.path("state-" + name, "current"))
            settle()
            theirs = timed(lambda: (run("git", "-C", clone, "fetch", "-q", "file://" + fleet.bare, "main:main"),
                                    run("cp", "-al", generation, self.path("links-%s-%d" % (name, i)))))
            row.add(ours, theirs)
        daemon.stop()

    def measure_plan(self):
        os.makedirs(self.path("plan"))
        fleet = Fleet(self.path("plan"), self.options.nodes, self.options.bases)
        fleet.publish()
        fleet.push_change(7, 1)
        validate = [self.options.slipway, "validate"]
        committed = (["HEAD~1", "HEAD"], validate + ["--revision", "HEAD", fleet.work])
        edited = (["HEAD~1", fleet.work], validate + [fleet.work])
        self.plan_row(fleet, "plan of one node of %d, cold" % fleet.nodes, 1.2, *committed, cold=True)
        self.plan_row(fleet, "plan of one node, not committed, cold", 1.2, *edited, cold=True)
        self.plan_row(fleet, "plan of one node of %d, warm" % fleet.nodes, 0.1, *committed, cold=False)
        self.plan_row(fleet, "plan of one node, not committed, warm", 1.2, *edited, cold=False)

    def plan_row(self, fleet, what, goal, words, baseline, cold):
        """A cold run remembers nothing before; warm ones remember the first of them, and each plans another change."""
        plan = [self.options.slipway, "plan", "--cache", self.path("cache"), "--repository", fleet.work] + words
        row = Row(what, goal, self.shorten(plan), self.shorten(baseline))
        self.rows.append(row)
        run_changes(*plan)
        for _ in range(self.options.plan_pairs):
            if cold:
                shutil.rmtree(self.path("cache"))
            else:
                self.changes += 1
                fleet.push_change(100 + self.changes, self.changes)
            settle()
            row.add(timed(lambda: run_changes(*plan)), timed(lambda: run(*baseline)))

    def measure_validate(self):
        os.makedirs(self.path("small"))
        fleet = Fleet(self.path("small"), self.options.validate_nodes, self.options.bases)
        ours = [self.options.slipway, "validate", fleet.work]
        baseline = [self.options.yaml_baseline, fleet.work]
        row = Row("validate %d nodes" % fleet.nodes, 2.0, self.shorten(ours), self.shorten(baseline))
        self.rows.append(row)
        for _ in range(self.options.validate_pairs):
            row.add(timed(lambda: run(*ours)), timed(lambda: run(*baseline)))

    def shorten(self, command):
        text = " ".join(command).replace(self.options.slipway, "slipway")
        text = text.replace(self.options.yaml_baseline, "yaml_baseline")
        for part, name in (("/state-0", "STATE"), ("/large/fleet.git", "REMOTE"), ("/large/files", "FILES"),
                           ("/small/fleet", "FOLDER"), ("/plan/fleet", "FOLDER"), ("/state-sync", "STATE"),
                           ("/state-hook", "STATE"),
                           ("/cache", "CACHE")):
            text = text.replace(self.folder + part, name)
        return text

    def table(self):
        lines = ["| what | Slipway | baseline | ratio: median (min–max) | goal |", "|---|---|---|---|---|"]
        lines += [row.line() for row in self.rows]
        if self.memory:
            parts = " + ".join("%.0f" % (size / MIB) for size in self.memory.values())
            lines.append("| memory, %d nodes, first render and one reload | **%.0f MiB** (%s) | | | ≤ 150 MiB |" % (
                self.options.nodes, sum(self.memory.values()) / MIB, parts))
        lines += ["", "| command | is |", "|---|---|"]
        for row in self.rows:
            lines += ["| %s | `%s` |" % (row.what, row.ours), "| its baseline | `%s` |" % row.baseline]
        if self.memory:
            lines.append("| memory | VmHWM in /proc/PID/status of `slipway serve` + of its worker |")
        return "\n".join(lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--yaml-baseline", required=True)
    parser.add_argument("--bases", required=True, help="folder with controlplane.yaml and worker.yaml")
    parser.add_argument("--folder", required=True, help="on the disk to measure; a folder is made in it and removed")
    parser.add_argument("--only", choices=["fleet", "validate", "plan"])
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--validate-nodes", type=int, default=1_000)
    parser.add_argument("--first-pairs", type=int, default=5)
    parser.add_argument("--change-pairs", type=int, default=15)
    parser.add_argument("--validate-pairs", type=int, default=21)
    parser.add_argument("--plan-pairs", type=int, default=9)
    return parser.parse_args()


def main():
    options = parse()
    os.makedirs(options.folder, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="run-", dir=options.folder)
    bench = Bench(options, folder)
    try:
        if options.only in (None, "validate"):
            bench.measure_validate()
        if options.only in (None, "plan"):
            bench.measure_plan()
        if options.only in (None, "fleet"):
            bench.measure_fleet()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + bench.table())


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        raise SystemExit("%s failed" % " ".join(error.cmd))
