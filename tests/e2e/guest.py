"""What the machines of the lab boot: Debian's cloud kernel, and an initramfs whose init plays Talos.

The init reads talos.config= from the kernel command line, downloads it, prints its SHA-256 on the serial console and
powers off. Made once for each of Debian's architectures, and kept in the cache folder.
"""
import glob
import gzip
import hashlib
import os
import shutil
import subprocess

import packages

MODULES = ["failover", "net_failover", "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
           "virtio_pci", "virtio_net"]

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin
for module in %s; do insmod /modules/$module.ko 2>/dev/null; done
for word in $(cat /proc/cmdline); do
  case $word in talos.config=*) url=${word#talos.config=} ;; esac
done
echo "LAB url $url"
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /sys/class/net/eth0 ] && break; sleep 1; done
ip link set eth0 up
udhcpc -i eth0 -n -q -t 10 -s /udhcpc >/dev/null 2>&1
if wget -q -O /tmp/config "$url"; then
  echo "LAB sha256 $(sha256sum /tmp/config | cut -d' ' -f1)"
else
  echo "LAB failed"
fi
sync
poweroff -f
""" % " ".join(MODULES)

UDHCPC = """#!/bin/busybox sh
[ "$1" = bound ] && ip addr add "$ip/$mask" dev "$interface"
[ "$1" = bound ] && [ -n "$router" ] && ip route add default via "$router"
exit 0
"""


def build(cache, architecture="amd64"):
    """Returns the paths of (kernel, initramfs), made below `cache` when they are not there. Raises packages.Missing."""
    recipe = hashlib.sha256((INIT + UDHCPC).encode()).hexdigest()[:12]
    suffix = "" if architecture == "amd64" else "-" + architecture
    kernel, initramfs = os.path.join(cache, "kernel" + suffix), os.path.join(cache, "initramfs-%s%s.gz" % (recipe, suffix))
    if os.path.exists(kernel) and os.path.exists(initramfs):
        return kernel, initramfs
    foreign = suffix.strip("-")
    image = packages.newest(cache, "linux-image-cloud-" + architecture, foreign)
    unpacked = packages.unpack(cache, image, "busybox-static", architecture=foreign)
    root = os.path.join(cache, "root")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "bin"))
    os.makedirs(os.path.join(root, "modules"))
    shutil.copy(packages.file(unpacked, "bin/busybox"), os.path.join(root, "bin/busybox"))
    for module in MODULES:
        for found in glob.glob(os.path.join(unpacked, "lib/modules/**", module + ".ko"), recursive=True):
            shutil.copy(found, os.path.join(root, "modules", module + ".ko"))
    for name, text in (("init", INIT), ("udhcpc", UDHCPC)):
        path = os.path.join(root, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)
    shutil.copy(packages.file(unpacked, "boot/vmlinuz-*"), kernel)
    pack(root, initramfs)
    for folder in (unpacked, root):
        shutil.rmtree(folder)
    return kernel, initramfs


def pack(root, initramfs):
    """Makes an initramfs of a folder; it is there when it is complete."""
    names = subprocess.run(["find", ".", "-print0"], cwd=root, check=True, capture_output=True).stdout
    archive = subprocess.run(["cpio", "--null", "--create", "--format=newc", "--quiet"], cwd=root, input=names,
                             check=True, capture_output=True).stdout
    with open(initramfs + ".new", "wb") as file:
        file.write(gzip.compress(archive, 6))
    os.rename(initramfs + ".new", initramfs)
