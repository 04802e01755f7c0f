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

from lab import Lab

TOPICS = ["tftp", "http", "dhcp", "boot"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="the bench build")
    parser.add_argument("--folder", required=True, help="where files and peers go")
    parser.add_argument("--only", choices=TOPICS, action="append")
    parser.add_argument("--row", default="", help="only rows whose name contains this")
    parser.add_argument("--pairs", type=int, default=9)
    return parser.parse_args()


def main():
    options = parse()
    os.makedirs(options.folder, exist_ok=True)
    run = os.path.join(options.folder, "run")
    shutil.rmtree(run, ignore_errors=True)
    os.makedirs(run)
    done = []
    with Lab(options.build, options.folder, run) as lab:
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
