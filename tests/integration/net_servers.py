"""Servers on loopback for test_net.py: certificates, scripted ones that do what no good server does, proxies, nginx."""
import base64
import contextlib
import os
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path


class Pki:
    """An authority, and what it signs: files NAME.crt and NAME.key in a folder."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.ca = self.authority("ca")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "30",
                     "-subj", f"/CN=net test {name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")
        return self.folder / f"{name}.crt"

    def signed(self, name, names="DNS:localhost,IP:127.0.0.1", days=30, by="ca"):
        """(certificate, key), made once."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        if not certificate.exists():
            (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
            self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", f"/CN={name}",
                         "-keyout", f"{name}.key", "-out", f"{name}.csr")
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.crt", "-CAkey", f"{by}.key",
                         "-set_serial", str(time.monotonic_ns()), "-days", str(days), "-extfile", f"{name}.ext", "-out",
                         f"{name}.crt")
        return certificate, key

    def context(self, name="server", client_ca=None, tls=None, **how):
        """For a server with that certificate, that wants one of the client where client_ca is given."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.signed(name, **how))
        if tls:
            context.minimum_version = context.maximum_version = tls
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        return context


class Connection:
    """One accepted connection: reads requests, writes whatever it is told."""

    def __init__(self, server, sock, number):
        self.server, self.sock, self.number = server, sock, number
        self.file = sock.makefile("rb")

    def request(self):
        """The next request as (first line, {lower-case name: value}, body), or None."""
        first = self.file.readline().decode()
        if not first:
            return None
        headers = {}
        while (line := self.file.readline().decode().rstrip("\r\n")):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.file.read(int(headers.get("content-length", 0)))
        with self.server.lock:
            self.server.requests.append((first.strip(), headers, body))
        return first.strip(), headers, body

    def write(self, data):
        self.sock.sendall(data)

    def answer(self, status, body=b"", *headers):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def reset(self):
        """Closes with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.file.close()
        self.sock.close()

    def hang(self):
        """Until the server is closed."""
        self.server.closed.wait()


class Server:
    """Calls talk(connection) in a thread for each connection, and closes it behind that."""

    def __init__(self, talk, context=None):
        self.talk, self.context = talk, context
        self.requests, self.lock, self.closed = [], threading.Lock(), threading.Event()
        self.connections = self.open = self.most_open = 0
        self.errors = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, host="localhost", scheme=None):
        return f"{scheme or ('https' if self.context else 'http')}://{host}:{self.port}"

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                number = self.connections
            threading.Thread(target=self.serve, args=(sock, number), daemon=True).start()

    def serve(self, sock, number):
        with self.lock:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                self.shake_hands(sock)
            self.talk(Connection(self, sock, number))
        except (OSError, ValueError) as error:
            self.errors.append(str(error))
        finally:
            with self.lock:
                self.open -= 1
            with contextlib.suppress(OSError):
                sock.close()

    def shake_hands(self, sock):
        """Where it fails, the other side has the time to read the alert before the connection is reset."""
        try:
            sock.do_handshake()
        except ssl.SSLError:
            time.sleep(0.2)
            raise

    def close(self):
        self.closed.set()
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def always(answer):
    """A talk that gives answer(connection, request) for every request of a connection."""
    def talk(connection):
        while (request := connection.request()):
            answer(connection, request)
    return talk


def pump(one, other):
    """Copies both ways until either ends."""
    def copy(source, sink):
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)):
                sink.sendall(data)
        for sock in (source, sink):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
    thread = threading.Thread(target=copy, args=(one, other), daemon=True)
    thread.start()
    copy(other, one)
    thread.join()


class HttpProxy(Server):
    """CONNECT, for `user:password` where login is set. Leads everything to 127.0.0.1, whatever the name is."""

    def __init__(self, login=None, context=None):
        self.expected = login and "Basic " + base64.b64encode(login.encode()).decode()
        super().__init__(self.talk_connect, context)

    def talk_connect(self, connection):
        request = connection.request()
        if not request:
            return
        first, headers, _ = request
        if self.expected and headers.get("proxy-authorization") != self.expected:
            connection.answer("407 Proxy Authentication Required", b"", 'Proxy-Authenticate: Basic realm="x"')
            return
        target = first.split()[1]
        with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2]))) as inner:
            connection.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump(connection.sock, inner)


class SocksProxy(Server):
    """SOCKS5 (RFC 1928, RFC 1929). `asked` holds what it was to connect to: names, where the client left them to it."""

    def __init__(self, login=None):
        self.login, self.asked = login, []
        super().__init__(self.talk_socks)

    def talk_socks(self, connection):
        read = connection.file.read
        methods = read(read(2)[1])
        method = 2 if self.login else 0
        if method not in methods:
            connection.write(b"\x05\xff")
            return
        connection.write(bytes([5, method]))
        if self.login and not self.check_login(connection):
            return
        kind = read(4)[3]
        host = read(read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(read(4))
        port = struct.unpack("!H", read(2))[0]
        self.asked.append((kind, host, port))
        with socket.create_connection(("127.0.0.1", port)) as inner:
            connection.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            pump(connection.sock, inner)

    def check_login(self, connection):
        read = connection.file.read
        read(1)
        given = read(read(1)[0]).decode() + ":" + read(read(1)[0]).decode()
        connection.write(b"\x01\x00" if given == self.login else b"\x01\x01")
        return given == self.login


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Nginx:
    """A real server: HTTP/2 and HTTP/1.1 over TLS, plain HTTP, from one folder of files; HTTP/2 that says GOAWAY after each
    20 requests, and that allows 3 streams. Logs a line for each request: connection, protocol, status, path."""

    KINDS = ("h2", "h1", "plain", "goaway", "narrow")

    CONFIG = """
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  log_format line '$connection $server_protocol $status $request_uri'; access_log {folder}/access.log line;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ application/json json; }} default_type application/octet-stream;
  gzip on; gzip_types application/json; gzip_min_length 0; keepalive_requests 100000;
  ssl_certificate {certificate}; ssl_certificate_key {key};
  root {root};
  server {{ listen 127.0.0.1:{h2} ssl http2; }}
  server {{ listen 127.0.0.1:{goaway} ssl http2; keepalive_requests 20; }}
  server {{ listen 127.0.0.1:{narrow} ssl http2; http2_max_concurrent_streams 3; }}
  server {{ listen 127.0.0.1:{h1} ssl; }}
  server {{ listen 127.0.0.1:{plain}; }}
}}
"""

    def __init__(self, folder, pki):
        self.folder, self.root = folder, folder / "files"
        self.root.mkdir(parents=True)
        self.ports = {kind: free_port() for kind in self.KINDS}
        certificate, key = pki.signed("nginx")
        (folder / "nginx.conf").write_text(self.CONFIG.format(user="" if os.geteuid() else "user root;", folder=folder, root=self.root, certificate=certificate, key=key,
                                                              **self.ports))
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports["plain"])):
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "error.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def kill_workers(self):
        """Without a word to anybody: the master starts new ones."""
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if f"PPid:\t{self.process.pid}\n" in status.read_text():
                    os.kill(int(status.parent.name), signal.SIGKILL)

    def log(self):
        """[(connection, protocol, status, path)] since the last call; waits for the worker to have written."""
        time.sleep(0.1)
        path = self.folder / "access.log"
        lines = [tuple(line.split()) for line in path.read_text().splitlines()]
        with open(path, "r+") as log:
            log.truncate()
        return lines

    def url(self, kind):
        return f"{'http' if kind == 'plain' else 'https'}://localhost:{self.ports[kind]}"
