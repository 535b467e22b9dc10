"""A TCP relay to one port of this machine, whose connections a test ends.

    with Relay(lab.port) as relay:
        config = lab.kubeconfig(server=relay.server)
        relay.cut()                # all connections end at once
        relay.closed = True        # nobody gets through, and those who are through are cut
        relay.silent = True        # new ones are accepted and hear nothing
        relay.hold_after(50_000)   # when so many more bytes came back from the server, nothing goes on ...
        relay.held.wait(20)        # ... and somebody can be told
        relay.go_on()
"""
import contextlib
import socket
import threading

PIECE_BYTES = 65536


class Relay:
    def __init__(self, port):
        self.to, self.silent, self.pairs, self.lock = port, False, [], threading.Lock()
        self.accepted, self.bytes_back, self.is_closed, self.limit = 0, 0, False, None
        self.held, self.going = threading.Event(), threading.Event()
        self.going.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.server = f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.go_on()
        self.listener.close()
        self.cut()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.accepted += 1
                self.take(client)

    def take(self, client):
        with self.lock:
            if self.is_closed:
                client.close()
            elif self.silent:
                self.pairs.append((client, client))
            else:
                try:
                    server = socket.create_connection(("127.0.0.1", self.to))
                except OSError:
                    client.close()
                    return
                self.pairs.append((client, server))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self.pump, args=(one, other, one is server), daemon=True).start()

    def pump(self, one, other, back):
        with contextlib.suppress(OSError):
            while piece := one.recv(PIECE_BYTES):
                if back:
                    self.count(len(piece))
                self.going.wait()
                other.sendall(piece)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def count(self, size):
        with self.lock:
            self.bytes_back += size
            if self.limit is not None and self.bytes_back > self.limit:
                self.limit = None
                self.going.clear()
                self.held.set()

    def hold_after(self, size):
        with self.lock:
            self.limit = self.bytes_back + size
            self.held.clear()

    def go_on(self):
        self.going.set()

    def cut(self):
        with self.lock:
            for one in (one for pair in self.pairs for one in pair):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self.pairs.clear()

    @property
    def closed(self):
        return self.is_closed

    @closed.setter
    def closed(self, closed):
        self.is_closed = closed
        if closed:
            self.cut()
