"""Smart HTTP for one folder of repositories, as a forge would serve it.

usage: http_git_server.py ROOT PORT PASSWORD_FILE [CERTIFICATE KEY]
With PASSWORD_FILE "-" anybody may read; otherwise user "ada" with the file's present content as password. With a
certificate and its key (PEM) it speaks HTTPS.
"""

import base64
import http.server
import os
import ssl
import subprocess
import sys

ROOT, PORT, PASSWORD_FILE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
TLS = sys.argv[4:6]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def refused(self):
        if PASSWORD_FILE == "-":
            return False
        with open(PASSWORD_FILE, encoding="utf-8") as file:
            wanted = "ada:" + file.read().strip()
        given = self.headers.get("Authorization", "")
        return given != "Basic " + base64.b64encode(wanted.encode()).decode()

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def serve(self):
        body = self.body()
        if self.path.startswith("/forbidden"):
            return self.answer(403, [], b"no")
        if self.path.startswith("/broken"):
            return self.answer(500, [], b"oops")
        if self.path.startswith("/moved"):
            return self.answer(301, [("Location", self.path.replace("/moved", "/remote.git"))], b"")
        if self.refused():
            return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"who are you?")
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.decode().split(": ", 1)) for line in head.split(b"\r\n") if line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        self.answer(status, [pair for pair in headers if pair[0] != "Status"], content)

    do_GET = serve
    do_POST = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
if TLS:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*TLS)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
