"""A row of the table: one thing that is measured, of Slipway and of its peers, again and again in turn."""
import statistics


class Sample:
    """One measurement. `value` is better when higher; `notes` are numbers shown as medians beside it."""

    def __init__(self, value, notes=None, problem=""):
        self.value, self.notes, self.problem = value, notes or {}, problem


class Row:
    """`measure_one(server)` starts a server, measures it once, stops it, and gives a Sample: all want one port."""

    def __init__(self, what, unit, goal, servers, measure_one):
        self.what, self.unit, self.goal = what, unit, goal
        self.servers, self.measure_one = servers, measure_one  # the first server is Slipway
        self.samples = {server.name: [] for server in servers}

    def measure(self, pairs):
        print("== %s" % self.what, flush=True)
        for i in range(pairs):
            turn = self.servers if i % 2 == 0 else self.servers[::-1]
            for server in turn:
                self.samples[server.name].append(self.measure_one(server))
            print("  " + "  ".join("%s %s" % (name, self.show(samples[-1]))
                                   for name, samples in self.samples.items()), flush=True)

    def show(self, sample):
        return "%.1f" % sample.value + (" (%s)" % sample.problem if sample.problem else "")

    def best(self):
        """The samples of the peer with the highest median. The best of each round would be a peer that nobody can run,
        made of everybody's luckiest moments."""
        return max((self.samples[server.name] for server in self.servers[1:]),
                   key=lambda samples: statistics.median(sample.value for sample in samples))

    def ratios(self):
        ours = self.samples[self.servers[0].name]
        return [our.value / max(their.value, 1e-9) for our, their in zip(ours, self.best())]

    def problems(self):
        found = ["%s: %s" % (name, sample.problem) for name, samples in self.samples.items() for sample in samples
                 if sample.problem]
        return sorted(set(found))

    def line(self):
        ratios = self.ratios()
        middle = statistics.median(ratios)
        cells = []
        for server in self.servers:
            samples = self.samples[server.name]
            text = "%.1f %s" % (statistics.median(sample.value for sample in samples), self.unit)
            notes = {key: statistics.median(sample.notes[key] for sample in samples) for key in samples[0].notes}
            text += "".join(", %s %.2f" % (key, value) for key, value in notes.items())
            cells.append((server.name, text))
        peers = "; ".join("%s %s" % cell for cell in cells[1:])
        met = "met" if middle >= self.goal and not self.problems() else "**not met**"
        troubles = "; ".join(self.problems())
        return "| %s | %s | %s | **%.2f** (%.2f–%.2f, %d pairs) | ≥ %.2f | %s%s |" % (
            self.what, cells[0][1], peers, middle, min(ratios), max(ratios), len(ratios), self.goal, met,
            " (%s)" % troubles if troubles else "")

    def commands(self):
        for server in self.servers:
            yield server.name, server.shown()
