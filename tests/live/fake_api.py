"""A fake Kubernetes API server on loopback, for what a real one will not do on demand.

    with FakeApi(pki) as api:                       # the recorded cluster, over TLS
        api.fail("/api/v1/pods", status(503), times=2)
        ... api.server, api.token() ...
        assert api.asked("/api/v1/pods") == 3

Made of recorded answers of a real one (recorded/, by record.py); tests/cluster/test_fake_is_real.py asks both the same. Faults
are in faults.py.

    api.world       objects: put(), delete(); each change is in the history that watches see
    api.page_max    at most so many items of a page, as a server may
    api.users       {token: user}; api.rights(user, verb, resource, namespace) says who may what
    api.expire()    continue tokens given before answer 410
    api.forget()    watches from before are too old
    api.bookmark()  sends one to each watch;  api.end_watches(), api.cut_watches(): ends them
    api.stop(), api.start()   as a restart, on the same port
    api.requests    what was asked; wait(match, count) waits for it

Reads only. HTTP/1.1; lists and watches in JSON, and in protobuf of recorded objects and secrets.
"""
import base64
import binascii
import copy
import http.server
import json
import select
import socket
import ssl
import struct
import threading
import time
import traceback
import urllib.parse
from pathlib import Path
from typing import NamedTuple

import live.wire as wire
from live.cases import JSON, LISTS, METADATA, PROTOBUF, STREAM

RECORDED = Path(__file__).resolve().parent / "recorded"
META = "meta.k8s.io/v1"
# Go's server sends what is longer in chunks, as it does not know the length when it begins.
WHOLE_BYTES = 2048
CHUNK_BYTES = 1000
WATCH_LOOK_SECONDS = 0.05
EXPIRED = ("The provided continue parameter is too old to display a consistent list result. You can start a new list without "
           "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
           "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
           "deleted between the time the first chunk was returned and now may show up in the list.")


def recorded(name):
    index = json.loads((RECORDED / "index.json").read_text())
    return (RECORDED / index[name]["file"]).read_bytes()


def dump(value):
    """JSON as Go writes it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode() + b"\n"


# --- objects ---

class Item(NamedTuple):
    object: dict           # as in a list: without kind and apiVersion
    raw: bytes | None = None  # the same in protobuf, where it was recorded

    @property
    def key(self):
        metadata = self.object["metadata"]
        return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))


def make_item(name, obj):
    """One that was not recorded: only secrets have protobuf then."""
    return Item(obj, wire.make_secret(obj) if name == "secrets" else None)


class Resource:
    """One list of the world."""

    def __init__(self, path, name):
        body = json.loads(recorded(f"list-{name}"))
        raws = wire.read_list(recorded(f"list-{name}-protobuf"))[3]
        self.path, self.name = path, name
        self.group, self.version = (path.split("/")[2:4] if path.startswith("/apis") else ("", "v1"))
        self.kind, self.api_version = body["kind"].removesuffix("List"), body["apiVersion"]
        self.namespaced = "namespace" in body["items"][0]["metadata"]
        self.items = {item.key: item for item in map(Item, body["items"], raws)}

    @property
    def full_name(self):
        return self.name + (f".{self.group}" if self.group else "")


class Change(NamedTuple):
    version: int
    type: str
    resource: Resource
    item: Item


class World:
    """The recorded objects, and what becomes of them."""

    def __init__(self):
        self.resources = {path: Resource(path, name) for name, path in LISTS.items()}
        self.version = int(json.loads(recorded("list-secrets"))["metadata"]["resourceVersion"])
        self.oldest, self.history = self.version, []
        self.changed = threading.Condition()

    def resource(self, name):
        return self.resources[LISTS[name]]

    def get(self, name, key):
        return copy.deepcopy(self.resource(name).items[key].object)

    def note(self, kind, resource, item):
        self.history.append(Change(self.version, kind, resource, item))
        self.changed.notify_all()

    def put(self, name, obj):
        """Creates or replaces an object (a dict); returns it as the server has it."""
        resource = self.resource(name)
        obj = {key: value for key, value in copy.deepcopy(obj).items() if key not in ("kind", "apiVersion")}
        with self.changed:
            self.version += 1
            old = resource.items.get(Item(obj).key)
            metadata = {"name": None, "namespace": None, "uid": f"made-up-uid-{self.version}"}
            if old:
                metadata["uid"] = old.object["metadata"]["uid"]
            metadata |= {"creationTimestamp": "2026-11-25T12:00:00Z"} | obj["metadata"]
            metadata["resourceVersion"] = str(self.version)
            obj["metadata"] = {key: value for key, value in metadata.items() if value is not None}
            item = resource.items[Item(obj).key] = make_item(name, obj)
            resource.items = dict(sorted(resource.items.items()))
            self.note("MODIFIED" if old else "ADDED", resource, item)
        return copy.deepcopy(obj)

    def delete(self, name, key):
        resource = self.resource(name)
        with self.changed:
            self.version += 1
            gone = copy.deepcopy(resource.items.pop(key).object)
            gone["metadata"]["resourceVersion"] = str(self.version)
            self.note("DELETED", resource, make_item(name, gone))

    def forget(self):
        """Changes so far are no history any more."""
        with self.changed:
            self.version += 1
            self.oldest = self.version


# --- requests and answers ---

class Refusal(Exception):
    """A Status in place of an answer."""

    def __init__(self, code, reason, message, details=None, metadata=None):
        super().__init__(message)
        self.status = {"kind": "Status", "apiVersion": "v1", "metadata": metadata or {}, "status": "Failure",
                       "message": message} | ({"reason": reason} if reason else {}) | (
                       {"details": details} if details is not None else {}) | {"code": code}


class Request:
    def __init__(self, handler, user):
        url = urllib.parse.urlsplit(handler.path)
        self.target, self.path, self.user, self.at = handler.path, url.path, user, time.monotonic()
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.api, self.headers, self.port = handler.server.api, dict(handler.headers.items()), handler.client_address[1]
        self.accept = handler.headers.get("Accept", JSON)
        self.watch = self.query.get("watch") in ("1", "true")

    def __repr__(self):
        return f"{self.user}: {self.target}"

    def offered(self):
        return [one.strip() for one in self.accept.replace("*/*", JSON).split(",")]

    def negotiate(self, *known):
        for one in self.offered():
            if one in known:
                return one
        raise Refusal(406, "NotAcceptable", "406: Not Acceptable", {})


class Page:
    """A list under way: faults may change it. items: each in its encoding."""

    def __init__(self, resource, metadata, items, encoding):
        self.metadata, self.protobuf = metadata, encoding.startswith(PROTOBUF)
        self.partial = METADATA in encoding
        self.kind = "PartialObjectMetadataList" if self.partial else resource.kind + "List"
        self.api_version = META if self.partial else resource.api_version
        self.names = [item.key for item in items]
        self.items = [self.encode(item) for item in items]

    def encode(self, item):
        if self.protobuf:
            return wire.field(1, wire.first(item.raw, 1)) if self.partial else item.raw
        if self.partial:
            return dump({"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": item.object["metadata"]})[:-1]
        return dump(item.object)[:-1]

    def body(self):
        if self.protobuf:
            return wire.make_list(self.api_version, self.kind, self.metadata, self.items)
        head = dump({"kind": self.kind, "apiVersion": self.api_version, "metadata": self.metadata, "items": []})[:-4]
        return head + (b"null" if self.items is None else b"[" + b",".join(self.items) + b"]") + b"}\n"


class Reply:
    """An answer, and how it goes out. Faults change it."""

    def __init__(self, status=200, content_type=JSON, body=b"", headers=None):
        self.status, self.content_type, self.body, self.headers = status, content_type, body, dict(headers or {})
        self.page = None       # makes the body
        self.stream = None     # a watch: pieces, until the end of the watch or of the connection
        self.chunked = None    # None: as Go's server would
        self.silent = False    # no byte is sent
        self.cut = None        # so many bytes of the body are sent
        self.after = "close"   # the cut: close, reset or hang
        self.pace = None       # (bytes, seconds): a piece, then a pause

    def finish(self):
        if self.page:
            self.body = self.page.body()
        return self


class Fault:
    """act(reply, request) for requests whose target holds `match`: from the nth on, so many times (None: all)."""

    def __init__(self, match, act, nth=1, times=None):
        self.match, self.act, self.nth, self.times = match, act, nth, times
        self.seen = 0
        self.done = 0  # so many requests had it

    def due(self, request):
        if self.match not in request.target:
            return False
        self.seen += 1
        due = self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)
        self.done += due
        return due


# --- the server ---

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "fake"

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.server.api.connected(self.connection)

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True

    def do_GET(self):
        try:
            reply = self.server.api.answer(self)
        except Exception:
            # A mistake in a test must not look like a fault of the server.
            self.server.api.mistakes.append(traceback.format_exc())
            self.close_connection = True
            return
        self.send(reply)

    def hang(self):
        """Until the client goes, or the server stops."""
        self.close_connection = True
        while not self.server.api.stopping.is_set():
            ready, _, _ = select.select([self.connection], [], [], WATCH_LOOK_SECONDS)
            if ready:
                try:
                    if not self.connection.recv(1):
                        return
                except OSError:
                    return

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The socket itself: TLS would say goodbye.
        socket.socket(fileno=self.connection.detach()).close()

    def head(self, reply, chunked):
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Cache-Control", "no-cache, private")
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(reply.body)))))
        self.end_headers()

    def write(self, piece, chunked):
        if piece:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()

    def send(self, reply):
        self.close_connection = self.close_connection or reply.cut is not None
        if reply.silent:
            return self.hang() if reply.after == "hang" else self.reset()
        chunked = reply.stream is not None or (len(reply.body) > WHOLE_BYTES if reply.chunked is None else reply.chunked)
        self.head(reply, chunked)
        if reply.stream is not None:
            return self.send_stream(reply.stream)
        body = reply.body if reply.cut is None else reply.body[:reply.cut]
        size, pause = reply.pace or (CHUNK_BYTES if chunked else len(body) or 1, 0)
        for at in range(0, len(body), size):
            self.write(body[at:at + size], chunked)
            if pause and self.server.api.stopping.wait(pause):
                return None
        if reply.cut is None:
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
            return None
        return {"close": lambda: None, "reset": self.reset, "hang": self.hang}[reply.after]()

    def send_stream(self, stream):
        """Its pieces; None asks whether the client is still there. A piece that is no whole event is the last one."""
        for piece in stream:
            if piece is None:
                if select.select([self.connection], [], [], 0)[0]:
                    self.close_connection = True
                    return
                continue
            whole = isinstance(piece, bytes)
            self.write(piece if whole else piece.bytes, chunked=True)
            if not whole:
                self.close_connection = True
                return self.reset() if piece.reset else None
        self.wfile.write(b"0\r\n\r\n")


class Broken(NamedTuple):
    """A piece of a watch, after which the connection ends."""
    bytes: bytes
    reset: bool


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


class Watch:
    """One that runs: what its next piece is."""

    def __init__(self):
        self.ending = None   # "end", "cut", "half"
        self.bookmarks = 0
        self.seen = False    # a change of its resource


class FakeApi:
    def __init__(self, pki, certificate="server"):
        """pki: Certificates of live.tls. certificate: which of them the server shows."""
        self.world = World()
        self.pki, self.certificate = pki, certificate
        self.users = {"made-up-token-admin": "admin", "made-up-token-nobody": "nobody"}
        self.rights = lambda user, verb, resource, namespace: user not in ("nobody", "system:anonymous")
        self.page_max = None
        self.too_old_by_status = False
        self.requests, self.faults, self.watches, self.mistakes = [], [], [], []
        self.snapshots, self.compacted = {}, 0
        self.lock = threading.Condition()
        self.connections, self.stopping = set(), threading.Event()
        self.port = 0
        self.start()

    # Life

    def start(self):
        self.stopping.clear()
        self.http = Server(("127.0.0.1", self.port), Handler, bind_and_activate=False)
        self.http.allow_reuse_address = True
        self.http.server_bind()
        self.http.server_activate()
        self.http.api = self
        self.port = self.http.server_address[1]
        self.server = f"https://127.0.0.1:{self.port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, self.pki.pair(self.certificate)))
        # The handshake belongs to the connection's thread: it is part of its first read.
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def stop(self):
        """Every connection breaks; new ones are refused."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def connected(self, connection):
        with self.lock:
            self.connections = {one for one in self.connections if one.fileno() >= 0} | {connection}

    # What tests ask for

    @staticmethod
    def token(user="admin"):
        return f"made-up-token-{user}"

    def fail(self, match, act, nth=1, times=None):
        fault = Fault(match, act, nth, times)
        self.faults.append(fault)
        return fault

    def asked(self, match):
        with self.lock:
            return sum(match in request.target for request in self.requests)

    def of(self, match):
        with self.lock:
            return [request for request in self.requests if match in request.target]

    def wait(self, match, count=1, seconds=20):
        """Until so many requests were made whose target holds `match`; returns them."""
        with self.lock:
            assert self.lock.wait_for(lambda: sum(match in one.target for one in self.requests) >= count, seconds), \
                f"{match} was asked for {sum(match in one.target for one in self.requests)} times in {seconds} s"
        return self.of(match)

    def expire(self):
        """As etcd does when it is compacted: the state of now is forgotten too."""
        with self.world.changed:
            self.compacted = self.world.version
            self.world.version += 1

    def forget(self):
        self.world.forget()

    def tell_watches(self, act):
        with self.world.changed:
            for watch in self.watches:
                act(watch)
            self.world.changed.notify_all()

    def bookmark(self):
        self.tell_watches(lambda watch: setattr(watch, "bookmarks", watch.bookmarks + 1))

    def end_watches(self):
        """As when their time is over."""
        self.tell_watches(lambda watch: setattr(watch, "ending", "end"))

    def cut_watches(self):
        """At once, with a reset."""
        self.tell_watches(lambda watch: setattr(watch, "ending", "cut"))

    def cut_next_event(self):
        """Half of the next event is sent."""
        self.tell_watches(lambda watch: setattr(watch, "ending", "half"))

    # Answers

    def answer(self, handler):
        scheme, _, token = handler.headers.get("Authorization", "").partition(" ")
        user = self.users.get(token) if scheme else "system:anonymous"
        request = Request(handler, user)
        with self.lock:
            self.requests.append(request)
            faults = [fault for fault in self.faults if fault.due(request)]
            self.lock.notify_all()
        try:
            reply = self.right_answer(request)
        except Refusal as refusal:
            reply = self.refuse(request, refusal)
        for fault in faults:
            fault.act(reply, request)
        return reply.finish()

    @staticmethod
    def refuse(request, refusal):
        first = next((one for one in request.offered() if one.startswith((JSON, PROTOBUF))), JSON)
        protobuf = first.startswith(PROTOBUF)
        return Reply(refusal.status["code"], PROTOBUF if protobuf else JSON,
                     wire.make_status(refusal.status) if protobuf else dump(refusal.status))

    def right_answer(self, request):
        if request.user is None:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        if request.path == "/version":
            return Reply(body=recorded("version"), content_type=request.negotiate(JSON))
        if request.path == "/apis":
            self.check_path(request)
            return Reply(body=recorded("apis"), content_type=request.negotiate(JSON))
        resource, namespace, name = self.find(request)
        self.check_rights(request, resource, namespace, name)
        if resource is None:
            raise Refusal(404, "NotFound", "the server could not find the requested resource", {})
        if isinstance(resource, Reply):
            return resource
        if name:
            return self.get(request, resource, name)
        return self.watch(request, resource, namespace) if request.watch else self.list(request, resource, namespace)

    @staticmethod
    def check_path(request):
        if request.user == "system:anonymous":
            raise Refusal(403, "Forbidden", f'forbidden: User "{request.user}" cannot get path "{request.path}"', {})

    def find(self, request):
        """(resource, namespace, name): resource None where its group is known, a Reply where not even that."""
        parts = request.path.strip("/").split("/")
        head = parts[:2] if parts[0] == "api" else parts[:3]
        rest, namespace = parts[len(head):], ""
        if len(rest) > 2 and rest[0] == "namespaces":
            namespace, rest = rest[1], rest[2:]
        resource = self.world.resources.get("/" + "/".join(head + rest[:1]))
        if resource:
            return resource, namespace, rest[1] if len(rest) > 1 else ""
        served = [group["groupVersion"] for one in json.loads(recorded("apis"))["groups"] for group in one["versions"]]
        if head == ["api", "v1"] or "/".join(head[1:]) in served:
            return None, namespace, ""
        return Reply(404, "text/plain; charset=utf-8", b"404 page not found\n"), namespace, ""

    def check_rights(self, request, resource, namespace, name):
        if not isinstance(resource, Resource):
            return
        verb = "get" if name else "watch" if request.watch else "list"
        where = name if resource.name == "namespaces" and name else namespace
        if self.rights(request.user, verb, resource.name, where):
            return
        scope = f'in the namespace "{where}"' if where else "at the cluster scope"
        what = resource.full_name + (f' "{name}"' if name else "")
        details = ({"name": name} if name else {}) | ({"group": resource.group} if resource.group else {}) | {
            "kind": resource.name}
        raise Refusal(403, "Forbidden", f'{what} is forbidden: User "{request.user}" cannot {verb} resource '
                      f'"{resource.name}" in API group "{resource.group}" {scope}', details)

    @staticmethod
    def get(request, resource, name):
        item = resource.items.get(name)
        if not item:
            raise Refusal(404, "NotFound", f'{resource.full_name} "{name}" not found',
                          {"name": name} | ({"group": resource.group} if resource.group else {}) | {"kind": resource.name})
        return Reply(body=dump({"kind": resource.kind, "apiVersion": resource.api_version} | item.object),
                     content_type=request.negotiate(JSON))

    # Lists

    @staticmethod
    def select(request, items):
        """fieldSelector of `type`, = and != joined by commas."""
        for term in filter(None, request.query.get("fieldSelector", "").split(",")):
            name, equal, value = term.partition("!=") if "!=" in term else term.partition("=")
            if name != "type":
                raise Refusal(400, "BadRequest", f"field label not supported: {name}")
            wanted = equal == "="
            items = [item for item in items if (item.object["type"] == value) == wanted]
        return items

    def list(self, request, resource, namespace):
        encodings = [encoding + partial for partial in ("", METADATA) for encoding in (JSON, PROTOBUF)]
        encoding = request.negotiate(*encodings)
        with self.world.changed:
            version, items, start = self.snapshot(request, resource)
            prefix = namespace + "/" if namespace else ""
            items = [item for item in items if item.key.startswith(prefix) and item.key[len(prefix):] + "\0" > start]
            found = self.select(request, items)
            limit = self.limit_of(request)
            metadata = {"resourceVersion": str(version)}
            self.snapshots.setdefault((version, resource.path), list(resource.items.values()))
            page = found[:limit] if limit else found
            if len(page) < len(found):
                metadata["continue"] = self.make_token(version, page[-1].key[len(prefix):])
                if "fieldSelector" not in request.query and METADATA not in encoding:
                    metadata["remainingItemCount"] = len(found) - len(page)
        if encoding.startswith(PROTOBUF) and any(item.raw is None for item in page):
            encoding = encoding.replace(PROTOBUF, JSON)
        reply = Reply(content_type=encoding.split(";")[0])
        reply.page = Page(resource, metadata, page, encoding)
        return reply

    def limit_of(self, request):
        """0: none. The cache, which answers what may be old, knows none either."""
        try:
            limit = int(request.query.get("limit", "0"))
        except ValueError:
            text = request.query["limit"]
            raise Refusal(400, "BadRequest", f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
        if request.query.get("resourceVersion") == "0":
            return 0
        return min(limit, self.page_max) if self.page_max and limit else limit

    @staticmethod
    def make_token(version, last):
        text = json.dumps({"v": META, "rv": version, "start": last + "\0"}, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def renewed(self, token):
        """The token for the same place in the state of now."""
        said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return self.make_token(-1, said["start"].rstrip("\0"))

    def snapshot(self, request, resource):
        """(version, items, start after) of the state that the page is of."""
        now = self.world.version, list(resource.items.values()), ""
        token = request.query.get("continue")
        if not token:
            return now
        bad = "invalid continue token: continue key is not valid: "
        if request.query.get("resourceVersion"):
            raise Refusal(400, "BadRequest", "specifying resource version is not allowed when using continue")
        try:
            said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        except (ValueError, binascii.Error) as error:
            raise Refusal(400, "BadRequest", bad + str(error)) from None
        if said.get("v") != META:
            raise Refusal(400, "BadRequest", f'{bad}server does not recognize this encoded version "{said.get("v", "")}"')
        version, last = said["rv"], said["start"]
        if version == -1:
            return now[:2] + (last + "\0",)
        if version <= self.compacted:
            raise Refusal(410, "Expired", EXPIRED, metadata={"continue": self.make_token(-1, last.rstrip("\0"))})
        return version, self.snapshots[version, resource.path], last + "\0"

    # Watches

    def watch(self, request, resource, namespace):
        encoding = request.negotiate(JSON, PROTOBUF + STREAM)
        version = request.query.get("resourceVersion", "")
        try:
            version = int(version or "0")
        except ValueError:
            raise Refusal(500, "", f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": '
                          "invalid syntax") from None
        reply = Reply(content_type=encoding)
        too_old = version and version < self.world.oldest
        expired = f"too old resource version: {version} ({self.world.oldest})"
        if too_old and self.too_old_by_status:
            raise Refusal(410, "Expired", expired)
        reply.stream = self.encode_events(
            iter([("ERROR", None, Refusal(410, "Expired", expired).status)]) if too_old
            else self.follow(request, resource, namespace, version), encoding)
        return reply

    @staticmethod
    def encode_events(events, encoding):
        """(type, item, object) to pieces; None, Broken and "half" go through."""
        half = False
        for event in events:
            if event is None or isinstance(event, Broken):
                yield event
                continue
            if event == "half":
                half = True
                continue
            kind, item, obj = event
            if encoding == JSON:
                piece = dump({"type": kind, "object": obj})
            else:
                # A bookmark is an object with nothing but its metadata.
                raw = wire.make_status(obj) if kind == "ERROR" else wire.envelope(
                    obj["apiVersion"], obj["kind"], item.raw if item else wire.field(1, wire.field(6, obj["metadata"]
                                                                                                  ["resourceVersion"])))
                body = wire.field(1, kind) + wire.field(2, wire.field(1, raw))
                piece = struct.pack(">I", len(body)) + body
            yield Broken(piece[:len(piece) // 2], False) if half else piece

    def follow(self, request, resource, namespace, version):
        deadline = time.monotonic() + float(request.query.get("timeoutSeconds", 1800))
        prefix = namespace + "/" if namespace else ""
        watch = Watch()
        about = {"kind": resource.kind, "apiVersion": resource.api_version}

        def wanted(item):
            return item.key.startswith(prefix) and self.select(request, [item])

        with self.world.changed:
            began = len(self.world.history)
            at = 0 if version else began
            listed = [] if version else [item for item in resource.items.values() if wanted(item)]
            with self.lock:
                self.watches.append(watch)
                self.lock.notify_all()
        try:
            for item in listed:
                yield "ADDED", item, about | item.object
            while True:
                with self.world.changed:
                    changes, at = self.world.history[at:], len(self.world.history)
                    # Bookmarks come where something happened while it watched.
                    watch.seen = watch.seen or any(one.resource is resource for one in self.world.history[began:])
                    bookmarks, watch.bookmarks = watch.bookmarks, 0
                    ending = watch.ending
                    if not changes and not bookmarks and not ending:
                        self.world.changed.wait(WATCH_LOOK_SECONDS)
                changes = [change for change in changes if change.resource is resource and change.version > version]
                changes = [change for change in changes if wanted(change.item)]
                if ending == "half" and changes:
                    yield "half"
                for change in changes:
                    yield change.type, change.item, about | change.item.object
                over = time.monotonic() >= deadline
                for _ in range(bookmarks + 2 * (over and watch.seen and "allowWatchBookmarks" in request.query)):
                    yield "BOOKMARK", None, about | {"metadata": {"resourceVersion": str(self.world.version),
                                                                  "creationTimestamp": None}}
                if ending == "cut" or self.stopping.is_set():
                    yield Broken(b"", True)
                if over or ending == "end":
                    return
                yield None
        finally:
            with self.lock:
                self.watches.remove(watch)
                self.lock.notify_all()
