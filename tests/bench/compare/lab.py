"""Two network namespaces joined by a wire, the files that are served, and the peers' programs."""
import json
import os
import re
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from peers import Peers  # noqa: E402

SERVER, CLIENT = "swcmp-server", "swcmp-client"
ADDRESS = "10.231.0.1"
SOURCES = "10.231.1.1+200"
CLIENT_MAC = "02:5b:00:00:00:01"


def run(*command, check=True):
    return subprocess.run(command, check=check, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def start_session(command, **streams):
    """Starts a program that goes before what else the machine does. Linux weighs sessions against each other first, and
    processes by their nice value only within one."""
    process = subprocess.Popen(command, start_new_session=True, **streams)
    try:
        os.setpriority(os.PRIO_PROCESS, process.pid, -15)
        with open("/proc/%d/autogroup" % process.pid, "w") as group:
            group.write("-20")
    except OSError as error:
        print("compare: measured beside whatever else runs here: %s" % error, file=sys.stderr)
    return process


class Lab:
    """`with Lab(…)`: namespaces are there, and gone again whatever happens."""

    def __init__(self, build, folder, run_folder, emulated=False):
        """`emulated`: on a software processor, which reads no gigabytes."""
        self.build, self.folder, self.run, self.emulated = build, folder, run_folder, emulated
        self.files = os.path.join(folder, "files-emulated" if emulated else "files")
        self.peers = Peers(os.path.join(folder, "peers"))
        self.wire = None
        self.link = None
        self.impaired_by = ""
        os.makedirs(self.files, exist_ok=True)

    def __enter__(self):
        self.clean()
        for space in (SERVER, CLIENT):
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        self.clean()

    def clean(self):
        if self.link:
            self.link.kill()
            self.link.wait()
            self.link = None
        self.wire = None
        for space in (SERVER, CLIENT):
            run("ip", "netns", "del", space, check=False)

    def use_wire(self, kind):
        """"good": a veth pair. "bad": 5 ms and 1 % loss each way, by netem where the kernel has it, else by bad_link."""
        if self.wire == kind:
            return
        if self.wire:
            self.clean()
            self.__enter__()
        self.wire = kind
        device = "wire"
        run("ip", "link", "add", device, "netns", SERVER, "type", "veth", "peer", "name", device, "netns", CLIENT,
            "address", CLIENT_MAC)
        if kind == "bad" and not self.netem(device):
            run("ip", "-n", SERVER, "link", "del", device)
            self.impaired_by = "bad_link"
            self.link = start_session([self.program("bad_link"), "--left", SERVER, "--right", CLIENT, "--device", device,
                                       "--delay-us", "5000", "--loss", "0.01"], stdout=subprocess.PIPE)
            self.link.stdout.readline()
        run("ip", "-n", SERVER, "addr", "add", ADDRESS + "/16", "dev", device)
        for i in range(1, 202):
            run("ip", "-n", CLIENT, "addr", "add", "10.231.1.%d/16" % i, "dev", device)
        for space in (SERVER, CLIENT):
            run("ip", "-n", space, "link", "set", device, "txqueuelen", "10000", "up")
        run("ip", "netns", "exec", CLIENT, "ping", "-c", "1", "-W", "2", ADDRESS, check=False)

    def netem(self, device):
        """Whether the kernel delays and loses what leaves by both ends."""
        self.impaired_by = "netem"
        return all(run("tc", "-n", space, "qdisc", "add", "dev", device, "root", "netem", "delay", "5ms", "loss", "1%",
                       "limit", "100000", check=False).returncode == 0 for space in (SERVER, CLIENT))

    def program(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def file(self, name, size):
        """A file of bytes that do not repeat, made once."""
        path = os.path.join(self.files, name)
        if not os.path.exists(path) or os.path.getsize(path) != size:
            with open(path, "wb") as out:
                block = os.urandom(1 << 20)
                for at in range(0, size, len(block)):
                    out.write((at.to_bytes(8, "big") + block[8:])[:size - at])
        with open(path, "rb") as warm:
            while warm.read(1 << 22):
                pass
        return path

    def load(self, program, *words, core=None):
        """Runs a load client beside the servers; what it printed."""
        command = ["ip", "netns", "exec", CLIENT] + (["taskset", "-c", str(core)] if core is not None else [])
        command += [self.program(program)] + [str(word) for word in words]
        with start_session(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                told, problem = process.communicate(timeout=600)
            finally:
                process.kill()
        if process.returncode != 0:
            raise SystemExit("%s failed: %s" % (program, problem))
        return json.loads(told)


class Server:
    """A program in the server's namespace."""

    def __init__(self, name, command, ready, core=None):
        self.name, self.command, self.ready, self.core = name, command, ready, core
        self.process = None
        self.log = None

    def start(self):
        words = ["ip", "netns", "exec", SERVER] + (["taskset", "-c", str(self.core)] if self.core is not None else [])
        self.log = open("/tmp/swcmp-%s.log" % re.sub(r"\W", "-", self.name), "w")
        self.process = start_session(words + self.command, stdout=self.log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 60
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.log.name) as log:
                    raise SystemExit("%s did not start:\n%s" % (self.name, log.read()[-2000:]))
            time.sleep(0.05)
        # What a daemon does once at its start is not what is measured.
        before = -1.0
        while self.cpu_seconds() - before > 0.02 and time.monotonic() < end:
            before = self.cpu_seconds()
            time.sleep(0.4)

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, 15)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)
                self.process.wait(60)
            self.log.close()
        self.process = None

    def pids(self):
        """The program and all its children (`ip netns exec` and taskset are replaced by it)."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
                    todo += [int(child) for child in children.read().split()]
            except OSError:
                pass
        return found

    def cpu_seconds(self):
        """User and system time of the program and its children."""
        total = 0
        for pid in self.pids():
            try:
                with open("/proc/%d/stat" % pid) as stat:
                    total += sum(int(field) for field in stat.read().rsplit(")", 1)[1].split()[11:13])
            except OSError:
                pass
        return total / os.sysconf("SC_CLK_TCK")

    def resident_mib(self):
        """Resident memory, shared pages of the program itself included."""
        total = 0
        for pid in self.pids():
            try:
                with open("/proc/%d/status" % pid) as status:
                    total += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
            except OSError:
                pass
        return total / 1024

    def shown(self):
        text = shlex.join(self.command)
        text = re.sub(r"\S*/bin/slipway", "slipway", text)
        text = re.sub(r"\S*/peers/\S*/s?bin/", "", text)
        return re.sub(r"/\S*/compare/", "", text)


def listening(kind, port):
    """Whether something listens there in the server's namespace."""
    def ready():
        out = run("ip", "netns", "exec", SERVER, "ss", "-Hln" + kind, "sport = :%d" % port).stdout
        return bool(out.strip())
    return ready
