"""The site's ordinary DHCP server, as sites have one: it gives addresses of 10.77.0.0/24 and knows nothing of booting."""
import json
import os
import shutil

import packages

FIRST, LAST = "10.77.0.100", "10.77.0.200"


def dnsmasq(folder, _):
    return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=dhcp0", "--bind-interfaces",
            "--dhcp-range=%s,%s,255.255.255.0,1h" % (FIRST, LAST), "--log-dhcp",
            "--dhcp-leasefile=" + os.path.join(folder, "leases")]


def kea(folder, _):
    config = {"Dhcp4": {
        "interfaces-config": {"interfaces": ["dhcp0"]},
        "lease-database": {"type": "memfile", "persist": False},
        "subnet4": [{"id": 1, "subnet": "10.77.0.0/24", "pools": [{"pool": "%s-%s" % (FIRST, LAST)}]}],
        "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stderr"}]}]}}
    with open(os.path.join(folder, "kea.json"), "w") as file:
        json.dump(config, file)
    # A copy: where AppArmor is on, the installed program may read and write in Kea's own folders alone.
    shutil.copy("/usr/sbin/kea-dhcp4", folder)
    return ["env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, os.path.join(folder, "kea-dhcp4"), "-c",
            os.path.join(folder, "kea.json")]


def isc(folder, cache):
    """Unpacked: installing it starts a service, which fails for want of a configuration."""
    program = packages.file(packages.unpack(cache, "isc-dhcp-server"), "usr/sbin/dhcpd")
    with open(os.path.join(folder, "dhcpd.conf"), "w") as file:
        file.write("authoritative;\nsubnet 10.77.0.0 netmask 255.255.255.0 { range %s %s; }\n" % (FIRST, LAST))
    open(os.path.join(folder, "dhcpd.leases"), "w").close()
    return [program, "-4", "-f", "-d", "-cf", os.path.join(folder, "dhcpd.conf"), "-lf",
            os.path.join(folder, "dhcpd.leases"), "-pf", os.path.join(folder, "dhcpd.pid"), "dhcp0"]


# (folder for its files, the lab's cache) → command line, for an interface named dhcp0
COMMANDS = {"dnsmasq": dnsmasq, "kea": kea, "isc": isc}
