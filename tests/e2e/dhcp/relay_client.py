"""A relay agent and any number of machines behind it, in one socket: whole exchanges by unicast."""
import socket
import struct

COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)


def option(code, value):
    return bytes([code, len(value)]) + value


def mac_of(number):
    return b"\x02\xaa" + struct.pack("!I", number)


def packet(kind, number, giaddr, options=b"", ciaddr="0.0.0.0"):
    head = struct.pack("!BBBBIHH4s4s4s4s16s64x128x", 1, 1, 6, 1, number, 0, 0, socket.inet_aton(ciaddr), bytes(4),
                       bytes(4), socket.inet_aton(giaddr), mac_of(number))
    return head + COOKIE + option(53, bytes([kind])) + options + b"\xff"


def read(data):
    """(kind, number of the machine, yiaddr)"""
    number = struct.unpack_from("!I", data, 4)[0]
    at, kind = 240, 0
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 53:
            kind = data[at + 2]
        at += 2 + data[at + 1] if data[at] else 1
    return kind, number, socket.inet_ntoa(data[16:20])


class Relay:
    """Speaks from port 67 of `address`, in whatever namespace this process is in."""

    def __init__(self, address, server):
        self.address, self.server = address, server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((address, 67))

    def send(self, kind, number, options=b"", ciaddr="0.0.0.0"):
        self.socket.sendto(packet(kind, number, self.address, options, ciaddr), (self.server, 67))

    def receive(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return read(self.socket.recv(4096))
        except (socket.timeout, ConnectionRefusedError):
            return None

    def request(self, number, address):
        self.send(REQUEST, number, option(54, socket.inet_aton(self.server)) + option(50, socket.inet_aton(address)))

    def reboot(self, number, address):
        self.send(REQUEST, number, option(50, socket.inet_aton(address)))


def load(relay, numbers, seconds):
    """Whole exchanges of many machines at once; prints each acknowledged lease the moment it arrives."""
    import time
    end, waiting = time.monotonic() + seconds, list(numbers)
    for number in waiting[:64]:
        relay.send(DISCOVER, number)
    following = iter(waiting[64:])
    while time.monotonic() < end:
        got = relay.receive(0.5)
        if got is None:
            continue
        kind, number, address = got
        if kind == OFFER:
            relay.request(number, address)
        elif kind in (ACK, NAK):
            if kind == ACK:
                print(number, address, flush=True)
            fresh = next(following, None)
            if fresh is not None:
                relay.send(DISCOVER, fresh)


def reboot_all(relay, leases):
    """Prints what each machine is told when it asks for the address that it has."""
    for number, address in leases:
        for _ in range(3):
            relay.reboot(number, address)
            got = relay.receive(2)
            if got and got[1] == number:
                print(number, got[0], got[2], flush=True)
                break


if __name__ == "__main__":
    import sys
    what, own, server = sys.argv[1:4]
    if what == "load":
        load(Relay(own, server), range(int(sys.argv[4]), int(sys.argv[5])), float(sys.argv[6]))
    else:
        reboot_all(Relay(own, server), [(int(n), a) for n, a in (line.split() for line in sys.stdin)])
