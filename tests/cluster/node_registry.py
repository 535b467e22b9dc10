"""An image registry on loopback, plain HTTP, with basic authentication, and the image in it.

    registry = Registry({"acme": "made-up-password-1"})
    image = registry.add("acme/pause", "1", program)      # "127.0.0.1:PORT/acme/pause:1"
    registry.users["acme"] = "made-up-password-2"         # from now on the first one is refused
    registry.pulls                                        # (user, repository, reference) of each manifest served

Repositories below `public/` need no login.
"""
import base64
import gzip
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading

HOST = "127.0.0.1"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PATH = re.compile(r"^/v2/(?P<repository>.+)/(?P<what>manifests|blobs)/(?P<reference>[^/]+)$")


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def descriptor(media_type, data):
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data)}


class Registry:
    def __init__(self, users):
        self.users, self.pulls, self.blobs, self.tags = dict(users), [], {}, {}
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                registry.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.host = f"{HOST}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # Contents

    def keep(self, data):
        self.blobs[sha256(data)] = data
        return data

    def add(self, repository, tag, program):
        """An image of one static program, and its name."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            entry = tarfile.TarInfo("program")
            entry.size, entry.mode = len(program), 0o755
            tar.addfile(entry, io.BytesIO(program))
        layer = self.keep(gzip.compress(packed.getvalue(), mtime=0))
        config = self.keep(json.dumps({
            "architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/program"]},
            "rootfs": {"type": "layers", "diff_ids": [sha256(packed.getvalue())]}}).encode())
        manifest = self.keep(json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIG, config),
            "layers": [descriptor(LAYER, layer)]}).encode())
        self.tags[repository, tag] = sha256(manifest)
        return f"{self.host}/{repository}:{tag}"

    def digest(self, image):
        repository, tag = image.removeprefix(self.host + "/").rsplit(":", 1)
        return self.tags[repository, tag]

    # Requests

    def user_of(self, request):
        """The user that the request proves to be, or None."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        user, _, password = base64.b64decode(value).decode().partition(":")
        return user if self.users.get(user) == password else None

    def answer(self, request):
        found, user = PATH.match(request.path), self.user_of(request)
        if not user and not (found and found["repository"].startswith("public/")):
            self.send(request, 401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', "application/json",
                      **{"WWW-Authenticate": 'Basic realm="made-up"'})
            return
        if not found:
            self.send(request, 200 if request.path == "/v2/" else 404, b"{}", "application/json")
            return
        digest = self.tags.get((found["repository"], found["reference"]), found["reference"])
        data = self.blobs.get(digest)
        if data is None:
            self.send(request, 404, b"{}", "application/json")
            return
        if found["what"] == "manifests":
            self.pulls.append((user, found["repository"], found["reference"]))
        self.send(request, 200, data, MANIFEST if found["what"] == "manifests" else "application/octet-stream",
                  **{"Docker-Content-Digest": digest})

    @staticmethod
    def send(request, status, data, media_type, **headers):
        request.send_response(status)
        for name, value in ({"Content-Type": media_type, "Content-Length": str(len(data))} | headers).items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(data)
