"""A bare HTTP client for an API server: what a test compares Fother with, and what fills a cluster quickly.

    api = Api("https://127.0.0.1:6443", cafile, token="made-up-token-admin")
    api.get("/api/v1/secrets?limit=1").json["items"]
    for event in api.watch("/api/v1/pods?watch=1&timeoutSeconds=5"): ...
    bulk(lambda path: api.get(path), paths)

Answers of every status are answers; `must()` turns those of 400 and above into an exception. Each thread keeps a connection
of its own alive.
"""
import concurrent.futures
import http.client
import json
import ssl
import threading
import urllib.parse

SECONDS_MAX = 60
THREADS = 8
MERGE = "application/merge-patch+json"


class ApiError(Exception):
    """An answer of 400 or above that the caller did not want."""

    def __init__(self, method, path, answer):
        super().__init__(f"{method} {path}: {answer.status} {answer.body[:500].decode(errors='replace')}")
        self.answer = answer


class Answer:
    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers, self.body = method, path, status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def must(self):
        if self.status >= 400:
            raise ApiError(self.method, self.path, self)
        return self


class Api:
    def __init__(self, server, cafile, token=None, certificate=None):
        """certificate: (certificate file, key file)."""
        self.address = urllib.parse.urlsplit(server)
        self.tls = ssl.create_default_context(cafile=str(cafile))
        if certificate:
            self.tls.load_cert_chain(*map(str, certificate))
        self.headers = {"User-Agent": "fother-tests", "Accept": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.kept = threading.local()

    def connect(self, seconds):
        return http.client.HTTPSConnection(self.address.hostname, self.address.port, context=self.tls, timeout=seconds)

    def request(self, method, path, body=None, **headers):
        """body: an object, sent as JSON, or bytes. Header names have _ for -."""
        wanted = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            wanted = {"Content-Type": "application/json"} | wanted
        reused = getattr(self.kept, "connection", None) is not None
        if not reused:
            self.kept.connection = self.connect(SECONDS_MAX)
        try:
            self.kept.connection.request(method, path, body, wanted)
            response = self.kept.connection.getresponse()
            return Answer(method, path, response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.kept.connection.close()
            self.kept.connection = None
            # The server may close an idle connection at any time: only a fresh one tells something.
            if not reused:
                raise
        return self.request(method, path, body, **headers)

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.request("POST", path, body, **headers)

    def put(self, path, body, **headers):
        return self.request("PUT", path, body, **headers)

    def patch(self, path, body, content_type=MERGE, **headers):
        return self.request("PATCH", path, body, Content_Type=content_type, **headers)

    def delete(self, path, body=None, **headers):
        return self.request("DELETE", path, body, **headers)

    def watch(self, path, seconds=SECONDS_MAX, **headers):
        """The events of a watch (the path says watch=1) until the server ends it. seconds: the longest silence."""
        connection = self.connect(seconds)
        try:
            connection.request("GET", path, headers=self.headers | headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise ApiError("WATCH", path, Answer("WATCH", path, response.status, response.headers, response.read()))
            for line in response:
                yield json.loads(line)
        finally:
            connection.close()

    def items(self, path, limit=500):
        """All items of a list, page by page."""
        items, token = [], ""
        while True:
            query = {"limit": limit} | ({"continue": token} if token else {})
            page = self.get(path + "&?"["?" not in path] + urllib.parse.urlencode(query)).must().json
            items += page["items"] or []
            token = page["metadata"].get("continue", "")
            if not token:
                return items


def bulk(work, items, threads=THREADS):
    """work(item) for each, on some threads; their results in order. The first exception ends it."""
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))
