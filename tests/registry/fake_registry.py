"""A registry that does what no good registry does, on loopback and plain HTTP, with a token server of its own at /token.

    fake = FakeRegistry(); fake.push("acme/web", "1.0", image)
    fake.login = "bearer"; fake.users["acme"] = "made-up-password"     # or "basic"
    fake.fault(r"GET /v2/acme/web/manifests/", lambda request: Answer(429, {"Retry-After": "1"}), times=2)
    fake.requests                                                       # [Request(method, path, headers, body, start, end)]
    fake.stop()

What it does without faults is what docker-registry does: test_transport_real.py holds the two side by side.
"""
import base64
import http.server
import json
import re
import secrets
import threading
import time
import urllib.parse

SERVICE = "made-up-service"


class Answer:
    """status, headers, body. drop: that many bytes of the body are sent, then the connection is closed. pace: seconds
    between bytes."""

    def __init__(self, status=200, headers=None, body=b"", drop=None, pace=None):
        self.status, self.headers, self.drop, self.pace = status, dict(headers or {}), drop, pace
        self.body = body if isinstance(body, bytes) else body.encode()


def api_error(status, code, message, headers=None):
    body = json.dumps({"errors": [{"code": code, "message": message, "detail": None}]})
    return Answer(status, {"Content-Type": "application/json; charset=utf-8"} | (headers or {}), body)


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.start, self.end, self.peer = time.monotonic(), None, None

    @property
    def line(self):
        return f"{self.method} {self.path}"

    @property
    def authorization(self):
        return self.headers.get("Authorization")

    def __repr__(self):
        return self.line


class FakeRegistry:
    def __init__(self, context=None):
        self.manifests, self.blobs, self.tags = {}, {}, {}
        self.login, self.users, self.public, self.refresh_tokens = None, {}, (), {}
        self.token_seconds, self.token_delay, self.post = 300, 0, True
        self.tokens = {}  # token -> (scopes, end)
        self.page, self.referrers = 0, None
        self.requests, self.faults, self.lock = [], [], threading.Lock()
        self.now = self.most = 0
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are sent apart: each would wait for an ACK

            def answer(self):
                length = int(self.headers.get("Content-Length", 0))
                request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
                request.peer = self.client_address
                with fake.lock:
                    fake.requests.append(request)
                    fake.now += 1
                    fake.most = max(fake.most, fake.now)
                answer = fake.answer(request)
                with fake.lock:
                    fake.now -= 1
                request.end = time.monotonic()
                try:
                    fake.send(self, answer)
                except OSError:
                    self.close_connection = True

            do_GET = do_HEAD = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.realm = f"{self.scheme}://{self.host}/token"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # What it holds

    def push(self, repository, tag, image):
        for manifest in image.manifests():
            self.put(repository, None, manifest.data, manifest.media_type, manifest.digest)
        self.manifests[repository, tag] = self.manifests[repository, image.digest]
        for digest, data in image.blobs().items():
            self.blobs[repository, digest] = data
        self.tags.setdefault(repository, []).append(tag)

    def put(self, repository, tag, data, media_type, digest):
        self.manifests[repository, digest] = (data, media_type, digest)
        self.tags.setdefault(repository, [])
        if tag:
            self.manifests[repository, tag] = (data, media_type, digest)
            self.tags[repository].append(tag)

    def fault(self, pattern, make, times=None):
        """make(request) gives an Answer, or None to go on as usual."""
        self.faults.append([re.compile(pattern), make if callable(make) else lambda _: make, times])

    # What it answers

    def send(self, handler, answer):
        handler.send_response(answer.status)
        headers = {"Content-Length": str(len(answer.body))} | answer.headers
        for name, values in headers.items():
            for value in values if isinstance(values, list) else [values]:
                if value is not None:
                    handler.send_header(name, value)
        handler.end_headers()
        if handler.command == "HEAD":
            return
        body = answer.body if answer.drop is None else answer.body[:answer.drop]
        if answer.pace is None:
            handler.wfile.write(body)
        else:
            for i in range(len(body)):
                handler.wfile.write(body[i:i + 1])
                handler.wfile.flush()
                time.sleep(answer.pace)
        if answer.drop is not None:
            handler.wfile.flush()
            handler.close_connection = True

    def fault_for(self, request):
        with self.lock:
            for fault in self.faults:
                if fault[0].match(request.line) and (fault[2] is None or fault[2] > 0):
                    if fault[2] is not None:
                        fault[2] -= 1
                    return fault[1]
        return None

    def answer(self, request):
        fault = self.fault_for(request)
        answer = fault(request) if fault else None
        if answer:
            return answer
        path = urllib.parse.urlsplit(request.path).path
        if path == "/token":
            return self.answer_token(request)
        refused = self.refuse(request, path)
        return refused or self.answer_api(request, path)

    def scope_of(self, path):
        if path == "/v2/_catalog":
            return "registry:catalog:*"
        found = re.match(r"^/v2/(.+)/(?:manifests|blobs|tags|referrers)/", path)
        return f"repository:{found[1]}:pull" if found else None

    def challenge(self, path, error=None):
        if self.login == "basic":
            return 'Basic realm="made-up"'
        scope = self.scope_of(path)
        text = f'Bearer realm="{self.realm}",service="{SERVICE}"' + (f',scope="{scope}"' if scope else "")
        return text + (f',error="{error}"' if error else "")

    def refuse(self, request, path):
        if self.login is None:
            return None
        scheme, _, value = (request.authorization or "").partition(" ")
        error = None
        if self.login == "basic" and scheme == "Basic":
            user, _, password = base64.b64decode(value).decode().partition(":")
            if self.users.get(user) == password:
                return None
        if self.login == "bearer" and scheme == "Bearer":
            scopes, end = self.tokens.get(value, ((), 0))
            if end > time.monotonic():
                if self.scope_of(path) in scopes:
                    return None
                error = "insufficient_scope"
            else:
                error = "invalid_token"
        return api_error(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": self.challenge(path, error)})

    def issue(self, scopes, user):
        granted = [scope for scope in scopes if user or scope.split(":")[1].startswith(tuple(self.public) or ("\0",))]
        token = "made-up-token-" + secrets.token_hex(8)
        with self.lock:
            self.tokens[token] = (granted, time.monotonic() + self.token_seconds)
        return {"token": token, "expires_in": self.token_seconds}

    def answer_token(self, request):
        time.sleep(self.token_delay)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        if request.method == "POST":
            if not self.post:
                return Answer(405)
            form = urllib.parse.parse_qs(request.body.decode())
            user = self.refresh_tokens.get(form.get("refresh_token", [""])[0])
            if not user:
                return Answer(401, {"Content-Type": "application/json"}, '{"error":"invalid_grant"}')
            answer = self.issue(form["scope"][0].split(), user)
            return Answer(200, {"Content-Type": "application/json"},
                          json.dumps({"access_token": answer["token"], "expires_in": answer["expires_in"]}))
        scheme, _, value = (request.authorization or "").partition(" ")
        user = None
        if scheme == "Basic":
            user, _, password = base64.b64decode(value).decode().partition(":")
            if self.users.get(user) != password:
                return api_error(401, "UNAUTHORIZED", "incorrect username or password")
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(self.issue(query.get("scope", []), user)))

    def answer_api(self, request, path):
        if path == "/v2/_catalog":
            return self.list(request, "repositories", sorted(self.tags), None)
        found = re.match(r"^/v2/(.+)/(manifests|blobs|tags|referrers)/(.+)$", path)
        if not found:
            return Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, "404 page not found\n")
        repository, kind, reference = found.groups()
        if kind == "tags":
            if repository not in self.tags:
                return api_error(404, "NAME_UNKNOWN", "repository name not known to registry")
            return self.list(request, "tags", self.tags[repository], repository)
        if kind == "referrers":
            if self.referrers is None:
                return Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, "404 page not found\n")
            return self.referrers(request, repository, reference)
        if kind == "blobs":
            data = self.blobs.get((repository, reference))
            if data is None:
                return api_error(404, "BLOB_UNKNOWN", "blob unknown to registry")
            return Answer(200, {"Content-Type": "application/octet-stream", "Docker-Content-Digest": reference}, data)
        found = self.manifests.get((repository, reference))
        if found is None:
            return api_error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        data, media_type, digest = found
        if media_type not in request.headers.get("Accept", ""):
            return api_error(404, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes")
        return Answer(200, {"Content-Type": media_type, "Docker-Content-Digest": digest, "Etag": f'"{digest}"'}, data)

    def list(self, request, member, names, repository):
        split = urllib.parse.urlsplit(request.path)
        query = urllib.parse.parse_qs(split.query)
        last, headers = query.get("last", [""])[0], {"Content-Type": "application/json"}
        if self.page:
            names = sorted(name for name in names if name > last)
            if len(names) > self.page:
                names = names[:self.page]
                more = urllib.parse.urlencode({"last": names[-1], "n": self.page})
                headers["Link"] = f'<{split.path}?{more}>; rel="next"'
        document = {member: names} | ({"name": repository} if repository else {})
        return Answer(200, headers, json.dumps(document))
