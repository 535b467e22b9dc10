"""Registries that answer as fast as a machine can: nginx with files in the places that the distribution API names. For
benches, where the real one takes more time than the client.

    files = FastFiles(folder); files.push("acme/web", "1.0", image); ...
    server = FastRegistry(folder, files)          # 127.0.0.1:PORT, plain HTTP
    server.stop()
"""
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "cluster"))

from processes import free_port  # noqa: E402

CONFIG = """
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; keepalive_requests 1000000; root {root};
  map_hash_max_size 65536; map_hash_bucket_size 512;
  map $uri $content_digest {{ include {folder}/digests.map; }}
  map $uri $kind {{ include {folder}/kinds.map; }}
  types {{ }} default_type application/json;
  open_file_cache max=8000 inactive=600s;
  server {{
    listen {host};
    location = /v2/ {{ return 200 '{{}}'; }}
    location ~ /manifests/ {{
      types {{ }} default_type ""; add_header Content-Type $kind; add_header Docker-Content-Digest $content_digest;
    }}
  }}
}}
"""


class FastFiles:
    def __init__(self, folder):
        self.folder, self.root = Path(folder), Path(folder) / "root"
        self.tags, self.kinds, self.digests = {}, {}, {}

    def put(self, path, data):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def push(self, repository, tag, image):
        for manifest in image.manifests():
            for reference in [manifest.digest] + ([tag] if manifest is image.manifests()[-1] else []):
                path = f"v2/{repository}/manifests/{reference}"
                self.put(path, manifest.data)
                self.kinds["/" + path], self.digests["/" + path] = manifest.media_type, manifest.digest
        for digest, data in image.blobs().items():
            self.put(f"v2/{repository}/blobs/{digest}", data)
        self.tags.setdefault(repository, []).append(tag)

    def finish(self):
        for repository, tags in self.tags.items():
            self.put(f"v2/{repository}/tags/list", json.dumps({"name": repository, "tags": sorted(tags)}).encode())
        self.put("v2/_catalog", json.dumps({"repositories": sorted(self.tags)}).encode())
        for name, values in ("kinds", self.kinds), ("digests", self.digests):
            (self.folder / f"{name}.map").write_text("".join(f'"{path}" "{value}";\n' for path, value in values.items()))


class FastRegistry:
    def __init__(self, files):
        files.finish()
        self.host = f"127.0.0.1:{free_port()}"
        user = "" if os.geteuid() else "user root; "
        (files.folder / "nginx.conf").write_text(CONFIG.format(user=user, folder=files.folder, root=files.root, host=self.host))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", files.folder, "-c", files.folder / "nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(self.host.split(":")).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((files.folder / "error.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
