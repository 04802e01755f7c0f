"""The lab as a show: a push approves a machine, and QEMU boots it to its config."""
import os
import shutil
import sys
import tempfile

import fleet as fleets
import guest
import net
import vm

MAC = "52:54:00:77:00:01"


def say(text):
    print("\n\033[1m== %s\033[0m" % text, flush=True)


def main():
    cache = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../build/lab"))
    say("Making what the machine boots: Debian's cloud kernel and a busybox that plays Talos")
    kernel, initramfs = guest.build(cache)
    folder = tempfile.mkdtemp(prefix="slipway-demo-")
    try:
        with net.Network(folder) as network:
            say("A LAN of network namespaces: dnsmasq gives addresses, slipway serve is proxyDHCP, TFTP and HTTP")
            fleet = fleets.Fleet(folder, kernel, initramfs, net.Network.SLIPWAY, "report")
            daemon = fleets.Daemon(network, sys.argv[1], fleet, cache)
            say("Pushing the commit that approves %s" % MAC)
            fleet.add_node("worker-1", MAC)
            print(fleet.push("Approve worker-1"))
            print(daemon.sync()[1].strip())
            say("Power on (SeaBIOS and iPXE under software emulation: a minute or so)")
            with vm.Machine(network, "worker-1", MAC, "bios") as machine:
                digest = machine.wait_for(r"LAB sha256 ([0-9a-f]{64})", 300).group(1)
                print("\n".join(line for line in machine.serial().splitlines() if line.strip())[-1500:])
            say("What happened, in the daemon's words")
            for event in daemon.events(MAC):
                print("  %-5s %-9s %-60s %s" % (event["door"], event["outcome"], event.get("request", ""), event["reason"]))
            published = daemon.published("talos/configs/%s.yaml" % MAC.replace(":", "-"))
            print("\n  config on the machine  %s\n  config in the generation %s" % (digest, published))
            return 0 if digest == published else 1
    finally:
        shutil.rmtree(folder)


sys.exit(main())
