"""Images as files: layers, manifests, configs, and the OCI layouts that hold them. The same input gives the same bytes."""
import gzip
import hashlib
import io
import json
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Step:
    """What one instruction made: {path: text} for a layer, None for none."""

    def __init__(self, instruction, created, files=None):
        self.history = {"created": created, "created_by": instruction, "comment": "buildkit.dockerfile.v0"}
        self.packed = self.diff_id = None
        if files is None:
            self.history["empty_layer"] = True
            return
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path, text in sorted(files.items()):
                entry = tarfile.TarInfo(path)
                entry.size = len(text.encode())
                entry.mode = 0o755 if "bin/" in path else 0o644
                tar.addfile(entry, io.BytesIO(text.encode()))
        self.packed = gzip.compress(out.getvalue(), mtime=0)
        self.diff_id = digest_of(out.getvalue())


class Image:
    def __init__(self, name, steps, created, config):
        """name: docker.io/acme/web:1.9."""
        self.name, self.steps, self.created, self.settings = name, list(steps), created, config
        layers = [step for step in self.steps if step.packed]
        self.config = to_json({"architecture": "amd64", "os": "linux", "created": created, "config": config,
                               "history": [step.history for step in self.steps],
                               "rootfs": {"type": "layers", "diff_ids": [step.diff_id for step in layers]}})
        self.manifest = to_json({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": digest_of(self.config), "size": len(self.config)},
            "layers": [{"mediaType": LAYER, "digest": digest_of(step.packed), "size": len(step.packed)} for step in layers]})
        self.digest = digest_of(self.manifest)

    def on_top(self, name, steps, created, **config):
        """Another one, built on this."""
        return Image(name, self.steps + list(steps), created, self.settings | config)

    def blobs(self):
        return [self.manifest, self.config] + [step.packed for step in self.steps if step.packed]


def write_layout(folder, images):
    """As `skopeo copy docker://NAME oci:FOLDER:NAME` leaves it for each image."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    for image in images:
        for data in image.blobs():
            (blobs / digest_of(data).removeprefix("sha256:")).write_bytes(data)
    (folder / "oci-layout").write_bytes(to_json({"imageLayoutVersion": "1.0.0"}))
    (folder / "index.json").write_bytes(to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": image.digest, "size": len(image.manifest),
         "annotations": {"org.opencontainers.image.ref.name": image.name}} for image in images]}))
