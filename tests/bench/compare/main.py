"""Runs the topics of this folder and prints one table. Started by ../compare.sh.

A topic is a module with `rows(lab)`, which yields Row objects; its name is what --only takes. A Row knows how to
measure Slipway once and each peer once; the ratio of a pair is Slipway against the best peer in the same round, so
that what else the machine does hits both sides alike. Add a topic by adding a module and its name to TOPICS.
"""
import argparse
import importlib
import os
import shutil
import sys

from lab import Lab, start_session
from peers import PACKAGES, Peers

TOPICS = ["tftp", "http", "dhcp", "boot"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="the bench build")
    parser.add_argument("--folder", required=True, help="where files and peers go")
    parser.add_argument("--only", choices=TOPICS, action="append")
    parser.add_argument("--row", default="", help="only rows whose name contains this")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--in-guest", action="store_true", help="the row that wants netem, on two emulated cores")
    parser.add_argument("--emulated", action="store_true", help="small files: what --in-guest runs there")
    return parser.parse_args()


def in_guest(options):
    """Peers are unpacked here, since the guest reaches no archive."""
    peers = Peers(os.path.join(options.folder, "peers"))
    for name in PACKAGES:
        peers.program(name)
    here = os.path.dirname(os.path.abspath(__file__))
    guest = [os.path.join(here, "../../e2e/linux.py"), "--cache", os.path.join(os.path.dirname(options.build), "lab"),
             "--seconds", str(600 + 600 * options.pairs), "--cores", "2", "--memory", "3072"]
    command = [os.path.join(here, "main.py"), "--build", options.build, "--folder", options.folder, "--only", "tftp",
               "--row", "200 clients", "--pairs", str(options.pairs), "--emulated"]
    with start_session([sys.executable, *guest, sys.executable, *command]) as process:
        try:
            return process.wait()
        finally:
            process.terminate()


def main():
    options = parse()
    os.makedirs(options.folder, exist_ok=True)
    if options.in_guest:
        return in_guest(options)
    run = os.path.join(options.folder, "run")
    shutil.rmtree(run, ignore_errors=True)
    os.makedirs(run)
    done = []
    with Lab(options.build, options.folder, run, options.emulated) as lab:
        for topic in options.only or TOPICS:
            for row in importlib.import_module(topic).rows(lab):
                if options.row not in row.what:
                    continue
                row.measure(options.pairs)
                done.append(row)
    print("\n| what | Slipway | peers | ratio: median (min–max) | goal | |\n|---|---|---|---|---|---|")
    for row in done:
        print(row.line())
    print("\n| command | is |\n|---|---|")
    seen = []
    for row in done:
        for name, command in row.commands():
            if (name, command) not in seen:
                seen.append((name, command))
                print("| %s | `%s` |" % (name, command))
    return 0 if done else 2


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    sys.exit(main())
