"""Hostile bytes at every door of the running daemon: it stays up, and honest clients are served meanwhile."""
import os
import random
import socket
import struct
import threading
import unittest

import harness
import tftp
from readers import Readers

HTTP_LINES = [
    b"GET / HTTP/1.1", b"GET", b"\r\n\r\n", b"GET /boot.ipxe HTTP/9.9\r\n\r\n", b"GET /boot.ipxe\r\n\r\n",
    b"BREW /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n", b"GET " + b"/" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", b"GET /boot.ipxe HTTP/1.1\r\nX: " + b"y" * 100_000,
    b"GET /\x00\x01\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%00%ff%2e%2e/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /boot.ipxe HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\nRange: bytes=9999999999999999999999-\r\nHost: x\r\n\r\n",
    b"GET /boot.ipxe HTTP/1.1\r\nRange: bytes=" + b"0-1," * 2000 + b"\r\nHost: x\r\n\r\n",
    b"GET http://example.org/ HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT example.org:443 HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00" * 70_000,
]


def send_and_drop(port, data, wait=0.2):
    """Sends to a TCP port, reads what comes back for a moment, and goes away without a farewell."""
    try:
        with socket.create_connection((harness.HOST, port), timeout=5) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.settimeout(wait)
            connection.sendall(data)
            return connection.recv(65536)
    except OSError:  # refused in the middle of what was sent: that is an answer too
        return b""


class HostileTest(harness.FaultCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_served()
        self.before = self.daemon.everything()
        self.chance = random.Random(2)

    def noise(self, most):
        return self.chance.randbytes(self.chance.randrange(1, most))

    def test_hostile_http_at_both_faces_leaves_honest_clients_alone(self):
        honest = b"GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n"
        requests = HTTP_LINES + [honest[:n] for n in range(1, len(honest))] + [self.noise(3000) for _ in range(60)]
        with Readers(self.daemon, [self.before], source=harness.OTHER) as readers:
            for port in (self.daemon.http, self.daemon.control):
                threads = [threading.Thread(target=send_and_drop, args=(port, data)) for data in requests]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(60)
            readers.wait_fetched(5)
        self.assertEqual(readers.problems, [])
        self.assert_still_serves(self.daemon, self.before)
        self.assertEqual(harness.get(self.daemon.control, "/livez")[0], 200)

    def test_bad_requests_get_an_error_of_http_and_no_byte_of_a_file(self):
        script = self.daemon.body("boot.ipxe")
        for request in (HTTP_LINES[5], HTTP_LINES[6], HTTP_LINES[9], HTTP_LINES[10]):
            answer = send_and_drop(self.daemon.http, request, wait=5)
            self.assertRegex(answer[:12], rb"^HTTP/1\.1 4\d\d", request[:60])
            self.assertNotIn(script[:40], answer)

    def test_slow_clients_use_up_their_own_share_only(self):
        # More connections than one address may have: half a request on each, and never the rest.
        slow = []
        for i in range(200):
            connection = socket.create_connection((harness.HOST, self.daemon.http), timeout=5)
            connection.sendall(b"GET /boot.ipxe HTTP/1.1\r\nX-%d: " % i)
            slow.append(connection)
        for _ in range(3):
            for connection in slow:
                try:
                    connection.sendall(b"y")
                except OSError:
                    pass  # one that was over the limit
            for path in self.before:  # another machine's address
                self.assertEqual(harness.digest_of(self.daemon.body(path, source=harness.OTHER)), self.before[path])
        for connection in slow:
            connection.close()
        harness.wait_until(lambda: harness.get(self.daemon.http, "boot.ipxe")[0] == 200, "room again",
                           explain=self.daemon.tail)
        self.assert_still_serves(self.daemon, self.before)

    def test_clients_that_never_read_do_not_hold_up_others(self):
        asset = max(self.before, key=lambda path: os.path.getsize(os.path.join(self.daemon.state, "current", path)))
        deaf = []
        for _ in range(40):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.connect((harness.HOST, self.daemon.http))
            connection.sendall(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % asset.encode() * 20)
            deaf.append(connection)
        self.assert_still_serves(self.daemon, self.before)
        for connection in deaf:
            connection.close()
        self.assert_still_serves(self.daemon, self.before)

    def test_hostile_tftp_leaves_honest_clients_alone(self):
        port = self.daemon.tftp()
        good = tftp.request("boot.ipxe")
        packets = [good[:n] for n in range(1, len(good))] + [
            b"\0\1" + b"a" * 60_000, b"\0\1" + b"../" * 500 + b"etc/passwd\0octet\0", b"\0\1/etc/passwd\0octet\0",
            b"\0\2boot.ipxe\0octet\0", b"\0\3\0\1data", b"\0\4\0\1", b"\0\5\0\0oops\0", b"\0\6blksize\0" b"1\0",
            b"\0\1boot.ipxe\0mail\0", b"\0\1boot.ipxe\0octet\0blksize\0" + b"9" * 400 + b"\0",
            b"\0\1boot.ipxe\0octet\0windowsize\0-1\0", b"\0\1boot.ipxe\0octet\0" + b"x\0y\0" * 2000,
            b"\0\1" + harness.config_of(1).encode() + b"\0octet\0", b"\0\1\0octet\0", b"\0\1boot.ipxe\0octet",
        ] + [self.noise(600) for _ in range(300)]
        with Readers(self.daemon, [self.before]) as readers, harness.udp(0.2, harness.OTHER) as sock:
            for packet in packets:
                sock.sendto(packet, (harness.HOST, port))
            readers.wait_fetched(5)
            leaked = self.received(sock)
        self.assertEqual(readers.problems, [])
        self.assertNotIn(b"root:", leaked)
        self.assertNotIn(b"000000.0000000000000000", leaked, "a config's token left by TFTP")
        self.assert_still_serves(self.daemon, self.before)

    def received(self, sock):
        data = b""
        try:
            while True:
                data += sock.recv(65536)
        except TimeoutError:
            return data

    def test_abandoned_transfers_use_up_their_own_share_only(self):
        port = self.daemon.tftp()
        asset = next(path for path in self.before if path.endswith("vmlinuz"))
        socks = [harness.udp(1, harness.OTHER) for _ in range(100)]
        for sock in socks:
            sock.sendto(tftp.request(asset), (harness.HOST, port))  # and never a word more
        self.assertIn(b"#!ipxe", tftp.fetch(port, "boot.ipxe"))
        for sock in socks:
            sock.close()
        self.assertEqual(harness.digest_of(tftp.fetch(port, asset)), self.before[asset])

    def test_garbage_at_the_operators_socket_is_answered_or_dropped_and_sync_still_works(self):
        path = os.path.join(self.daemon.state, "slipway.sock")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        garbage = [b"\n", b"{}\n", b"[]\n", b"null\n", b'{"verb": 7}\n', b'{"verb": "sync", "argument": {}}\n',
                   b"[" * 10_000 + b"\n", b'{"verb": "self-destruct"}\n', b"x" * 100_000,
                   b'{"verb":"block","argument":"' + b"\xff" * 100 + b'"}\n',
                   b'{"verb":"rollback","argument":"' + b"a" * 10_000 + b'"}\n', b"\0" * 1000 + b"\n", b'{"verb":"sy']
        garbage += [self.noise(2000) + b"\n" for _ in range(50)]
        held = []
        for data in garbage:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(5)
            connection.connect(path)
            try:
                connection.sendall(data)
                if data.endswith(b"\n"):
                    answer = connection.recv(65536)
                    self.assertTrue(answer == b"" or answer.startswith(b'{"message"'), answer[:100])
                    self.assertNotIn(b'"ok":true', answer)
            except OSError:
                pass  # dropped in the middle of a line that is too long
            held.append(connection)
        code, text = self.daemon.sync()
        self.assertEqual(code, 0, text)
        for connection in held:
            connection.close()
        self.assert_still_serves(self.daemon, self.before)


if __name__ == "__main__":
    unittest.main()
