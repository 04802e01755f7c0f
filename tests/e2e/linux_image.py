"""What linux.py boots: Debian's kernel, and an initramfs that finds the host's files. Made once, kept in the cache folder."""
import hashlib
import os
import re
import shutil

import guest
import packages

MODULES = ["virtio_pci", "virtio_net", "9p", "9pnet_virtio", "overlay", "8021q", "sch_netem", "bridge", "veth", "tun"]

# The host's / is below, memory above; the folder that both write is named by lab_share= and holds the agent.
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mkdir -p /proc /sys /dev /low /top /new
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules/order); do insmod /modules/$module.ko || echo "LINUX no module $module"; done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /low
mount -t tmpfs tmpfs /top
mkdir /top/upper /top/work
mount -t overlay -o lowerdir=/low,upperdir=/top/upper,workdir=/top/work overlay /new
for part in proc sys dev; do mount -o move /$part /new/$part; done
mount -t tmpfs tmpfs /new/run
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts devpts /new/dev/pts
mount -t tmpfs tmpfs /new/dev/shm
ip link set lo up
share=$(sed 's/.*lab_share=\\([^ ]*\\).*/\\1/' /new/proc/cmdline)
mkdir -p "/new$share"
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none share "/new$share"
exec switch_root /new /bin/sh "$share/agent"
"""


def build(cache):
    """Returns the paths of (kernel, initramfs), made below `cache` when they are not there. Raises packages.Missing."""
    recipe = hashlib.sha256((INIT + " ".join(MODULES)).encode()).hexdigest()[:12]
    kernel, initramfs = os.path.join(cache, "kernel-linux"), os.path.join(cache, "initramfs-linux-%s.gz" % recipe)
    if os.path.exists(kernel) and os.path.exists(initramfs):
        return kernel, initramfs
    unpacked = packages.unpack(cache, packages.newest(cache, "linux-image-amd64"), "busybox-static")
    root = os.path.join(cache, "root-linux")
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("bin", "modules"):
        os.makedirs(os.path.join(root, folder))
    shutil.copy(packages.file(unpacked, "bin/busybox"), os.path.join(root, "bin/busybox"))
    with open(os.path.join(root, "modules/order"), "w") as file:
        file.write("\n".join(_copy_modules(unpacked, os.path.join(root, "modules"))))
    with open(os.path.join(root, "init"), "w") as file:
        file.write(INIT)
    os.chmod(os.path.join(root, "init"), 0o755)
    shutil.copy(packages.file(unpacked, "boot/vmlinuz-*"), kernel)
    guest.pack(root, initramfs)
    for folder in (unpacked, root):
        shutil.rmtree(folder)
    return kernel, initramfs


def _copy_modules(unpacked, to):
    """The names of MODULES and of what they need, each after what it needs."""
    order = []

    def add(name):
        name = name.replace("-", "_")
        if name in order:
            return
        # A file's name may have dashes where the module has underscores.
        path = packages.file(unpacked, "lib/modules/**/" + name.replace("_", "[-_]") + ".ko")
        with open(path, "rb") as file:
            needs = re.search(rb"\0depends=([^\0]*)\0", file.read()).group(1).decode()
        for need in filter(None, needs.split(",")):
            add(need)
        order.append(name)
        shutil.copy(path, os.path.join(to, name + ".ko"))

    for name in MODULES:
        add(name)
    return order
