"""Real registries on loopback: Debian's docker-registry, as it is run for people.

    lab = Lab()
    plain = lab.registry("plain")                                   # http://127.0.0.1:PORT, no login
    basic = lab.registry("basic", users={"acme": "made-up-password-1"})
    tokens = lab.registry("tokens", token_users={"acme": "made-up-password-2"}, public=("open/",))
    safe = lab.registry("safe", tls=True)                           # certificate of lab.pki.ca
    plain.push("acme/web", "1.0", image)                            # of images.py
    plain.requests()                                                # what it was asked, from its own log
    tokens.issuer.asked                                             # what its token server was asked
    lab.stop()

Passwords are made up.
"""
import base64
import datetime
import http.client
import http.server
import json
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "cluster"))

from pki import Pki  # noqa: E402
from processes import Processes, free_port  # noqa: E402

HOST = "127.0.0.1"
SERVICE, ISSUER = "made-up-service", "made-up-issuer"
TOKEN_SECONDS = 300


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """A token server as the distribution's documents describe it (token.md, oauth.md): GET with Basic or none, POST of a
    refresh token. Users may pull everything, others what begins with one of `public`."""

    def __init__(self, pki, users, public, context=None, seconds=TOKEN_SECONDS):
        self.pki, self.users, self.public, self.seconds = pki, dict(users), tuple(public), seconds
        self.refresh_tokens = {}
        self.asked = []  # (method, scopes, account or None)
        self.lock = threading.Lock()
        self.certificate, self.key = pki.rsa_certificate("token-issuer")
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                issuer.answer_get(self)

            def do_POST(self):
                issuer.answer_post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.realm = f"{'https' if context else 'http'}://{HOST}:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def sign(self, claims):
        certificate = "".join(Path(self.certificate).read_text().split("-----")[2].split())
        head = {"typ": "JWT", "alg": "RS256", "x5c": [certificate]}
        text = f"{b64url(json.dumps(head).encode())}.{b64url(json.dumps(claims).encode())}"
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), check=True,
                                capture_output=True).stdout
        return f"{text}.{b64url(signed)}"

    def access(self, scopes, user):
        granted = []
        for scope in scopes:
            kind, rest = scope.split(":", 1)
            name, actions = rest.rsplit(":", 1)
            may = bool(user) or (kind == "repository" and name.startswith(self.public) and self.public)
            granted.append({"type": kind, "name": name, "actions": [a for a in actions.split(",") if may]})
        return granted

    def token(self, scopes, user):
        now = datetime.datetime.now(datetime.timezone.utc)
        start = int(now.timestamp())
        claims = {"iss": ISSUER, "sub": user or "", "aud": SERVICE, "exp": start + self.seconds, "nbf": start - 10,
                  "iat": start, "jti": b64url(str(len(self.asked)).encode()), "access": self.access(scopes, user)}
        return {"token": self.sign(claims), "expires_in": self.seconds, "issued_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def note(self, method, scopes, user):
        with self.lock:
            self.asked.append((method, tuple(scopes), user))

    def answer_get(self, request):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        user = None
        if scheme.lower() == "basic":
            user, _, password = base64.b64decode(value).decode().partition(":")
            if self.users.get(user) != password:
                self.note("GET", query.get("scope", []), user)
                return self.send(request, 401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect login"}]})
        scopes = query.get("scope", [])
        self.note("GET", scopes, user)
        return self.send(request, 200, self.token(scopes, user))

    def answer_post(self, request):
        form = urllib.parse.parse_qs(request.rfile.read(int(request.headers.get("Content-Length", 0))).decode())
        one = {name: values[0] for name, values in form.items()}
        scopes = one.get("scope", "").split()
        user = None
        if one.get("grant_type") == "refresh_token":
            user = self.refresh_tokens.get(one.get("refresh_token"))
        elif one.get("grant_type") == "password" and self.users.get(one.get("username")) == one.get("password"):
            user = one["username"]
        self.note("POST", scopes, user)
        if user is None:
            return self.send(request, 401, {"error": "invalid_grant"})
        answer = self.token(scopes, user)
        return self.send(request, 200, {"access_token": answer["token"], "expires_in": answer["expires_in"],
                                        "issued_at": answer["issued_at"], "scope": " ".join(scopes)})

    @staticmethod
    def send(request, status, body):
        data = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


class RegistryPki(Pki):
    """With an RSA certificate, which docker-registry wants of a token server."""

    def rsa_certificate(self, name):
        pair = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        if not pair[0].exists():
            self.openssl("req", "-x509", "-config", "openssl.cnf", "-days", "30", "-noenc", "-newkey", "rsa:2048", "-subj",
                         f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", f"{name}.key", "-out",
                         f"{name}.crt")
        return pair


class Request:
    """One line of the registry's log."""

    def __init__(self, line):
        self.method, self.path = line["http.request.method"], line["http.request.uri"]
        self.status = int(line["http.response.status"])
        self.peer = line["http.request.remoteaddr"]
        self.user = line.get("auth.user.name")
        seconds, _, fraction = line["time"].rstrip("Z").partition(".")
        self.end = datetime.datetime.fromisoformat(seconds + "+00:00").timestamp() + float("0." + (fraction or "0"))
        self.start = self.end - self.duration(line["http.response.duration"])

    @staticmethod
    def duration(text):
        units = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "ns": 1e-9}
        return sum(float(number) * units[unit] for number, unit in re.findall(r"([0-9.]+)(h|ms|m|s|µs|us|ns)", text))

    def __repr__(self):
        return f"{self.method} {self.path} {self.status}"


def most_at_once(requests):
    """How many requests were under way together, at most."""
    changes = sorted([(one.start, 1) for one in requests] + [(one.end, -1) for one in requests])
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


class Registry:
    def __init__(self, lab, name, users=None, token_users=None, public=(), tls=False, settings=None, token_seconds=TOKEN_SECONDS):
        self.lab, self.name, self.tls = lab, name, tls
        self.port = free_port()
        self.host = f"{HOST}:{self.port}"
        self.users, self.token_users = users or {}, token_users or {}
        self.issuer = None
        folder = lab.processes.folder / name
        folder.mkdir()
        config = {
            "version": "0.1", "log": {"level": "info", "formatter": "json", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": True},
                        "cache": {"blobdescriptor": "inmemory"}, "maintenance": {"uploadpurging": {"enabled": False}}},
            "http": {"addr": self.host, "secret": "made-up"},
        }
        if users:
            (folder / "htpasswd").write_text(lab.htpasswd(users))
            config["auth"] = {"htpasswd": {"realm": "made-up", "path": str(folder / "htpasswd")}}
        if token_users is not None:
            context = lab.tls_context() if tls else None
            self.issuer = Issuer(lab.pki, token_users, public, context, token_seconds)
            config["auth"] = {"token": {"realm": self.issuer.realm, "service": SERVICE, "issuer": ISSUER,
                                        "rootcertbundle": str(self.issuer.certificate)}}
        if tls:
            certificate, key = lab.pki.certificate("server", "/CN=registry", server=True)
            config["http"]["tls"] = {"certificate": str(certificate), "key": str(key)}
        for path, value in (settings or {}).items():
            place = config
            *parents, last = path.split(".")
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
        (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
        self.log = lab.processes.logs / f"{name}.log"
        lab.processes.start(name, ["docker-registry", "serve", folder / "config.yml"])
        lab.processes.wait_until(f"registry {name}", self.answers, seconds=30)

    def stop(self):
        self.lab.processes.stop(self.name)
        if self.issuer:
            self.issuer.stop()
            self.issuer = None

    # Requests of the tests' own

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection(self.host, context=ssl.create_default_context(cafile=self.lab.pki.ca))
        return http.client.HTTPConnection(self.host)

    def answers(self):
        try:
            return self.ask("GET", "/v2/")[0] in (200, 401)
        except OSError:
            return False

    def authorization(self, path):
        if self.users:
            user, password = next(iter(self.users.items()))
            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        if self.issuer:
            repository = re.match(r"^/v2/(.+)/(?:manifests|blobs|tags)/", path)
            scopes = [f"repository:{repository[1]}:pull,push,delete"] if repository else ["registry:catalog:*"]
            return "Bearer " + self.issuer.token(scopes, next(iter(self.token_users), "lab"))["token"]
        return None

    def ask(self, method, path, body=None, headers=(), connection=None):
        """(status, headers, body), as a user who may do everything."""
        connection = connection or self.connect()
        headers = dict(headers)
        authorization = self.authorization(path)
        if authorization:
            headers["Authorization"] = authorization
        connection.request(method, path, body, headers | {"User-Agent": "lab"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def put_blob(self, repository, data, digest, connection):
        status, _, _ = self.ask("HEAD", f"/v2/{repository}/blobs/{digest}", connection=connection)
        if status == 200:
            return
        status, headers, body = self.ask("POST", f"/v2/{repository}/blobs/uploads/", b"", connection=connection)
        assert status == 202, body
        where = urllib.parse.urlsplit(headers["Location"])
        target = f"{where.path}?{where.query}&digest={urllib.parse.quote(digest)}"
        status, _, body = self.ask("PUT", target, data, {"Content-Type": "application/octet-stream"}, connection)
        assert status == 201, body

    def push(self, repository, tag, image):
        """An image or index of images.py under a tag (or, None, by its digest); the digest."""
        connection = self.connect()
        for digest, data in image.blobs().items():
            self.put_blob(repository, data, digest, connection)
        for manifest in image.manifests():
            last = manifest is image.manifests()[-1]
            reference = tag if last and tag else manifest.digest
            status, _, body = self.ask("PUT", f"/v2/{repository}/manifests/{reference}", manifest.data,
                                       {"Content-Type": manifest.media_type}, connection)
            assert status == 201, body
        return image.digest

    def delete(self, repository, digest):
        status, _, body = self.ask("DELETE", f"/v2/{repository}/manifests/{digest}")
        assert status == 202, body

    # What it was asked

    def requests(self, since=0):
        """Those of others, in the order of their ends."""
        found = []
        for line in self.log.read_text().splitlines():
            if line.startswith("{") and '"response completed' in line and '"http.request.useragent":"lab"' not in line:
                found.append(Request(json.loads(line)))
        return found[since:]


class Lab:
    def __init__(self):
        self.processes = Processes("registry")
        self.pki = RegistryPki(self.processes.folder / "pki", "fother-registry-test-ca")
        self.registries = []

    def htpasswd(self, users):
        return "".join(subprocess.run(["htpasswd", "-nbiB", "-C", "4", user], input=password, check=True, capture_output=True,
                                      text=True).stdout.strip() + "\n" for user, password in users.items())

    def tls_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.pki.certificate("server", "/CN=registry", server=True))
        return context

    def registry(self, name, **how):
        self.registries.append(Registry(self, name, **how))
        return self.registries[-1]

    def stop(self):
        for registry in self.registries:
            registry.stop()
        self.processes.stop_all()
