"""A switch with a trunk and access ports, for hosts whose kernel knows no VLANs. Run in the namespace of its ports.

    python3 switch.py --trunk HERE THERE --port VLAN:TAP…

The trunk is a pair of datagram sockets, one Ethernet frame a datagram: ours is HERE, QEMU's is THERE. What comes in at an
access port leaves by the trunk with its VLAN's tag (IEEE 802.1Q: 0x8100, then 12 bits of VLAN), what comes in by the trunk
leaves without it at the port of its VLAN, or nowhere. VLAN 0 stands for frames without a tag.
"""
import argparse
import fcntl
import os
import select
import socket
import struct

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
TPID = b"\x81\x00"


def tagged(frame, vlan):
    return frame[:12] + TPID + struct.pack(">H", vlan) + frame[12:] if vlan else frame


def untagged(frame):
    """(VLAN, frame without its tag)."""
    if frame[12:14] != TPID:
        return 0, frame
    return struct.unpack(">H", frame[14:16])[0] & 0xFFF, frame[:12] + frame[16:]


def open_tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trunk", nargs=2, required=True)
    parser.add_argument("--port", action="append", required=True)
    options = parser.parse_args()
    here, there = options.trunk
    ports = {int(vlan): open_tap(tap) for vlan, tap in (words.split(":") for words in options.port)}
    vlans = {fd: vlan for vlan, fd in ports.items()}
    trunk = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    trunk.bind(here)
    while True:
        for ready in select.select([trunk, *vlans], [], [])[0]:
            try:
                if ready is trunk:
                    vlan, frame = untagged(trunk.recv(65536))
                    if vlan in ports:
                        os.write(ports[vlan], frame)
                else:
                    trunk.sendto(tagged(os.read(ready, 65536), vlans[ready]), there)
            except OSError:
                pass  # a port that is down, or a host that is not there yet, loses frames


if __name__ == "__main__":
    main()
