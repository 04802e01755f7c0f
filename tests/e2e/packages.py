"""Debian packages of which the lab needs files alone: downloaded and unpacked in its cache, nothing is installed."""
import glob
import os
import shutil
import subprocess


class Missing(Exception):
    """A package cannot be had; its text says why."""


def apt_of(cache, architecture):
    """Words that make apt work for another architecture, in folders of its own: the host's stay as they are."""
    if not architecture:
        return ["-o", "APT::Sandbox::User=root"]
    root = os.path.join(cache, "apt-" + architecture)
    for folder in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    open(os.path.join(root, "status"), "a").close()
    words = ["-o", "APT::Architecture=" + architecture, "-o", "APT::Architectures=" + architecture,
             "-o", "Dir::State::lists=%s/lists" % root, "-o", "Dir::State::status=%s/status" % root,
             "-o", "Dir::Cache=%s/cache" % root, "-o", "Acquire::Languages=none", "-o", "APT::Sandbox::User=root"]
    if not glob.glob(root + "/lists/*Packages*"):
        _run("apt-get", "-q", *words, "update")
    return words


def unpack(cache, *packages, architecture=""):
    """The folder that holds the packages' files; made below `cache` when it is not there. `architecture` is Debian's word
    for another one than the host's. Raises Missing."""
    name = "-".join(packages + ((architecture,) if architecture else ()))
    folder = os.path.join(cache, name)
    if os.path.isdir(folder):
        return folder
    os.makedirs(cache, exist_ok=True)
    part = folder + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(os.path.join(part, "debs"))
    _run("apt-get", "-q", *apt_of(cache, architecture), "download", *packages, cwd=os.path.join(part, "debs"))
    for package in glob.glob(part + "/debs/*.deb"):
        _run("dpkg-deb", "-x", package, part)
    shutil.rmtree(os.path.join(part, "debs"))
    os.rename(part, folder)
    return folder


def newest(cache, package, architecture=""):
    """The first package that a package of packages depends on: linux-image-cloud-amd64 names a kernel of a version."""
    answer = _run("apt-cache", *apt_of(cache, architecture), "depends", package)
    for line in answer.splitlines():
        if "Depends: " in line:
            return line.split()[-1]
    raise Missing("apt knows no %s; run apt-get update" % package)


def file(folder, pattern):
    """The one file below `folder` that a pattern of glob names."""
    found = glob.glob(os.path.join(folder, pattern), recursive=True)
    if not found:
        raise Missing("no %s in %s" % (pattern, folder))
    return found[0]


def _run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Missing("%s: %s" % (" ".join(words[:2] + words[-2:]), (done.stderr or done.stdout).strip()[-500:]))
    return done.stdout
