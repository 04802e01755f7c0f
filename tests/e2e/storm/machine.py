"""One simulated machine: x64 UEFI firmware, iPXE and the head of Talos, as the wire sees them. Every byte that it gets is
compared with what is published. Machines stand behind a router that relays DHCP."""
import asyncio
import re
import socket
import struct
import time

DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
RRQ, DATA, TFTP_ACK, ERROR, OACK = 1, 3, 4, 5, 6
FIRMWARE_WAITS = (4, 8, 16, 32)  # seconds; UEFI repeats itself like this and then gives up
BLOCK = 1468
IPXE_FEATURES = b"\xb1\x05\x01\x10\xec\x81\x39\x13\x01\x01"  # a bus id, HTTP


class Failed(Exception):
    """What this machine's owner would see on its screen."""


def option(code, value):
    return bytes([code, len(value)]) + value


def read_reply(data):
    """{"address", "next", "file", option code: value}"""
    reply = {"address": socket.inet_ntoa(data[16:20]), "next": socket.inet_ntoa(data[20:24]),
             "file": data[108:236].rstrip(b"\0").decode()}
    at = 240
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        reply[data[at]] = data[at + 2:at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return reply


class Relay:
    """The router's relay agent, of all machines. It reads all that is there at a time: asyncio's own transports read one
    datagram each turn, and the turns of a thousand machines are long."""

    def __init__(self, address, server):
        self.address, self.server, self.waiting, self.serial = address, server, {}, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((address, 67))
        asyncio.get_running_loop().add_reader(self.socket, self.read)

    def close(self):
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()

    def read(self):
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            waiting = self.waiting.get(data[4:8])
            if waiting and not waiting.done() and len(data) > 240:
                waiting.set_result(read_reply(data))

    async def ask(self, mac, kind, options):
        self.serial += 1
        xid = struct.pack("!I", self.serial)
        packet = struct.pack("!BBBB4sHH4s4s4s4s16s192x", 1, 1, 6, 1, xid, 0, 0, bytes(4), bytes(4), bytes(4),
                             socket.inet_aton(self.address), mac) + b"\x63\x82\x53\x63" + option(53, bytes([kind]))
        packet += options + b"\xff"
        try:
            for seconds in FIRMWARE_WAITS:
                self.waiting[xid] = asyncio.get_running_loop().create_future()
                self.socket.sendto(packet, (self.server, 67))
                try:
                    return await asyncio.wait_for(self.waiting[xid], seconds)
                except asyncio.TimeoutError:
                    continue
            raise Failed("no answer to DHCP message %d" % kind)
        finally:
            del self.waiting[xid]


class Download(asyncio.DatagramProtocol):
    """One TFTP transfer, block by block. `expected` None: only the size is asked for, as firmware does first."""

    def __init__(self, server, name, expected):
        self.peer, self.expected, self.block, self.have = (server, 69), expected, 1, 0
        self.done = asyncio.get_running_loop().create_future()
        self.packet = struct.pack("!H", RRQ) + b"%s\0octet\0tsize\0000\0blksize\0%d\0" % (name.encode(), BLOCK)
        self.quiet = 0  # seconds

    def connection_made(self, transport):
        self.transport = transport
        self.transport.sendto(self.packet, self.peer)
        self.timer = asyncio.get_running_loop().call_later(1, self.again)

    def again(self):
        """Each second: what was said last is said again where nothing new has come since."""
        self.quiet += 1
        if self.quiet > 60:
            return self.end(Failed("TFTP stood still at block %d" % self.block))
        if self.quiet > 1:
            self.transport.sendto(self.packet, self.peer)
        self.timer = asyncio.get_running_loop().call_later(1, self.again)

    def answer(self, packet):
        self.packet, self.quiet = packet, 0
        self.transport.sendto(packet, self.peer)

    def end(self, problem=None):
        self.timer.cancel()
        if self.done.done():
            return
        if problem:
            self.done.set_exception(problem)
        else:
            self.done.set_result(self.have)

    def datagram_received(self, data, peer):
        if self.done.done():
            return
        code, number = struct.unpack_from("!HH", data)
        if code == ERROR:
            self.end(Failed("TFTP error: %r" % data[4:]))
        elif code == OACK and self.block == 1:
            self.peer = peer
            if self.expected is None:
                words = data[2:].split(b"\0")
                self.have = int(words[words.index(b"tsize") + 1])
                self.transport.sendto(struct.pack("!HH", ERROR, 8) + b"\0", peer)
                return self.end()
            self.answer(struct.pack("!HH", TFTP_ACK, 0))
        elif code == DATA and number == self.block & 0xffff and self.expected is not None:
            if not self.expected.startswith(data[4:], self.have):
                return self.end(Failed("TFTP: wrong bytes in block %d" % self.block))
            self.have += len(data) - 4
            self.answer(struct.pack("!HH", TFTP_ACK, number))
            self.block += 1
            if len(data) - 4 < BLOCK:
                self.end(None if self.have == len(self.expected) else Failed("TFTP: too short"))


class Machine:
    def __init__(self, relay, mac, address):
        self.relay, self.mac, self.address = relay, mac, address
        self.reader = self.writer = None
        self.began, self.stages = time.monotonic(), {}  # seconds after power-on

    async def lease(self, *more):
        """DISCOVER to ACK; the OFFER."""
        mac = bytes.fromhex(self.mac.replace(":", ""))
        common = b"".join((option(55, b"\x01\x03\x06\x2b\x36\x3c\x42\x43\x61\xaf"), option(57, b"\x05\xc0"),
                           option(60, b"PXEClient:Arch:00007:UNDI:003016"), option(93, b"\0\x07"),
                           option(94, b"\x01\x03\x10"), option(97, b"\0" + mac + bytes(10)), *more))
        offer = await self.relay.ask(mac, DISCOVER, common)
        if offer[53] != bytes([OFFER]) or offer["address"] != self.address:
            raise Failed("offered %s, wanted its own %s" % (offer["address"], self.address))
        take = option(50, socket.inet_aton(self.address)) + option(54, offer[54])
        ack = await self.relay.ask(mac, REQUEST, common + take)
        if ack[53] != bytes([ACK]) or ack["address"] != self.address:
            raise Failed("message %r for %s instead of an ACK" % (ack[53], ack["address"]))
        return offer

    async def tftp(self, server, name, expected):
        loop = asyncio.get_running_loop()
        transport, download = await loop.create_datagram_endpoint(lambda: Download(server, name, expected),
                                                                  local_addr=(self.address, 0))
        try:
            return await download.done
        finally:
            transport.close()

    async def ask_web(self, host, port, request):
        """The head of the answer."""
        if not self.writer:
            link = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 << 10)  # firmware has no more; it is doubled
            link.bind((self.address, 0))
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(link, (host, port)), 60)
            self.reader, self.writer = await asyncio.open_connection(sock=link)
        self.writer.write(request)
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 60)).decode()

    async def get(self, url, expected=None):
        """(status, body); of a body that is expected only its size is kept, after each byte was compared."""
        parts = re.fullmatch(r"http://([^:/]+):(\d+)(/.*)", url)
        if not parts:
            raise Failed("no URL: %r" % url)
        host, port, path = parts.groups()
        request = ("GET %s HTTP/1.1\r\nHost: %s:%s\r\nUser-Agent: iPXE/1.0\r\n\r\n" % (path, host, port)).encode()
        kept = self.writer is not None
        try:
            head = await self.ask_web(host, int(port), request)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not kept:
                raise
            # A kept connection may have been closed while it idled: once more, as every client does.
            self.close()
            head = await self.ask_web(host, int(port), request)
        status = int(head.split()[1])
        length, have, parts = int(re.search(r"(?i)content-length: (\d+)", head).group(1)), 0, []
        while have < length:
            part = await asyncio.wait_for(self.reader.read(min(1 << 16, length - have)), 60)
            if not part:
                raise Failed("%s: the connection ended early" % url)
            if expected is None:
                parts.append(part)
            elif status == 200 and not expected.startswith(part, have):
                raise Failed("%s: wrong bytes" % url)
            have += len(part)
        if "connection: close" in head.lower():
            self.close()
        if expected is not None and (status != 200 or length != len(expected)):
            raise Failed("%s: status %d, %d of %d bytes" % (url, status, length, len(expected)))
        return status, b"".join(parts)

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def boot(self, site):
        """From power-on to its configuration. `site`: what is published. Returns the script that it was given."""
        try:
            offer = await self.lease()
            self.reached("lease")
            if await self.tftp(offer["next"], offer["file"], None) != len(site.program):
                raise Failed("the boot program has another size")
            await self.tftp(offer["next"], offer["file"], site.program)
            self.reached("program")
            url = (await self.lease(option(77, b"iPXE"), option(175, IPXE_FEATURES)))["file"]
            self.reached("lease of iPXE")
            await self.get(url, site.published("boot.ipxe"))
            name = self.mac.replace(":", "-")
            _, script = await self.get(url.replace("boot.ipxe", "nodes/%s.ipxe" % name))
            self.reached("script")
            await self.load(script.decode(), site, name)
            self.reached("config")
            return script.decode()
        finally:
            self.close()

    def reached(self, stage):
        self.stages[stage] = time.monotonic() - self.began

    async def load(self, script, site, name):
        """What iPXE and then Talos fetch. A script that leads to the disk names nothing."""
        for url in re.findall(r"http://\S+/assets/\S+", script):
            await self.get(url, site.asset(url))
        config = re.search(r"talos\.config=(http://\S+)", script)
        if config:
            await self.get(config.group(1), site.published("talos/configs/%s.yaml" % name))
