"""Small servers that speak the registries' own APIs, on loopback and plain HTTP. Written from the public documents:
Docker Hub's OpenAPI file, Harbor's swagger.yaml (API v2.0), the Red Hat Quay API reference, and what
go-containerregistry reads of Google's tags/list."""
import base64
import http.server
import json
import re
import subprocess
import threading
import urllib.parse


class Refused(Exception):
    """An answer that is no list: status, headers."""

    def __init__(self, status, headers=None, body=b"{}"):
        self.status, self.headers, self.body = status, headers or {}, body


class Own:
    """A server; subclasses say what is at a path. `requests` is what came: (method, path, authorization)."""

    def __init__(self):
        self.requests, self.faults = [], []
        own = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                own.requests.append((self.command, self.path, self.headers.get("Authorization")))
                status, headers, sent = 200, {"Content-Type": "application/json"}, b""
                try:
                    sent = own.fault(self.path) or own.answer(self.command, self.path, self.headers.get("Authorization"), body)
                except Refused as refused:
                    status, sent = refused.status, refused.body
                    headers |= refused.headers
                sent = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(sent))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, path):
        """The first fault that is for path, once: bytes, or a Refused that is raised."""
        for fault in self.faults:
            if re.search(fault[0], path):
                self.faults.remove(fault)
                if isinstance(fault[1], Refused):
                    raise fault[1]
                return fault[1]
        return None

    @property
    def paths(self):
        return [path for _, path, _ in self.requests]


def cut(items, query, size_name):
    page, size = int(query.get("page", ["1"])[0]), int(query.get(size_name, ["10"])[0])
    return items[(page - 1) * size : page * size], page * size < len(items)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Hub(Own):
    """tags: {"acme/web": [tag objects]}; private: names that only a login may see."""

    def __init__(self):
        super().__init__()
        self.tags, self.users, self.private, self.tokens = {}, {}, set(), {}

    def answer(self, method, path, authorization, body):
        url = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(url.query)
        if (method, url.path) == ("POST", "/v2/auth/token"):
            asked = json.loads(body)
            if self.users.get(asked["identifier"]) != asked["secret"]:
                raise Refused(401)
            token = f"made-up-token-{len(self.tokens)}"
            self.tokens["Bearer " + token] = asked["identifier"]
            return {"access_token": token}
        if authorization and authorization not in self.tokens:
            raise Refused(401)
        match = re.fullmatch(r"/v2/namespaces/([^/]+)/repositories(?:/([^/]+)/tags)?", url.path)
        if not match or int(query["page_size"][0]) > 100:
            raise Refused(404)
        space, name = map(urllib.parse.unquote, (match[1], match[2] or ""))
        seen = [known for known in self.tags if known not in self.private or authorization]
        if name and f"{space}/{name}" not in seen:
            raise Refused(404)
        items = self.tags[f"{space}/{name}"] if name else [
            {"name": known.split("/")[1], "namespace": space} for known in seen if known.startswith(space + "/")
        ]
        results, more = cut(items, query, "page_size")
        return {"count": len(items), "next": "https://hub.docker.com/next" if more else None, "previous": None, "results": results}


class Harbor(Own):
    def __init__(self):
        super().__init__()
        self.artifacts, self.login = {}, None

    def answer(self, method, path, authorization, body):
        url = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/api/v2.0/ping":
            return b"Pong"
        if self.login and authorization != self.login:
            raise Refused(401, body=b'{"errors":[{"code":"UNAUTHORIZED"}]}')
        match = re.fullmatch(r"/api/v2.0/projects/([^/]+)/repositories/([^/]+)/artifacts", url.path)
        if match:
            # The proxy in front takes one level of escapes away, the API the second.
            name = f"{match[1]}/{urllib.parse.unquote(urllib.parse.unquote(match[2]))}"
            if name not in self.artifacts or query["with_tag"] != ["true"]:
                raise Refused(404)
            return cut(self.artifacts[name], query, "page_size")[0]
        match = re.fullmatch(r"/api/v2.0/(?:projects/([^/]+)/)?repositories", url.path)
        if not match:
            raise Refused(404)
        names = [name for name in self.artifacts if not match[1] or name.startswith(match[1] + "/")]
        return cut([{"id": 1, "name": name} for name in names], query, "page_size")[0]


class Quay(Own):
    def __init__(self):
        super().__init__()
        self.tags, self.login = {}, None

    def answer(self, method, path, authorization, body):
        url = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/api/v1/discovery":
            return {"swagger": "2.0", "paths": {"/api/v1/repository": {}}}
        if self.login and authorization != self.login:
            raise Refused(401)
        match = re.fullmatch(r"/api/v1/repository/([^/]+)/([^/]+)/tag/", url.path)
        if match:
            name = f"{match[1]}/{match[2]}"
            if name not in self.tags:
                raise Refused(404)
            tags, more = cut(self.tags[name], query, "limit")
            return {"tags": tags, "page": int(query["page"][0]), "has_additional": more}
        if url.path != "/api/v1/repository":
            raise Refused(404)
        names = [name for name in self.tags if name.startswith(query["namespace"][0] + "/")]
        at = int(query.get("next_page", ["0"])[0])
        said = {"repositories": [dict(zip(("namespace", "name"), names[at].split("/")))] if names else []}
        return said | ({"next_page": str(at + 1)} if at + 1 < len(names) else {})


class Google(Own):
    """lists: {"project/app": the answer of its tags/list}"""

    def __init__(self):
        super().__init__()
        self.lists, self.login = {}, None

    def answer(self, method, path, authorization, body):
        match = re.fullmatch(r"/v2/(.+)/tags/list", path)
        if not match or match[1] not in self.lists:
            raise Refused(404)
        if self.login and authorization != self.login:
            raise Refused(401, {"WWW-Authenticate": 'Bearer realm="https://gcr.example/v2/token"'})
        return self.lists[match[1]]


class Told:
    """What dialect-ask printed: events as tuples without source and registry, which are the same in all."""

    def __init__(self, process):
        self.text = process.stdout + process.stderr
        assert process.returncode == 0, self.text
        lines = [line.split("\t") for line in process.stdout.split("\n") if line]
        self.name = lines[0][1]
        self.done = [(int(line[1]), line[2]) for line in lines if line[0] == "DONE"]
        self.found = [line[1] for line in lines if line[0] == "FOUND"]
        self.whose = {(line[1], line[3 + 1]) for line in lines if line[0] == "EVENT"}
        self.events = [(line[2], line[3], *line[5:]) for line in lines if line[0] == "EVENT"]


def ask(program, own, registry, *asks, config=None, seconds=30, api_host=None, plain=True, host=None):
    words = [f"registry={registry}", f"host={host or own.host}"] + (["plain"] if plain else [])
    words += [f"docker_config={config}"] if config else []
    words += [f"api_host={api_host}"] if api_host else []
    text = "".join("\t".join(words_) + "\n" for words_ in asks)
    return Told(subprocess.run([program, *words], input=text, capture_output=True, text=True, timeout=seconds))
