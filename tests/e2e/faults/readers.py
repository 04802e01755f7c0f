"""Machines that never stop fetching: every body they get is compared with the manifests of the generations."""
import threading
import time
import http.client

import harness
import tftp


class Readers:
    """Two threads on HTTP and one on TFTP, while the block runs.

    `generations` are {path: digest}, in the order in which they may be seen. A body must be the one that a
    generation has at that path, no thread may see an older generation after a newer one, and a path that all
    generations have must always be there.
    """

    def __init__(self, daemon, generations, source=harness.HOST):
        self.daemon, self.generations, self.source = daemon, generations, source
        self.common = sorted(set.intersection(*(set(g) for g in generations)))
        self.tftp_port = daemon.tftp()
        self.problems, self.fetched = [], {"http": 0, "tftp": 0}
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(door, fetch), daemon=True)
                        for door, fetch in (("http", self.by_http), ("http", self.by_http), ("tftp", self.by_tftp))]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def wait_fetched(self, more):
        """Until each door gave that many more bodies."""
        goal = {door: count + more for door, count in self.fetched.items()}
        harness.wait_until(lambda: self.problems or all(self.fetched[d] >= goal[d] for d in goal), "fetching")

    def run(self, door, fetch):
        oldest = 0  # a generation before this one is in the past
        position = 0
        while not self.over.is_set() and len(self.problems) < 10:
            # Configs never leave by TFTP, so there they are not asked for.
            paths = [p for p in self.common if door == "http" or not p.startswith("talos/")]
            path = paths[position % len(paths)]
            position += 1
            try:
                digest = harness.digest_of(fetch(path))
            except (OSError, http.client.HTTPException, tftp.Refused, AssertionError) as wrong:
                self.problems.append("%s %s: %r" % (door, path, wrong))
                continue
            having = [i for i, g in enumerate(self.generations) if g[path] == digest and i >= oldest]
            if not having:
                self.problems.append("%s %s: %s is of no generation from number %d on" % (door, path, digest, oldest))
                continue
            oldest = having[0]
            self.fetched[door] += 1
            time.sleep(0.004)

    def by_http(self, path):
        return self.daemon.body(path, self.source)

    def by_tftp(self, path):
        return tftp.fetch(self.tftp_port, path, source=self.source)
