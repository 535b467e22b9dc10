"""An HTTP proxy that only knows CONNECT, and leads every name to one port of this machine.

    with Proxy() as proxy:
        proxy.to = api.port
        ... proxy.url ...; proxy.asked == {"prod.example:443"}
"""
import select
import socket
import socketserver
import threading

PIECE_BYTES = 65536


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        method, where, _ = self.rfile.readline().decode().split()
        while self.rfile.readline().strip():
            pass
        assert method == "CONNECT"
        self.server.proxy.asked.add(where)
        with socket.create_connection(("127.0.0.1", self.server.proxy.to)) as other:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.pump(other)

    def pump(self, other):
        """Until one of both ends."""
        while True:
            for ready in select.select([self.connection, other], [], [])[0]:
                try:
                    piece = ready.recv(PIECE_BYTES)
                    (other if ready is self.connection else self.connection).sendall(piece)
                except OSError:
                    return
                if not piece:
                    return


class Proxy:
    def __init__(self):
        self.to, self.asked = None, set()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.proxy = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
