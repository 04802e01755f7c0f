"""The site's ordinary DHCP server, as sites have one: it gives the addresses 100 to 200 of a machines' network of 24 bits,
and knows nothing of booting. Each is a function of (folder for its files, the lab's cache, the network without its last
number, the router or "") that returns a command line, for an interface named dhcp0."""
import json
import os
import shutil

import packages


def dnsmasq(folder, _, net, router):
    return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=dhcp0", "--bind-interfaces",
            "--dhcp-range=%s.100,%s.200,255.255.255.0,1h" % (net, net), "--log-dhcp",
            *(["--dhcp-option=option:router," + router] if router else []),
            "--dhcp-leasefile=" + os.path.join(folder, "leases")]


def kea(folder, _, net, router):
    subnet = {"id": 1, "subnet": net + ".0/24", "pools": [{"pool": "%s.100-%s.200" % (net, net)}]}
    if router:
        subnet["option-data"] = [{"name": "routers", "data": router}]
    config = {"Dhcp4": {
        "interfaces-config": {"interfaces": ["dhcp0"]}, "lease-database": {"type": "memfile", "persist": False},
        "subnet4": [subnet],
        "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stderr"}]}]}}
    with open(os.path.join(folder, "kea.json"), "w") as file:
        json.dump(config, file)
    # A copy: where AppArmor is on, the installed program may read and write in Kea's own folders alone.
    shutil.copy("/usr/sbin/kea-dhcp4", folder)
    return ["env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, os.path.join(folder, "kea-dhcp4"), "-c",
            os.path.join(folder, "kea.json")]


def isc(folder, cache, net, router):
    """Unpacked: installing it starts a service, which fails for want of a configuration."""
    program = packages.file(packages.unpack(cache, "isc-dhcp-server"), "usr/sbin/dhcpd")
    with open(os.path.join(folder, "dhcpd.conf"), "w") as file:
        file.write("authoritative;\nsubnet %s.0 netmask 255.255.255.0 { range %s.100 %s.200; %s }\n" %
                   (net, net, net, "option routers %s;" % router if router else ""))
        if router:
            file.write("subnet 10.79.0.0 netmask 255.255.255.0 {}\n")  # its own, which it serves nobody in
    open(os.path.join(folder, "dhcpd.leases"), "w").close()
    return [program, "-4", "-f", "-d", "-cf", os.path.join(folder, "dhcpd.conf"), "-lf",
            os.path.join(folder, "dhcpd.leases"), "-pf", os.path.join(folder, "dhcpd.pid"), "dhcp0"]


COMMANDS = {"dnsmasq": dnsmasq, "kea": kea, "isc": isc}
