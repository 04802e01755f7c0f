"""The peers' Debian packages, downloaded and unpacked beside the build: nothing is installed."""
import glob
import os
import subprocess

PACKAGES = {"dnsmasq": "dnsmasq-base", "in.tftpd": "tftpd-hpa", "atftpd": "atftpd", "nginx": "nginx"}


class Peers:
    def __init__(self, folder):
        self.folder = folder

    def program(self, name):
        """The path of a peer's program; its package is unpacked when it is asked for first."""
        where = os.path.join(self.folder, name)
        if not os.path.isdir(where):
            packages = [PACKAGES[name]]
            os.makedirs(where + ".part", exist_ok=True)
            subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download"] + packages, check=True,
                           cwd=where + ".part")
            for package in glob.glob(where + ".part/*.deb"):
                subprocess.run(["dpkg", "-x", package, where + ".part"], check=True)
            os.rename(where + ".part", where)
        found = [path for path in glob.glob(where + "/**/*bin/" + name, recursive=True)
                 if os.path.isfile(path) and os.access(path, os.X_OK)]
        if not found:
            raise SystemExit("no program %s in its package" % name)
        return found[0]

    def version(self, name):
        package = glob.glob(os.path.join(self.folder, name, PACKAGES[name] + "_*.deb"))
        return os.path.basename(package[0]).split("_")[1] if package else "?"
