"""A small TFTP client (RFC 1350 with blksize of RFC 2348): reads one file, in bounded time."""
import struct

import harness

RRQ, DATA, ACK, ERROR, OACK = 1, 3, 4, 5, 6


class Refused(Exception):
    """An ERROR packet; args are its code and its text."""


def request(name, block=1024):
    return struct.pack("!H", RRQ) + b"%s\0octet\0blksize\0%d\0" % (name.encode(), block)


def fetch(port, name, block=1024, source=harness.HOST, tries=5):
    """The file's bytes. Raises Refused for an ERROR packet, TimeoutError for silence."""
    with harness.udp(2, source) as sock:
        out, peer = request(name, block), (harness.HOST, port)
        data, expected, size = b"", 1, 512
        while True:
            packet, peer = exchange(sock, out, peer, expected, tries)
            code = struct.unpack("!H", packet[:2])[0]
            if code == ERROR:
                raise Refused(struct.unpack("!H", packet[2:4])[0], packet[4:].rstrip(b"\0").decode(errors="replace"))
            if code == OACK:
                size, out = block, struct.pack("!HH", ACK, 0)
                continue
            data += packet[4:]
            out = struct.pack("!HH", ACK, expected & 0xffff)
            expected += 1
            if len(packet) - 4 < size:
                sock.sendto(out, peer)
                return data


def exchange(sock, out, peer, expected, tries):
    """Sends until the next packet of the transfer comes: the block that is due, an OACK or an ERROR."""
    for _ in range(tries):
        sock.sendto(out, peer)
        try:
            while True:
                packet, sender = sock.recvfrom(65536)
                code = struct.unpack("!H", packet[:2])[0]
                if code != DATA or struct.unpack("!H", packet[2:4])[0] == expected & 0xffff:
                    return packet, sender
        except TimeoutError:
            continue
    raise TimeoutError("no answer from TFTP port %d" % peer[1])
