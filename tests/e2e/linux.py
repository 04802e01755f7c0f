"""A Linux of Debian's kernel under QEMU, for what the host's own kernel lacks: 802.1Q, netem.

It has the host's files at their places; what it writes stays in its memory, but for one folder that both write.

    python3 tests/e2e/linux.py [--seconds 600] COMMAND…   runs it there, with its output and exit code
"""
import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import linux_image

BOOT_SECONDS = 240
# The clock is the emulated processor's counter, which is the host's on every core: reading any other one is slow.
ARGUMENTS = "console=ttyS0 quiet no_timer_check panic=-1 ipv6.disable_ipv6=1 mitigations=off tsc=reliable"

# Reads on ttyS1 which command to run, and writes there how it ended.
AGENT = """export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
cd "$(dirname "$0")"
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
echo ready >&3
while read -r number <&3; do
  (setsid sh "./$number.sh" >"$number.out" 2>&1 </dev/null 3>&-; echo "$number $?" >&3) &
done
"""


class Linux:
    """`with Linux(cache, share) as linux:` — it runs, and is gone afterwards whatever happens. `share` is the folder that
    host and guest both write, at one path; what is in it is theirs alone. `cards` are words for QEMU, one card each."""

    def __init__(self, cache, share, cards=(), cores=1, memory=1024):
        self.share, self.cards, self.cores, self.memory = os.path.realpath(share), cards, cores, memory
        self.kernel, self.initramfs = linux_image.build(cache)
        self.log = os.path.join(self.share, "linux.serial")
        self.process = self.line = None
        self.codes, self.heard, self.number = {}, b"", 0

    def command(self):
        words = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "q35",
                 "-smp", str(self.cores), "-m", str(self.memory), "-nographic", "-monitor", "none", "-no-reboot", "-nic", "none",
                 "-kernel", self.kernel, "-initrd", self.initramfs,
                 "-append", ARGUMENTS + " lab_share=" + self.share,
                 "-serial", "file:" + self.log, "-chardev", "socket,id=line,path=%s,server=on,wait=off" % self._socket(),
                 "-serial", "chardev:line",
                 "-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
                 "-virtfs", "local,path=%s,mount_tag=share,security_model=none,multidevs=remap" % self.share]
        return words + [word for card in self.cards for word in card]

    def _socket(self):
        return os.path.join(self.share, "line")

    def __enter__(self):
        with open(os.path.join(self.share, "agent"), "w") as file:
            file.write(AGENT)
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        try:
            self._wait(lambda: os.path.exists(self._socket()), 30, "QEMU's start")
            self.line = socket.socket(socket.AF_UNIX)
            self.line.connect(self._socket())
            self.line.settimeout(0.2)
            self._wait(lambda: "ready" in self.codes, BOOT_SECONDS, "the guest's start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.line:
            self.line.close()
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()

    def _wait(self, done, seconds, what):
        end = time.monotonic() + seconds
        while not done():
            if self.process.poll() is not None:
                raise AssertionError("%s: QEMU ended: %s" % (what, self.process.stderr.read().decode()[-2000:]))
            if time.monotonic() > end:
                raise AssertionError("%s did not happen within %d s\n%s" % (what, seconds, self.serial()[-2000:]))
            self._hear() if self.line else time.sleep(0.05)

    def _hear(self):
        try:
            self.heard += self.line.recv(4096)
        except socket.timeout:
            return
        *lines, self.heard = self.heard.split(b"\n")
        for words in (line.decode().split() for line in lines):
            if words:
                self.codes[words[0]] = int(words[1]) if len(words) > 1 else 0

    def serial(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def spawn(self, *words, output=None):
        """Starts a program there; `output` is a path in the share that what it says is appended to."""
        self.number += 1
        name = "c%d" % self.number
        with open(os.path.join(self.share, name + ".sh"), "w") as file:
            to = " >>%s 2>&1" % shlex.quote(output) if output else ""
            file.write("echo $$ >%s.pid\nexec %s%s\n" % (name, shlex.join(words), to))
        self.line.sendall(name.encode() + b"\n")
        return Process(self, name)

    def run(self, *words, seconds=120, check=True):
        """A finished program, as subprocess.run gives it; its output is on stdout, both streams of it."""
        process = self.spawn(*words)
        done = subprocess.CompletedProcess(words, process.wait(seconds), process.output(), "")
        if check and done.returncode != 0:
            raise AssertionError("%s: code %d\n%s" % (shlex.join(words), done.returncode, done.stdout))
        return done


class Process:
    """A program in the guest, as subprocess.Popen speaks of one."""

    def __init__(self, linux, name):
        self.linux, self.name = linux, name

    def output(self):
        """What it said so far."""
        path = os.path.join(self.linux.share, self.name + ".out")
        if not os.path.exists(path):
            return ""
        with open(path, errors="replace") as file:
            return file.read()

    def poll(self):
        self.linux._hear()
        return self.linux.codes.get(self.name)

    def wait(self, seconds):
        self.linux._wait(lambda: self.name in self.linux.codes, seconds, "the end of " + self.name)
        return self.linux.codes[self.name]

    def terminate(self, signal="TERM"):
        if self.linux.process.poll() is None and self.poll() is None:
            self.linux.run("sh", "-c", "kill -%s $(cat %s.pid)" % (signal, self.name), check=False)

    def kill(self):
        self.terminate("KILL")


def follow(process, seconds):
    """Prints what a program says while it says it. Its exit code; 124 when the seconds were not enough for it."""
    shown, end = 0, time.monotonic() + seconds
    while True:
        code = process.poll()
        told = process.output()
        print(told[shown:], end="", flush=True)
        shown = len(told)
        if code is not None:
            return code
        if time.monotonic() > end:
            print("linux: stopped after %d s" % seconds, file=sys.stderr)
            return 124


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/lab"))
    parser.add_argument("--seconds", type=int, default=600, help="the command's time")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", type=int, default=2048, help="MiB")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of every __exit__
    folder = tempfile.mkdtemp(prefix="slipway-linux-")
    try:
        with Linux(os.path.abspath(options.cache), folder, cores=options.cores, memory=options.memory) as linux:
            return follow(linux.spawn("env", "-C", os.getcwd(), *options.command), options.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
