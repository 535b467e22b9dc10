"""Images, made byte by byte, so that each digest is the same in every run.

    base = Image(layers=[layer({"etc/os-release": b"..."})], created="2026-10-01T00:00:00Z", history=[...])
    app = base.child([layer({"app/run": program})], history=["COPY run /app/run # buildkit"], created=...)
    index = Index([app, other], attestations=True)
    image.data, image.media_type, image.digest, image.config_data; image.blobs() -> {digest: bytes}

Formats: "oci" or "docker" (schema 2, manifest lists). Layers: gzip (default), zstd, plain.
"""
import gzip
import hashlib
import io
import json
import subprocess
import tarfile

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
IN_TOTO = "application/vnd.in-toto+json"
EMPTY = "application/vnd.oci.empty.v1+json"


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def to_json(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Layer:
    def __init__(self, tar, compression="gzip"):
        self.tar, self.compression = tar, compression
        if compression == "gzip":
            self.data = gzip.compress(tar, compresslevel=6, mtime=0)
        elif compression == "zstd":
            self.data = subprocess.run(["zstd", "-q", "-c"], input=tar, check=True, capture_output=True).stdout
        else:
            self.data = tar
        self.digest, self.diff_id = digest_of(self.data), digest_of(tar)

    def media_type(self, form):
        if form == "docker":
            return DOCKER_LAYER + {"gzip": ".gzip", "zstd": ".zstd", "plain": ""}[self.compression]
        return OCI_LAYER + {"gzip": "+gzip", "zstd": "+zstd", "plain": ""}[self.compression]

    def repacked(self):
        """The same content with another digest."""
        other = Layer.__new__(Layer)
        other.tar, other.compression = self.tar, "gzip"
        other.data = gzip.compress(self.tar, compresslevel=1, mtime=1)
        other.digest, other.diff_id = digest_of(other.data), self.diff_id
        return other


def layer(files, compression="gzip"):
    """Of {path: bytes or (mode, bytes)}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in sorted(files.items()):
            mode, data = content if isinstance(content, tuple) else (0o644, content)
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            tar.addfile(entry, io.BytesIO(data))
    return Layer(out.getvalue(), compression)


def package_layer(name, compression="gzip"):
    """The files that an installed Debian package has here."""
    files = subprocess.run(["dpkg-query", "-L", name], check=True, capture_output=True, text=True).stdout.split("\n")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(path for path in files if path.startswith("/") and path != "/."):
            tar.add(path, recursive=False, filter=plain_owner)
    return Layer(out.getvalue(), compression)


def plain_owner(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


class Manifest:
    """Bytes with a media type and a digest."""

    def __init__(self, data, media_type):
        self.data, self.media_type, self.digest = data, media_type, digest_of(data)

    def descriptor(self, **more):
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data), **more}


class Image(Manifest):
    def __init__(self, layers=(), history=None, created=None, form="oci", architecture="amd64", os="linux", variant=None,
                 config=None, annotations=None, extra=None):
        """history: dicts, or texts (a text is the created_by of a layer's step; one that begins with "-" of an empty
        one). created: None leaves the date out. extra: more members of the config file."""
        self.layers, self.form, self.created = list(layers), form, created
        self.architecture, self.os, self.variant = architecture, os, variant
        self.settings, self.annotations, self.extra = dict(config or {}), annotations, dict(extra or {})
        self.history = [self.step(one) for one in (history if history is not None else [f"layer {i}" for i in range(len(self.layers))])]
        document = {"architecture": architecture, "os": os, "config": self.settings,
                    "rootfs": {"type": "layers", "diff_ids": [one.diff_id for one in self.layers]}, "history": self.history}
        if created is not None:
            document["created"] = created
        if variant:
            document["variant"] = variant
        self.config_data = to_json(document | self.extra)
        docker = form == "docker"
        manifest = {
            "schemaVersion": 2, "mediaType": DOCKER_MANIFEST if docker else OCI_MANIFEST,
            "config": {"mediaType": DOCKER_CONFIG if docker else OCI_CONFIG, "digest": digest_of(self.config_data),
                       "size": len(self.config_data)},
            "layers": [{"mediaType": one.media_type(form), "digest": one.digest, "size": len(one.data)} for one in self.layers]}
        if annotations:
            manifest["annotations"] = annotations
        super().__init__(to_json(manifest), manifest["mediaType"])
        self.config_digest = digest_of(self.config_data)

    def step(self, one):
        if isinstance(one, dict):
            return one
        empty = one.startswith("-")
        step = {"created_by": one.removeprefix("-")}
        if self.created is not None:
            step["created"] = self.created
        return step | ({"empty_layer": True} if empty else {})

    def child(self, layers, history, created=None, config=None, **more):
        """An image built on this one."""
        how = {"form": self.form, "architecture": self.architecture, "os": self.os, "variant": self.variant} | more
        created = created or self.created
        steps = self.history + [Image([], [one], created).history[0] for one in history]
        return Image(self.layers + list(layers), steps, created, config=self.settings | (config or {}), **how)

    def blobs(self):
        return {self.config_digest: self.config_data} | {one.digest: one.data for one in self.layers}

    def manifests(self):
        return [self]

    def platform(self):
        return {"architecture": self.architecture, "os": self.os} | ({"variant": self.variant} if self.variant else {})


class Artifact(Manifest):
    """A manifest that is no image: a signature, an SBOM, a chart."""

    def __init__(self, artifact_type, layers=((b"{}", "application/json"),), subject=None, annotations=None):
        self.parts = list(layers)
        manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": artifact_type,
                    "config": {"mediaType": EMPTY, "digest": digest_of(b"{}"), "size": 2, "data": "e30="},
                    "layers": [{"mediaType": kind, "digest": digest_of(data), "size": len(data)} for data, kind in self.parts]}
        if subject:
            manifest["subject"] = subject.descriptor()
        if annotations:
            manifest["annotations"] = annotations
        super().__init__(to_json(manifest), OCI_MANIFEST)

    def blobs(self):
        return {digest_of(b"{}"): b"{}"} | {digest_of(data): data for data, _ in self.parts}

    def manifests(self):
        return [self]


def attestation(image):
    """What BuildKit puts beside an image into an index."""
    statement = to_json({"_type": "https://in-toto.io/Statement/v0.1", "subject": [{"digest": {"sha256": image.digest[7:]}}]})
    part = Layer(statement, "plain")
    one = Image([part], history=[], os="unknown", architecture="unknown")
    manifest = json.loads(one.data)
    manifest["layers"][0]["mediaType"] = IN_TOTO
    one.data = to_json(manifest)
    one.digest = digest_of(one.data)
    return one


class Index(Manifest):
    def __init__(self, images, form="oci", attestations=False, annotations=None, more=()):
        """more: descriptors that are added as they are."""
        self.images = list(images)
        members = [one.descriptor(**({"platform": one.platform()} if hasattr(one, "platform") else {})) for one in images]
        if attestations:
            for image in list(images):
                one = attestation(image)
                self.images.append(one)
                members.append(one.descriptor(platform={"architecture": "unknown", "os": "unknown"}, annotations={
                    "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.digest}))
        media_type = DOCKER_LIST if form == "docker" else OCI_INDEX
        document = {"schemaVersion": 2, "mediaType": media_type, "manifests": members + list(more)}
        if annotations:
            document["annotations"] = annotations
        super().__init__(to_json(document), media_type)

    def blobs(self):
        return {digest: data for image in self.images for digest, data in image.blobs().items()}

    def manifests(self):
        return [one for image in self.images for one in image.manifests()] + [self]


def schema1(name, tag, layers, history):
    """A Docker manifest of version 2 schema 1, unsigned; history: v1Compatibility objects, newest first."""
    document = {"schemaVersion": 1, "name": name, "tag": tag, "architecture": "amd64",
                "fsLayers": [{"blobSum": one.digest} for one in reversed(layers)],
                "history": [{"v1Compatibility": json.dumps(one)} for one in history]}
    return Manifest(to_json(document), "application/vnd.docker.distribution.manifest.v1+json")
