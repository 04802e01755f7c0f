"""The daemon as it is shipped, serving a fleet from Git: its files are the ones that the peers serve too."""
import glob
import hashlib
import os
import shutil
import time

from fleet import ASSET, Fleet, run as git_run
from lab import ADDRESS, CLIENT_MAC, Server, listening

HTTP_PORT, TFTP_PORT = 8080, 69
CONFIGS = 16  # of the machine that the clients are, one for each of its MACs

MACHINE = """apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: client}
spec:
  cluster: bench
  role: worker
  identity: {macs: [%s]}
  install: {disk: /dev/vda}
"""


class Site:
    """What is served, made once for all topics: a 256 KiB program, 64 MiB and 1 GiB assets, 10 KB configs."""

    def __init__(self, lab):
        self.lab, self.folder = lab, os.path.join(lab.run, "site")
        self.program = lab.file("snponly.efi", 256 << 10)
        self.kernel = lab.file("kernel", (1 if lab.emulated else 64) << 20)
        self.initramfs = lab.file("initramfs", (1 if lab.emulated else 1024) << 20)
        os.makedirs(self.folder)
        bases = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "base")
        self.fleet = Fleet(self.folder, 40, bases, HTTP_PORT)
        self.digests = {path: digest(path) for path in (self.kernel, self.initramfs)}
        self._write("assets.yaml", "---\n".join(ASSET % (os.path.basename(path), path, self.digests[path])
                                                 for path in (self.kernel, self.initramfs)))
        self._write("client.yaml", MACHINE % ", ".join('"%s"' % mac(i) for i in range(CONFIGS)))
        self._write("site.yaml", open(os.path.join(self.fleet.work, "site.yaml")).read()
                    .replace("127.0.0.1", ADDRESS))
        self.fleet.publish()
        self.programs = os.path.join(self.folder, "programs")
        os.makedirs(self.programs)
        os.link(self.program, os.path.join(self.programs, "snponly.efi"))
        self.state = os.path.join(self.folder, "state")

    def _write(self, name, text):
        with open(os.path.join(self.fleet.work, name), "w") as file:
            file.write(text)

    def asset(self, path):
        return os.path.relpath(glob.glob("%s/assets/%s/*" % (self.generation(), self.digests[path]))[0], self.generation())

    def configs(self):
        return ["talos/configs/%s.yaml" % mac(i).replace(":", "-") for i in range(CONFIGS)]

    def generation(self):
        """What Slipway published, for the peers: the same bytes in a folder that is theirs."""
        copy = os.path.join(self.folder, "copy")
        if not os.path.isdir(copy):
            shutil.copytree(os.path.join(self.state, "current"), copy, copy_function=shutil.copyfile)
            os.link(self.program, os.path.join(copy, os.path.basename(self.program)))
            git_run("chmod", "-R", "a+rX", copy)
        return copy

    def server(self, name="Slipway", extra=(), core=None):
        command = [os.path.join(self.lab.build, "bin", "slipway"), "serve", "--source-url", "file://" + self.fleet.bare,
                   "--state-dir", self.state, "--source-interval", "1h", "--boot-dhcp", "off", "--boot-address", ADDRESS,
                   "--boot-http-port", str(HTTP_PORT), "--boot-tftp-port", str(TFTP_PORT), "--boot-ipxe-dir",
                   self.programs, "--control-listen", "127.0.0.1:8470", "--assets-file-roots", self.lab.files]
        ready = listening("t", HTTP_PORT)

        def published():
            return ready() and os.path.lexists(os.path.join(self.state, "current"))
        return Server(name, command + list(extra), published, core)


def digest(path):
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 22), b""):
            total.update(part)
    return total.hexdigest()


def mac(index):
    return CLIENT_MAC[:-2] + "%02x" % (index + 1)


_site = {}


def site(lab):
    """The one Site of a run, published."""
    if lab not in _site:
        made = _site[lab] = Site(lab)
        first = made.server()
        lab.use_wire("good")
        first.start()
        time.sleep(1)
        made.generation()
        first.stop()
    return _site[lab]
